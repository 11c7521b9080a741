"""Forecasts: the school year where nothing else is known, last years where they are, and a range that holds."""

from __future__ import annotations

import datetime as dt
import random
import statistics

from loa.lib.nlp.seasons import forecast, school_year, season
from loa.lib.nlp.topics import standing_topics

MONDAY = dt.date(2024, 1, 1)


def test_the_table_speaks_of_topics_that_are_listened_for():
    assert set(school_year()) <= set(standing_topics())
    assert all(abs(sum(months) / 12 - 1) < 1e-9 for months in school_year().values())


def test_fees_rise_in_september_without_any_year_before():
    counts = [4] * 12
    first = dt.date(2026, 8, 31) - dt.timedelta(weeks=12)
    weeks = forecast("lam-thu", counts, first)
    assert weeks[0].monday == dt.date(2026, 8, 31)
    assert weeks[2].expected > 8
    assert weeks[2].season > 2
    assert weeks[2].low <= weeks[2].expected <= weeks[2].high


def test_too_few_weeks_and_quiet_topics():
    assert forecast("lam-thu", [1, 2], MONDAY) == []
    assert [week.expected for week in forecast("lam-thu", [0] * 20, MONDAY)] == [0, 0, 0, 0]


def test_last_year_outweighs_the_table():
    counts = [10] * 104
    at = 104 - 52 + 1  # a week that was loud last year, of a topic the table calls flat
    counts[at - 1 : at + 2] = [40, 40, 40]
    monday = MONDAY + dt.timedelta(weeks=at + 52)
    assert season("chuyen-doi-so", counts, MONDAY, monday) > 1.6


def test_a_topic_without_row_and_year_has_no_known_season():
    assert [week.known for week in forecast("robot", [4] * 12, MONDAY)] == [False] * 4
    assert [week.season for week in forecast("robot", [4] * 12, MONDAY)] == [1.0] * 4
    assert all(week.known for week in forecast("lam-thu", [4] * 12, MONDAY))
    assert all(week.known for week in forecast("robot", [4] * 104, MONDAY))


def test_better_than_going_on_as_before_and_within_its_range():
    rng = random.Random(5)
    months = school_year()["tuyen-sinh"]

    def real(monday):
        return 14 * months[monday.month - 1]

    wrong, naive, inside, asked = [], [], 0, 0
    for trial in range(30):
        weeks = 110 + trial
        counts = [
            sum(rng.random() < real(MONDAY + dt.timedelta(weeks=at)) / 60 for _ in range(60))
            for at in range(weeks + 4)
        ]
        for ahead, week in enumerate(forecast("tuyen-sinh", counts[:weeks], MONDAY)):
            truth = counts[weeks + ahead]
            wrong.append(abs(week.expected - truth))
            naive.append(abs(statistics.fmean(counts[weeks - 4 : weeks]) - truth))
            inside += week.low <= truth <= week.high
            asked += 1
    assert statistics.fmean(wrong) < 0.8 * statistics.fmean(naive)
    assert inside / asked >= 0.7
