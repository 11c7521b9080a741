"""What other rooms say of stories, asked through one door."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from loa.core.registry import Registry
from loa.newsroom import answers


@pytest.fixture
def sources(monkeypatch) -> Registry:
    fresh: Registry = Registry("test")
    monkeypatch.setattr(answers, "public_addresses", fresh)
    return fresh


def test_the_first_source_that_knows_a_story_says_where_it_stands(sources):
    stories = [SimpleNamespace(pk=1), SimpleNamespace(pk=2), SimpleNamespace(pk=3)]
    sources.register("later", lambda asked: {1: "https://sau.vn/1", 2: "https://sau.vn/2"}, order=20)
    sources.register("first", lambda asked: {1: "https://truoc.vn/1"}, order=10)
    assert answers.addresses_of(stories) == {1: "https://truoc.vn/1", 2: "https://sau.vn/2"}


def test_each_source_is_asked_once_for_all_stories(sources):
    asked = []
    sources.register("portal", lambda stories: asked.append([story.pk for story in stories]) or {})
    assert answers.addresses_of([SimpleNamespace(pk=pk) for pk in range(5)]) == {}
    assert asked == [[0, 1, 2, 3, 4]]
