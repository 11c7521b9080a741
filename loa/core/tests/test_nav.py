"""The phone's bar: five places, and nothing of the spine is lost."""

from __future__ import annotations

import pytest

from loa.core import context
from loa.core.nav import NavItem
from loa.core.registry import Registry


class Somebody:
    is_authenticated = True


class Request:
    user = Somebody()
    resolver_match = None


@pytest.fixture
def spine(monkeypatch):
    def fill(*phone: bool) -> dict:
        items: Registry[NavItem] = Registry("test")
        for number, flag in enumerate(phone):
            items.register(f"n{number}", NavItem(str(number), "home", f"x{number}:home", phone=flag), order=number)
        monkeypatch.setattr(context, "nav", items)
        return context.frame(Request())

    return fill


def labels(entries, *, phone=None):
    return "".join(e["item"].label for e in entries if phone is None or e["phone"] is phone)


def test_five_entries_need_no_more(spine):
    frame = spine(*[False] * 5)
    assert labels(frame["nav_entries"], phone=True) == "01234"
    assert not frame["nav_more"]


def test_with_more_four_are_shown_and_the_rest_is_behind_the_fifth_place(spine):
    frame = spine(True, False, True, False, True, True, True)
    assert labels(frame["nav_entries"], phone=True) == "0245"
    assert labels(frame["nav_more"]) == "136"


def test_free_places_are_filled(spine):
    frame = spine(True, False, False, False, False, True)
    assert labels(frame["nav_entries"], phone=True) == "0125"
    assert labels(frame["nav_more"]) == "34"


def test_a_long_spine_keeps_nine_and_puts_the_rest_behind_the_tenth_place(spine):
    frame = spine(*[False] * 14)
    assert [e["item"].label for e in frame["nav_desk_more"]] == ["9", "10", "11", "12", "13"]
    assert not spine(*[False] * 10)["nav_desk_more"]


def test_where_one_is_keeps_a_place_on_the_spine(spine, monkeypatch):
    class Here:
        view_name = "x12:home"

    monkeypatch.setattr(Request, "resolver_match", Here())
    frame = spine(*[False] * 14)
    assert [e["item"].label for e in frame["nav_desk_more"]] == ["8", "9", "10", "11", "13"]
