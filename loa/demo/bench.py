"""Pages people open all day, at the size of a large province: 5,000 units, 100,000 stories, 10,000 memberships.

Build that Sở first (`LOA_DATA_DIR=… loa demo --units 5000 --stories 100000`). `loa bench pages` then asks for each page
through the whole stack (middleware, view, template) as the person who uses it, and prints p50, p95, queries and size. The named baseline is the log-in page: the cheapest page of the same program in the same run.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from loa.accounts.models import User
from loa.core import clock
from loa.core.bench import median, p95, times
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.models import Membership, Unit
from loa.reporting.models import Evidence, Report

#: p95 in milliseconds that every page must keep (DESIGN §6)
LIMIT = 300


#: as which back-end the people of the benchmark are logged in
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"


class Counter:
    """Counts the questions put to the database."""

    asked = 0

    def __call__(self, execute: Callable[..., Any], *rest: Any) -> Any:
        self.asked += 1
        return execute(*rest)


#: rows whose page is asked for after somebody's proof has changed: nothing kept is of use then
ANEW = ", first look after a change"


def count_anew() -> None:
    """Move the moment at which some proof was refused to now: what a board was counted from has changed."""
    refused = Evidence.objects.exclude(refused_at=None).order_by("pk")[:1]
    if not Evidence.objects.filter(pk__in=refused.values("pk")).update(refused_at=clock.now()):
        raise CommandError("Không có minh chứng nào bị từ chối để đo. Dựng lại Sở mẫu: loa demo --reset.")


def pages() -> list[tuple[str, str | None, str]]:
    """(what, user name or None, path)."""
    live = Story.objects.filter(live=True, on_main_portal=True).order_by("-published_at").first()
    draft = Story.objects.filter(author__username="men", stage=Stage.DRAFT).order_by("pk").first()
    waiting = Story.objects.filter(stage=Stage.BOARD_REVIEW).order_by("pk").first()
    found: list[tuple[str, str | None, str]] = [
        ("baseline: log-in page", None, "/tai-khoan/dang-nhap/"),
        ("home of a school", "men", "/lam-viec/"),
        ("home of the office", "phuong", "/lam-viec/"),
        ("home of an editor", "minh", "/lam-viec/"),
        ("home of the director", "bao", "/lam-viec/"),
        ("board of the Sở", "phuong", "/lam-viec/tien-do/"),
        (f"board of the Sở{ANEW}", "phuong", "/lam-viec/tien-do/"),
        ("board by topic", "phuong", "/lam-viec/tien-do/chu-de/"),
        ("board of a commune", "anh", "/lam-viec/tien-do/"),
        ("calendar of the Sở", "phuong", "/lam-viec/lich/"),
        ("calendar of a school", "men", "/lam-viec/lich/"),
        ("year by topic", "phuong", "/lam-viec/lich/nam/"),
        ("reminders of an editor", "minh", "/lam-viec/nhac-viec/"),
        ("editorial queue", "minh", "/lam-viec/tin-bai/bien-tap/"),
        ("all stories", "minh", "/lam-viec/tin-bai/tat-ca/"),
        ("plans", "phuong", "/lam-viec/ke-hoach/"),
        ("units", "yen", "/lam-viec/don-vi/"),
        ("audit log", "yen", "/lam-viec/don-vi/nhat-ky/"),
        ("whole system", "yen", "/lam-viec/he-thong/"),
        ("channels' posts", "minh", "/lam-viec/kenh/"),
        ("channel accounts", "minh", "/lam-viec/kenh/trang/"),
        ("bulletins", "phuong", "/lam-viec/ban-tin/"),
        ("inbox", "phuong", "/lam-viec/hop-thu/"),
        ("moderation", "minh", "/lam-viec/hop-thu/kiem-duyet/"),
        ("press desk", "phuong", "/lam-viec/bao-chi/"),
        ("what is said", "phuong", "/lam-viec/du-luan/"),
        ("what is said by unit", "phuong", "/lam-viec/du-luan/don-vi/"),
        ("stories heard", "phuong", "/lam-viec/du-luan/vu-viec/"),
        ("alerts", "phuong", "/lam-viec/du-luan/canh-bao/"),
        ("press digests", "phuong", "/lam-viec/du-luan/diem-bao/"),
        ("plans below", "phuong", "/lam-viec/tien-do/ke-hoach-duoi/"),
        ("portal home", None, "/"),
        ("portal search", None, "/tim-kiem/?q=tu+sach"),
    ]
    report = Report.objects.filter(unit__parent=None, status=Report.Status.DRAFT).order_by("pk").first()
    if report:
        found.append(("draft report of the Sở", "phuong", f"/lam-viec/bao-cao/{report.pk}/"))
        found.append((f"draft report of the Sở{ANEW}", "phuong", f"/lam-viec/bao-cao/{report.pk}/"))
    if draft:
        found.append(("story editor", "men", f"/lam-viec/tin-bai/{draft.pk}/viet/"))
    if waiting:
        found.append(("review screen", "minh", f"/lam-viec/tin-bai/{waiting.pk}/bien-tap/"))
    if live:
        found.append(("public article", None, f"/tin/{live.slug}-{live.pk}/"))
    return found


def run(out: Callable[..., Any]) -> None:
    """Print one line a page."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.LOA_STRICT_ACCOUNTS = False  # the people of the demo have the short password that is printed
    call_command("collectstatic", verbosity=0, interactive=False)
    out(
        "size",
        f"{Unit.objects.count()} units",
        "stories",
        f"{Story.objects.count()}, memberships {Membership.objects.count()}, {connection.vendor}",
    )
    # As the server does (config/wsgi.py).
    gc.collect()
    gc.freeze()
    base = 0.0
    for what, username, path in pages():
        client = Client()
        if username:
            client.force_login(User.objects.get(username=username), backend=LOGIN)
        # An address that sends everybody on to a page of their own is measured there.
        answer = client.get(path, follow=True)
        if answer.redirect_chain:
            path = answer.redirect_chain[-1][0]
        if answer.status_code != 200 or path.startswith(settings.LOGIN_URL):
            raise CommandError(f"{path} trả lời {answer.status_code} cho {username or 'khách'}: chưa đo được.")
        queries = Counter()
        with connection.execute_wrapper(queries):
            client.get(path)
        before = count_anew if what.endswith(ANEW) else lambda: None
        spent = []
        for _run in range(20):
            before()
            spent += times(lambda client=client, path=path: client.get(path), runs=1, warm=0)  # type: ignore[misc]
        base = base or median(spent)
        out(
            what,
            f"{p95(spent) * 1000:6.0f} ms",
            "p50",
            f"{median(spent) * 1000:5.0f} ms, {queries.asked:3d} queries, {len(answer.content) // 1024:4d} KB",
            f"{median(spent) / base:4.1f} × log-in page{'   OVER ' + str(LIMIT) if p95(spent) * 1000 > LIMIT else ''}",
        )
