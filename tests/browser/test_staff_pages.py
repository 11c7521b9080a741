"""Every staff screen without an object in its address, as each kind of person: clean on a desk and a phone."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser.check import check_page

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


def test_there_are_screens_to_look_at():
    assert "/lam-viec/" in PATHS
    assert "/lam-viec/tin-bai/" in PATHS


@pytest.mark.parametrize("who", PEOPLE)
def test_screens_are_clean(open_as, cast, client, who):
    person = getattr(cast, who)
    client.force_login(person)
    looked = 0
    page = None
    for path in PATHS:
        answer = client.get(path)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue  # not for this person, or a download, or a form that is only sent
        if b"<html" not in answer.content:
            continue  # a piece of a page, asked for by a page that is looked at
        if page is None:
            page = open_as(person, path)
        else:
            page.goto(page.base + path)
            page.wait_for_load_state("networkidle")
        check_page(page)
        looked += 1
    assert looked >= 4
