"""Whatever stands behind the question mark of an address, a page of the staff answers: what is odd is as none."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from loa.core import clock
from loa.newsroom.models import Story
from loa.org.models import Membership
from loa.org.rules import Role
from loa.org.tests.factories import FOUNDED
from loa.plans.tests.factories import make_class, make_directive, make_plan, make_task, make_topic
from loa.reporting.tests.conftest import make_story

#: digits `isdigit()` knows and `int()` does not, a number no key can be, one `int()` refuses for its length, ends
#: of the calendar
ODD = ["²", "9" * 30, "9" * 4400, "9999-12-31", "0001-01-01"]
#: what chooses the thing a page is about is refused when odd, so the rest is asked without them too
CHOOSE = {"don-vi", "ke-hoach", "tu"}


def screens(patterns: list[Any] | None = None, before: str = "") -> list[tuple[str, set[str]]]:
    """Addresses of the staff's rooms that name no thing, each with the parameters its room reads."""
    found = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            if not path.startswith(("cms/", "tai-khoan/")):
                found += screens(one.url_patterns, path)
        elif "<" not in path and path.startswith("lam-viec/") and (names := _read_by(one.callback)):
            found.append((f"/{path}", names))
    return found


def _read_by(view: Any) -> set[str]:
    room = inspect.getmodule(inspect.unwrap(view))
    source = inspect.getsource(room) if room else ""
    names = set(re.findall(r'(?:GET|given|params)(?:\.get(?:list)?\(|\[)"([\w-]+)"', source))
    if "from_params" in source:  # the filter of the stream, read below the screens
        names |= {"tu", "den", "nguon", "vung"}
    # Words are not read as anything, and Django's own paginator is not ours to test.
    return names if names - {"trang", "q"} else set()


def values(names: Iterable[str], odd: str) -> dict[str, str]:
    """An address with the odd value everywhere; of a day its month where a month is asked for."""
    return {name: odd[:7] if name == "thang" else odd for name in names}


@pytest.fixture
def office(cast):
    """Somebody who sits on many chairs, over a plan, a task, a duty and a story."""
    make_class(label="Các trường")
    plan = make_plan(cast.so)
    topic = make_topic(plan, "An toàn trường học", number="1")
    make_task(plan, "Phòng, chống đuối nước", lead=cast.so, topic=topic)
    make_directive(plan, title="Mỗi trường 01 bài mỗi tháng")
    make_story(cast.school, cast.owner, "2026-05-02")
    for role in (Role.UNIT_LEAD, Role.CHIEF_EDITOR, Role.ADMIN, Role.SPOKESPERSON):
        Membership.objects.create(user=cast.office, unit=cast.so, role=role, valid_from=FOUNDED)
    return cast.office


def test_no_screen_breaks_at_an_odd_parameter(office):
    client = Client(raise_request_exception=True)
    client.force_login(office)
    broken, shown = [], 0
    with clock.frozen("2026-05-16"):
        for path, names in screens():
            for odd, asked in product(ODD, {frozenset(names), frozenset(names - CHOOSE)}):
                try:
                    answer = client.get(path, values(asked, odd))
                except Exception as error:
                    broken.append(f"{path} {odd[:12]!r}: {type(error).__name__} {error}"[:200])
                    continue
                shown += answer.status_code == 200
                if answer.status_code >= 500:
                    broken.append(f"{path} {odd[:12]!r}: {answer.status_code}")
    assert broken == []
    assert shown > 100


def test_nul_in_an_address_is_no_letter(office):
    client = Client()
    client.force_login(office)
    answer = client.get(reverse("newsroom:all"), {"q": "\x00", "don-vi": "\x00"})
    assert answer.status_code == 200
    assert "Bài ngày 2026-05-02" in answer.content.decode(), "found as if it were not there"


def test_a_form_with_nul_is_refused_before_anything_is_written(office):
    client = Client()
    client.force_login(office)
    before = Story.objects.count()
    answer = client.post(
        reverse("newsroom:new"), {"title": "Tủ sách\x00bên suối", "unit": office.memberships.first().unit_id}
    )
    assert (answer.status_code, Story.objects.count()) == (400, before)
    assert "ký tự không đọc được" in answer.content.decode()


def test_no_form_breaks_at_an_odd_number(office):
    client = Client(raise_request_exception=True)
    client.force_login(office)
    answer = client.post(reverse("channels:lives"), {"account": "9" * 4400, "title": "Khai giảng"})
    assert answer.status_code < 500
