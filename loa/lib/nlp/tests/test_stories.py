"""Stories: the short way to the likest one finds what comparing with each finds."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.lib.nlp.bench.stories import articles
from loa.lib.nlp.stories import OVER, SHORTEST, SIMILAR, SIMILAR_UNIT, Article, Stories

BEGIN = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
WORDS = [f"từ{n}" for n in range(30)]


def every(stories: Stories, one: Article) -> dict[str, float]:
    """Compared with each story in turn."""
    if sum(" " not in word for word in one.words) < SHORTEST:
        return {}
    vector = Stories._vector(stories, one)
    found = {}
    for name, story in stories._stories.items():
        same = bool(one.units & story.units)
        if (one.units and story.units and not same) or one.at - story.last > OVER or story.first - one.at > OVER:
            continue
        like = sum(value * story.words.get(word, 0.0) for word, value in vector.items()) / story.norm
        if like >= (SIMILAR_UNIT if same and one.topics & story.topics else SIMILAR):
            found[name] = like
    return found


told = st.builds(
    lambda words, hours, units, topics: (Counter(words), BEGIN + dt.timedelta(hours=hours), units, topics),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=14),
    st.integers(0, 24 * 30),
    st.frozensets(st.integers(1, 3), max_size=2),
    st.frozensets(st.sampled_from("ab"), max_size=1),
)


@given(st.lists(told, min_size=2, max_size=40))
def test_the_likest_of_all(rows):
    stories = Stories()
    for number, (words, at, units, topics) in enumerate(sorted(rows, key=lambda row: row[1])):
        one = Article(f"i{number}", words, at, units, topics)
        seen, articles_seen = stories._seen.copy(), stories._articles
        likes = every(stories, one)
        stories._seen, stories._articles = seen, articles_seen
        joined = stories.join(one)
        if likes:
            assert likes[joined] == pytest.approx(max(likes.values()))
        else:
            assert joined == one.name


def test_what_is_long_over_is_let_go():
    stories = Stories()
    for one, _event in articles(20, 100):
        stories.join(one)
    kept = {name for names in stories._where.values() for name in names}
    assert kept <= set(stories._stories)
    assert {name for names in stories._of_unit.values() for name in names} <= set(stories._stories)
    assert len(stories) < 120
