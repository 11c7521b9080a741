"""Every staff screen without an object in its address, as each kind of person: clean on a desk and a phone.

What two people see is often the same page with other words: each build of a page is looked at once.
"""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser.check import check_page, settled

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = ["office", "owner", "lead", "editor", "admin"]


def _paths(patterns, prefix=""):
    """Addresses without parameters below /lam-viec/."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _paths(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("lam-viec/") and "<" not in route:
            yield "/" + route


PATHS = sorted(set(_paths(get_resolver().url_patterns)))


class Build(HTMLParser):
    """How a page is built: the elements of its main part in order, and which kinds of elements stand around it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.main: list[tuple[str, ...]] = []
        self.around: set[tuple[str, str]] = set()
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = self._inside or tag == "main"
        values = dict(attrs)
        kind = values.get("class") or ""
        if self._inside:
            told = (values.get("role") or "", values.get("type") or "", *sorted(values))
            self.main.append((tag, kind, *told))
        else:
            self.around.add((tag, " ".join(word for word in kind.split() if word not in ("on", "here"))))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "main"


@pytest.fixture(scope="module")
def looked_at() -> tuple[set, set]:
    """(address, main part) and frames that a browser has looked at already, by whoever."""
    return set(), set()


def test_there_are_screens_to_look_at():
    assert "/lam-viec/" in PATHS
    assert "/lam-viec/tin-bai/" in PATHS


@pytest.mark.parametrize("who", PEOPLE)
def test_screens_are_clean(open_as, cast, client, who, looked_at):
    person = getattr(cast, who)
    client.force_login(person)
    screens, frames = looked_at
    shown = 0
    page = None
    for path in PATHS:
        answer = client.get(path)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue  # not for this person, or a download, or a form that is only sent
        if b"<html" not in answer.content:
            continue  # a piece of a page, asked for by a page that is looked at
        shown += 1
        build = Build(answer.content.decode())
        screen, frame = (path, tuple(build.main)), frozenset(build.around)
        if screen in screens and frame in frames:
            continue
        screens.add(screen)
        frames.add(frame)
        if page is None:
            page = open_as(person, path)
        else:
            page.goto(page.base + path)
            settled(page)
        check_page(page)
    assert shown >= 4
