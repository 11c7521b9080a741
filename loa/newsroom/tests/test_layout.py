"""Photos stand where they were put, and nobody sees one that is held back."""

from __future__ import annotations

from types import SimpleNamespace

from loa.newsroom.layout import article

BODY = "<p>một</p><h2>hai</h2><p>ba</p>"


def photo(after, publishable=True):
    return SimpleNamespace(after=after, publishable=publishable)


def test_places():
    cover, second, inside, beyond = photo(0), photo(0), photo(2), photo(99)
    laid = article(BODY, [inside, cover, beyond, second])
    assert laid["cover"] is cover
    assert [part.get("html") or part["photo"] for part in laid["parts"]] == [
        second,
        "<p>một</p>",
        "<h2>hai</h2>",
        inside,
        "<p>ba</p>",
        beyond,
    ]


def test_held_back():
    good, bad = photo(0), photo(0, publishable=False)
    assert article(BODY, [bad, good])["cover"] is good
    assert article(BODY, [bad, good])["held"] == 1
    assert article(BODY, [bad, good], held=True)["cover"] is bad


def test_nothing():
    assert article("", []) == {"cover": None, "parts": [], "held": 0}
