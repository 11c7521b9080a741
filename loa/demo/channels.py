"""The demo's pages: connected to the simulators, weeks of posts behind them, a few waiting."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from loa.channels import engine, services
from loa.channels.facebook import sim as facebook
from loa.channels.models import ChannelAccount, FollowerDay
from loa.channels.sms import audience
from loa.channels.sms import sim as sms
from loa.channels.tiktok import sim as tiktok
from loa.channels.webpush import sim as push
from loa.channels.webpush import subscribing
from loa.channels.youtube import sim as youtube
from loa.channels.zalo import sim as zalo
from loa.core import clock
from loa.demo.people import Cast
from loa.newsroom.channels import draft_of
from loa.newsroom.models import Story


def fill(cast: Cast, now: dt.datetime) -> int:
    """Enter and connect the pages, queue the newest stories. Returns how many posts wait."""
    chief, editor = cast.personas["ha"], cast.personas["minh"]
    for name in ("facebook", "zalo", "youtube"):  # of an earlier try
        shutil.rmtree(settings.DATA_DIR / "sim" / name, ignore_errors=True)
    common = {
        "decision_number": "418/QĐ-SGDĐT",
        "decided_on": dt.date(now.year - 1, 3, 12),
        "owner": "Văn phòng Sở",
        "first_admin": str(chief),
        "second_admin": str(editor),
        "verified": True,
    }
    pages = [
        services.account_save(
            actor=chief,
            account_id=None,
            unit_id=cast.so.pk,
            kind="facebook",
            fields={**common, "name": facebook.PAGE_NAME, "external_id": facebook.PAGE_ID},
        ),
        services.account_save(
            actor=chief,
            account_id=None,
            unit_id=cast.so.pk,
            kind="zalo",
            fields={**common, "name": zalo.OA_NAME, "external_id": zalo.OA_ID},
        ),
    ]
    services.account_connect(actor=chief, account_id=pages[0].pk, secret={"access_token": facebook.PAGE_TOKEN})
    services.account_connect(
        actor=chief,
        account_id=pages[1].pk,
        secret={
            "access_token": zalo.ACCESS,
            "refresh_token": zalo.REFRESH,
            "app_id": zalo.APP_ID,
            "app_secret": zalo.APP_SECRET,
            "webhook_secret": zalo.OA_SECRET,
        },
    )
    _push(chief, cast.so.pk, common)
    _sms(chief, cast.so.pk, common)
    _films(chief, cast.so.pk, common)
    stories = [
        story
        for story in Story.objects.filter(live=True, on_main_portal=True).order_by("-published_at")[:60]
        if any(photo.publishable for photo in story.photos.all())
    ]
    earlier = [one for one in stories[4:] if one.published_at and one.published_at < now - dt.timedelta(days=3)]
    days = {one.published_at.date(): one for one in earlier if one.published_at}
    _history(pages, [days[day] for day in sorted(days)[-6:]], cast, now)
    made = 0
    for story in stories[:4]:
        draft = draft_of(story)
        for page in pages:
            # None, not `now`: on a slow machine the demo began longer ago than an hour that is asked for may lie back
            at = None if made < 6 else now + dt.timedelta(days=1, hours=made)
            services.post_queue(
                actor=editor, account_id=page.pk, draft=draft, key=f"demo-{story.pk}:{page.pk}", at=at
            )
            made += 1
    return made


@contextmanager
def standins() -> Iterator[Callable[[dt.datetime], AbstractContextManager[None]] | None]:
    """The simulators at the addresses and with the folders the demo will start them with: what is posted now stays
    on their pages. Yields what holds all clocks at a moment; None when they cannot stand there (another program has the
    port, or other addresses are set)."""
    found: list[Any] = [
        (facebook.FacebookSim, "facebook", settings.LOA_CHANNEL_URLS["facebook"]),
        (zalo.ZaloSim, "zalo", settings.LOA_CHANNEL_URLS["zalo"]),
    ]
    servers: list[Any] = []
    sims: list[Any] = []

    @contextmanager
    def at(moment: dt.datetime) -> Iterator[None]:
        for sim in sims:  # in threads of their own, which see no frozen clock
            sim.clock = lambda: moment.timestamp()
        with clock.frozen(moment):
            yield

    try:
        for make, name, url in found:
            parts = urlsplit(url)
            if parts.hostname != "127.0.0.1" or not parts.port:
                break
            sim = make(folder=settings.DATA_DIR / "sim" / name)
            sims.append(sim)
            try:
                servers.append(sim.serve(parts.port))
            except OSError:
                break
        yield at if len(servers) == len(found) else None
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _history(pages: list[Any], stories: list[Story], cast: Cast, now: dt.datetime) -> None:
    """The last weeks: posts that went out, how they were met, one corrected, one broadcast sent and one asked for."""
    editor, chief = cast.personas["minh"], cast.personas["ha"]
    with standins() as at_moment:
        if at_moment is None:
            return
        for page in pages:
            services.account_check(account=page)
            _followers(page, clock.local(now).date())
        ChannelAccount.objects.filter(kind="zalo").update(monthly_cap=4)
        done: list[tuple[dt.datetime, Any]] = []
        for story in stories:
            assert story.published_at is not None
            at = story.published_at + dt.timedelta(minutes=40)
            for page in pages:
                with at_moment(at):
                    draft = draft_of(story)
                    row = services.post_queue(
                        actor=editor, account_id=page.pk, draft=draft, key=f"demo-{story.pk}:{page.pk}"
                    )
                    _send()
                done.append((at, row))
            with at_moment(at + dt.timedelta(seconds=30)):
                _send()  # Zalo has worked on the article by now
        for at, row in done:
            row.refresh_from_db()
            for days in range(1, 16, 2):
                if at + dt.timedelta(days=days) < now:
                    with at_moment(at + dt.timedelta(days=days)):
                        services.measure(row.account, [row])
        if not done:
            return
        first, last = done[1][1], done[-1][1]
        with at_moment((done[1][0] + dt.timedelta(days=1)).replace(hour=2)):
            sent = services.broadcast_ask(
                actor=editor, deliveries=[first.pk], target={}, at=None, key="demo-broadcast-sent",
                note="Lịch tiếp công dân tháng tới, phụ huynh cần biết sớm",
            )  # fmt: skip
            services.broadcast_approve(actor=chief, broadcast_id=sent.pk)
            _send()
        services.broadcast_ask(
            actor=editor, deliveries=[last.pk], target={"ages": ["3", "4"]}, at=None, key="demo-broadcast-asked",
            note="Gửi phụ huynh: bài hướng dẫn có số điện thoại hỗ trợ",
        )  # fmt: skip
        with at_moment(now - dt.timedelta(hours=5)):
            post = done[-2][1]
            post.refresh_from_db()
            text = f"{post.post.payload['text']}\n\nBổ sung: hỏi thêm xin gọi Văn phòng Sở, số 0238 355 0190."
            services.post_edit(actor=editor, delivery_id=post.pk, text=text, key="demo-edit-of-a-post")
            _send()
        services.live_make(
            actor=editor, account_id=pages[0].pk, title="Trực tiếp: Lễ tuyên dương học sinh giỏi năm học này",
            text="Phát từ hội trường Sở; mời phụ huynh, học sinh cùng theo dõi.", key="demo-live-prepared",
        )  # fmt: skip


def _followers(page: ChannelAccount, today: dt.date) -> None:
    """Who follows, day by day, up to what the stand-in says today."""
    page.refresh_from_db()
    count, dice = int(page.facts.get("followers") or 0), random.Random(page.pk)
    rows = []
    for days in range(1, 61):
        count -= dice.choice((-2, 0, 1, 2, 3, 4, 6, 11))
        rows.append(FollowerDay(account=page, day=today - dt.timedelta(days=days), count=max(count, 0)))
    FollowerDay.objects.bulk_create(rows)


def _send() -> None:
    """Send what is due at the moment the clock is held at; the weeks are not filled in their order."""
    ChannelAccount.objects.update(lease_owner="", lease_until=None, paused_until=None)
    engine.drain()


def _push(chief: Any, unit_id: int, common: dict[str, Any]) -> None:
    """Notices in the browser: the account, and a few telephones of the simulator that asked for them."""
    account = services.account_save(
        actor=chief,
        account_id=None,
        unit_id=unit_id,
        kind="webpush",
        fields={**common, "name": "Thông báo của Sở trên trình duyệt", "external_id": "cong-so"},
    )
    services.account_connect(
        actor=chief, account_id=account.pk, secret={"contact": "truyenthong@sgddt.songlam.example"}
    )
    inside = settings.LOA_WEBPUSH_INSIDE
    for number in range(1, push.PHONES + 1) if inside else ():
        phone = push.phone(number)
        subscribing.subscribe(
            account=account,
            endpoint=f"http://{inside[0]}{phone['path']}",
            p256dh=phone["p256dh"],
            auth=phone["auth"],
        )


def _sms(chief: Any, unit_id: int, common: dict[str, Any]) -> None:
    """A brandname at the simulator, and a few invented numbers that agreed."""
    account = services.account_save(
        actor=chief,
        account_id=None,
        unit_id=unit_id,
        kind="sms",
        fields={**common, "name": "Tin nhắn SGD Sông Lam", "external_id": sms.BRANDNAME},
    )
    services.account_connect(
        actor=chief,
        account_id=account.pk,
        secret={"api_key": sms.API_KEY, "secret_key": sms.SECRET_KEY, "brandname": sms.BRANDNAME},
    )
    audience.recipients_add(
        actor=chief,
        account_id=account.pk,
        numbers="\n".join(f"09000000{number:02d}" for number in range(1, 7)),
        consent_on=common["decided_on"],
        consent_how="Phiếu đăng ký nhận tin của các trường, lưu ở Văn phòng Sở",
    )


def _films(chief: Any, unit_id: int, common: dict[str, Any]) -> None:
    """A YouTube channel and a TikTok account at the simulators, for films one uploads."""
    pages = [
        (
            "youtube",
            youtube.CHANNEL_NAME,
            youtube.CHANNEL_ID,
            youtube.REFRESH,
            "client_id",
            youtube.CLIENT_ID,
            youtube.CLIENT_SECRET,
        ),
        (
            "tiktok",
            tiktok.NICKNAME,
            tiktok.USERNAME,
            tiktok.REFRESH,
            "client_key",
            tiktok.CLIENT_KEY,
            tiktok.CLIENT_SECRET,
        ),
    ]
    for kind, name, key, refresh, client, client_id, secret in pages:
        account = services.account_save(
            actor=chief,
            account_id=None,
            unit_id=unit_id,
            kind=kind,
            fields={**common, "name": name, "external_id": key},
        )
        services.account_connect(
            actor=chief,
            account_id=account.pk,
            secret={"refresh_token": refresh, client: client_id, "client_secret": secret},
        )
