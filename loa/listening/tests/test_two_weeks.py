"""Two weeks of listening are weeks in which Loa listened, whatever days an archive carries."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.listening import services
from loa.listening.fetching import Found
from loa.listening.models import Source, Spike
from loa.listening.tests.test_alert_chain import comments
from loa.listening.tests.test_alerts import ANGRY, NOON, time_at  # noqa: F401

pytestmark = pytest.mark.django_db

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MATH = "Trường THPT Lam Giang dạy thêm học thêm, {n}"


@pytest.fixture
def feed(cast, time_at):  # noqa: F811
    """A feed whose first look brought forty days of archive."""
    time_at(NOON)
    made = services.source_add(
        actor=cast.office, unit=cast.so, name="Báo", kind="feed", outlet="local", url="https://b.example/rss",
        full_text=False,
    )  # fmt: skip
    Source.objects.filter(pk=made.pk).update(created_at=NOON)
    archive = [(f"o{n}", NOON - n * 5 * HOUR) for n in range(1, 200)]
    look(made, archive)
    return made


def look(source, found):
    items = [Found(url=f"https://b.example/{key}", title=MATH.format(n=key), published_at=at) for key, at in found]
    services.fetch_stored(source_id=source.pk, found=items, status=200, size=1, ms=1)
    while services.analyse_waiting():
        pass


def test_an_archive_is_no_listening(cast, feed, time_at):  # noqa: F811
    """An ordinary four items an hour alert nobody in the first days."""
    for hour in range(1, 25):
        at = NOON + hour * HOUR
        time_at(at)
        look(feed, [(f"n{hour}-{n}", at - n * dt.timedelta(minutes=9)) for n in range(4)])
        assert services.watch(cast.so.pk) == 0
    assert not Spike.objects.exists()


def test_a_page_nobody_wrote_on_was_listened_to_all_the_same(cast, time_at):  # noqa: F811
    time_at(NOON - 17 * DAY)
    comments(cast.school, ["Cho em hỏi lịch thi học kỳ"], NOON - 17 * DAY)
    time_at(NOON)
    comments(cast.school, [ANGRY.format(n=n, word=n) for n in range(12)], NOON)
    assert services.watch(cast.school.pk) >= 1


def test_it_is_listened_to_from_its_first_source_on(cast, feed, time_at):  # noqa: F811
    """Two weeks of silence after the archive: what comes then is unusual."""
    time_at(NOON + 17 * DAY)
    look(feed, [])
    time_at(NOON + 17 * DAY + HOUR)
    look(feed, [(f"n{n}", NOON + 17 * DAY + HOUR - n * dt.timedelta(minutes=3)) for n in range(12)])
    assert services.watch(cast.so.pk) >= 1
