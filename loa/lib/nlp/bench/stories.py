"""`loa bench stories`: articles of invented events among articles of none, gathered as they come.

An event has its own phrases and mostly a school; each paper tells it with some of them and many words of its own.
Baseline: equal titles alone.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable

from loa.lib.nlp import prepare
from loa.lib.nlp.bench.duplicates import pairs
from loa.lib.nlp.bench.invented import vocabulary
from loa.lib.nlp.stories import Article, Stories, article

EVENTS, ALONE, TOPICS = 800, 4000, 12


def run(out: Callable[..., None]) -> None:
    """Print pairs right and found, and articles a second."""
    rows = articles(EVENTS, ALONE)
    start = time.process_time()
    stories = Stories()
    got = [stories.join(one) for one, _event in rows]
    rate = len(rows) / (time.process_time() - start)
    truth = [event for _one, event in rows]
    both = pairs(zip(truth, got, strict=True))
    precision, recall = both / pairs(got), both / pairs(truth)
    out("articles", f"{len(rows):,}", "of events", f"{sum(event >= 0 for event in truth):,}")
    out("pairs of one event: precision", f"{precision:.3f}", "equal titles alone", "1.000")
    out("pairs of one event: recall", f"{recall:.3f}", "equal titles alone", "0.000")
    out("pairs of one event: F1 (bar .85)", f"{2 * precision * recall / (precision + recall):.3f}")
    out("articles/s/core (bar 600)", f"{rate:,.0f}")


def articles(events: int, alone: int, seed: int = 2026) -> list[tuple[Article, int]]:
    """(article, number of its event; each article of none has a number of its own below 0), by time, 60 days."""
    rng = random.Random(seed)  # noqa: S311
    words, shares = vocabulary(rng)
    plain, rare = words[:300], words[300:]
    begin = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    rows: list[tuple[Article, int]] = []
    # What every article on a topic says, whatever happened: "khoản thu", "phụ huynh phản ánh".
    usual = [[" ".join(rng.sample(words[:1500], 2)) for _ in range(24)] for _ in range(TOPICS)]

    def write(event: int, told: list[str], school: int, at: dt.datetime) -> None:
        title = rng.sample(told, rng.randint(3, 5)) + rng.choices(plain, k=2)
        text = (
            rng.sample(told, rng.randint(7, 11))
            + rng.choices(plain, k=16)
            + rng.choices(words, cum_weights=shares, k=4)
        )
        topic = abs(event) % TOPICS
        title += rng.sample(usual[topic], 1)
        text += rng.sample(usual[topic], 4)
        rng.shuffle(title)
        rng.shuffle(text)
        units = [school] if school and rng.random() < 0.8 else []
        rows.append(
            (
                article(
                    str(len(rows)),
                    prepare(" ".join(title)),
                    prepare(" ".join(text)),
                    at,
                    units=units,
                    topics=[f"t{topic}"],
                ),
                event,
            )
        )

    def phrases() -> list[str]:
        return [" ".join(rng.sample(rare, 2)) for _ in range(12)]

    for event in range(events):
        told, school = phrases(), rng.randint(1, 400) if rng.random() < 0.7 else 0
        first = begin + dt.timedelta(minutes=rng.randrange(60 * 24 * 60))
        for _ in range(rng.randint(2, 9)):
            write(event, told, school, first + dt.timedelta(hours=rng.expovariate(1 / 20)))
    for number in range(alone):
        at = begin + dt.timedelta(minutes=rng.randrange(60 * 24 * 60))
        write(-1 - number, phrases(), rng.randint(1, 400) if rng.random() < 0.4 else 0, at)
    return sorted(rows, key=lambda row: row[0].at)
