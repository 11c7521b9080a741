"""A store of a million invented items, and the questions put to it."""

from __future__ import annotations

import datetime as dt
import gc
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from loa.accounts.models import User
from loa.core import clock
from loa.lib.nlp.topics import topic_names
from loa.lib.vi.boolean import parse
from loa.lib.vi.syllable import RHYMES, is_syllable
from loa.listening import search
from loa.listening.figures import write as figures
from loa.listening.models import Entry, Item, ItemTopic, ItemUnit, Source
from loa.listening.rules import Outlet
from loa.listening.search import Scope, marks
from loa.listening.search.schema import FTS, INDEX, TABLE
from loa.listening.search.write import Heard, _numbered, columns, tsvector
from loa.org.bench import FOUNDED, grow
from loa.org.models import Membership, Unit
from loa.org.rules import Role

UNITS = 5_000
DAYS = 365
LOGIN = "allauth.account.auth_backends.AuthenticationBackend"
#: what people write of; the words of a query stand in some of these, often, seldom or nearly never
PHRASES = [
    (40, "phụ huynh học sinh"), (40, "nhà trường"), (30, "năm học mới"), (30, "thầy cô giáo"),
    (25, "sở giáo dục và đào tạo"),
    (20, "làm thủ tục nhập học"), (20, "đường đến trường"), (15, "các khoản thu đầu năm"), (12, "học phí"),
    (12, "tuyển sinh lớp 10"), (12, "kỳ thi tốt nghiệp"), (10, "bữa ăn bán trú"), (8, "thiếu giáo viên"),
    (8, "dạy thêm học thêm"),
    (6, "cơ sở vật chất xuống cấp"), (5, "bạo lực học đường"), (4, "quỹ lớp thu quá nhiều"), (3, "lạm thu"),
    (3, "thu tiền quỹ phụ huynh"), (2, "ngộ độc thực phẩm"), (2, "an toàn giao thông cổng trường"),
    (1, "sách giáo khoa in lậu"),
    (0.3, "tin giả về nghỉ học"), (0.05, "cháy kho thư viện"), (0.02, "đuối nước tập thể"),
]  # fmt: skip
#: (what, query, marks of a filter as "topic", "unit", "tone", "source", "months back"); as people ask
SEARCHES: list[tuple[str, str, str]] = [
    ("one word that is everywhere", "trường", ""),
    ("one word, no accents", "hoc", ""),
    ("words, common", "phụ huynh học phí", ""),
    ("words, rare", "cháy thư viện", ""),
    ("word that is nowhere", "kýnh", ""),
    ("phrase, rare", '"lạm thu"', ""),
    ("phrase, no accents", '"lam thu"', ""),
    ("phrase, very rare", '"đuối nước tập thể"', ""),
    ("phrase of common words, nowhere", '"học trường phụ"', ""),
    ("phrase of five words", '"các khoản thu đầu năm"', ""),
    ("the query of the issue", '"lạm thu" OR (thu NEAR quỹ) -"làm thủ tục"', ""),
    ("NEAR of common words", "phí NEAR/3 phụ", ""),
    ("NEAR, seldom true", "thư NEAR/2 lậu", ""),
    ("OR of six", '"bạo lực" OR "ngộ độc" OR "tin giả" OR "lạm thu" OR "đuối nước" OR "xuống cấp"', ""),
    ("OR in brackets, minus", '("dạy thêm" OR "học thêm") trường -"học phí" -quỹ', ""),
    ("many words, no accents", "thu tien quy phu huynh", ""),
    ("half the accents, found nowhere", "lạm thủ quy", ""),
    ("beginning of a word", "tuy* sinh", ""),
    ("beginning of three letters", "ngh* độc", ""),
    ("in one topic", '"học phí"', "topic"),
    ("in one unit", "trường", "unit"),
    ("in one unit, phrase", '"nhà trường"', "unit"),
    ("in one tone", '"lạm thu"', "tone"),
    ("in one source", '"bán trú"', "source"),
    ("two months a year ago", '"tuyển sinh"', "old"),
    ("this week", '"học phí" OR "lạm thu"', "week"),
    ("topic alone", "", "topic"),
    ("unit alone", "", "unit"),
    ("unit and tone alone", "", "unit tone"),
    ("topic, tone, source", "", "topic tone source"),
]
RUNS = 15
_STARTS = [
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "h",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "nh",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]


def _vocabulary(dice: random.Random) -> list[str]:
    """Some five thousand well-formed syllables in an order of their own."""
    from loa.lib.vi.letters import JOIN, VOWELS

    found = []
    for rhyme in sorted(RHYMES):
        for start in _STARTS:
            for tone in range(6):
                first = next((at for at, letter in enumerate(rhyme) if letter in VOWELS), 0)
                word = start + rhyme[:first] + JOIN[rhyme[first], tone] + rhyme[first + 1 :]
                if is_syllable(word):
                    found.append(word)
    dice.shuffle(found)
    return found[:6000]


def _texts(count: int, dice: random.Random) -> Iterator[tuple[str, str]]:
    """(title, text): three tenths articles of some 110 words, seven tenths comments of some 25, words after
    Zipf.
    """
    words = _vocabulary(dice)
    weights = list(accumulate(1 / (rank + 6) for rank in range(len(words))))
    phrases, often = [text for _n, text in PHRASES], list(accumulate(n for n, _text in PHRASES))
    deck = dice.choices(words, cum_weights=weights, k=400_000)
    spoken = dice.choices(phrases, cum_weights=often, k=200_000)
    for _number in range(count):
        article = dice.random() < 0.3
        parts: list[str] = []
        for _part in range(9 if article else 2):
            at, said = dice.randrange(len(deck) - 20), dice.randrange(len(spoken))
            parts += [spoken[said], *deck[at : at + dice.randint(4, 14)]]
        text = " ".join(parts).capitalize()
        yield (
            spoken[dice.randrange(len(spoken))].capitalize() + " " + " ".join(parts[1:9]) if article else "",
            text,
        )


def fill(count: int) -> dict[str, float]:
    """Make the store: units, sources, items with their analysis, index, figures."""
    dice = random.Random(20)  # noqa: S311 (invented texts)
    top = grow(UNITS)
    units = list(Unit.objects.exclude(pk=top.pk).values_list("pk", flat=True))
    sources = Source.objects.bulk_create(
        Source(
            unit=top,
            name=f"Nguồn {n}",
            kind="hand",
            outlet=dice.choice(list(Outlet)),
            keep_days=1000,
            created_by=None,
        )
        for n in range(100)
    )
    _people(top, units)
    codes = list(topic_names())
    now = clock.now()
    texts = _texts(count, dice)
    words = made = 0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {TABLE}_words")
    while part := list(islice(texts, 20_000)):
        with transaction.atomic():
            heard = []
            items = []
            for title, text in part:
                # Spread over the year, the oldest first; a few come late.
                at = now - dt.timedelta(days=DAYS) * (1 - (made + dice.random()) / count)
                made += 1
                source = dice.choice(sources)
                relevant = dice.random() < 0.8
                items.append(
                    Item(
                        pk=made, unit=top, source=source, key=f"{made:064d}", title=title, text=text,
                        outlet=source.outlet,
                        outlet_name=source.name, published_at=at, seen_at=at,
                        keep_until=at.date() + dt.timedelta(days=1000),
                        analysed_at=at, relevant=relevant,
                        tone=dice.choices(("neg", "neu", "pos"), (25, 50, 25))[0],
                        harm="offensive" if dice.random() < 0.02 else "clean", language="vi", score=0.0,
                        fingerprint="", model="bench",
                    )
                )  # fmt: skip
                topics = tuple(dice.sample(codes, dice.choice((0, 1, 1, 2)))) if relevant else ()
                # Some schools are spoken of much, most seldom.
                meant = (units[int(len(units) * dice.random() ** 3)],) if relevant and dice.random() < 0.35 else ()
                item = items[-1]
                heard.append(
                    Heard(
                        made,
                        top.pk,
                        source.pk,
                        relevant,
                        item.outlet,
                        item.tone,
                        item.harm,
                        title,
                        text,
                        at,
                        topics,
                        meant,
                    )
                )
                words += len(text.split()) + len(title.split())
            Item.objects.bulk_create(items, batch_size=1000)
            ItemTopic.objects.bulk_create(
                [ItemTopic(item_id=h.pk, code=code, score=0.9, at=h.at) for h in heard for code in h.topics],
                batch_size=2000,
            )
            ItemUnit.objects.bulk_create(
                [ItemUnit(item_id=h.pk, unit_id=pk, score=0.9, at=h.at) for h in heard for pk in h.units],
                batch_size=2000,
            )
            _index(heard)
            change: figures.Change = Counter()
            for h in heard:
                if h.relevant:
                    figures.note(
                        change,
                        unit_id=h.unit_id,
                        at=h.at,
                        outlet=h.outlet,
                        tone=h.tone,
                        topics=h.topics,
                        units=h.units,
                    )
            figures.add(change)
    INDEX.ensure("default")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    return {"words": words / count}


def _index(heard: list[Heard]) -> None:
    """As `search.write`, in bulk: on PostgreSQL by COPY, the GIN index is made at the end."""
    numbered = _numbered([(h.pk, h.at) for h in heard])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} (id, item_id, words) FROM STDIN") as copy:
            for h in heard:
                copy.write_row((numbered[h.pk], h.pk, tsvector(h.title, h.text, h.at, h.marks)))
        return
    Entry.objects.bulk_create([Entry(id=numbered[h.pk], item_id=h.pk) for h in heard], batch_size=400)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {FTS} (rowid, e, f, s) VALUES (%s, %s, %s, %s)",  # noqa: S608 (constant name)
            [(numbered[h.pk], *columns(h.title, h.text, h.marks)) for h in heard],
        )


def _people(top: Unit, units: list[int]) -> None:
    for name, unit, role in (
        ("office", top.pk, Role.FOCAL), ("lead", units[300], Role.UNIT_LEAD), ("director", top.pk, Role.LEADER),
    ):  # fmt: skip
        user = User.objects.create(username=name, full_name=name)
        Membership.objects.create(user=user, unit_id=unit, role=role, valid_from=FOUNDED)


# — measuring ——————————————————————————————————————————————————————————————————————————


def _scope(named: str, top: int, units: list[int]) -> Scope:
    groups: list[tuple[str, ...]] = []
    since = until = None
    now = clock.now()
    for name in named.split():
        match name:
            case "topic":
                groups.append((marks.topic("ban-tru"),))
            case "unit":
                groups.append((marks.about(units[300]),))
            case "tone":
                groups.append((marks.tone("neg"),))
            case "source":
                groups.append((marks.source(Source.objects.order_by("pk").values_list("pk", flat=True)[7]),))
            case "old":
                since, until = now - dt.timedelta(days=340), now - dt.timedelta(days=280)
            case "week":
                since = now - dt.timedelta(days=7)
    return Scope(tuple(groups), (marks.ELSEWHERE,), since, until)


def _watch() -> tuple[Callable[[], float], str]:
    """Seconds of processor: of this program and, on PostgreSQL, of the process that serves it (Linux, one
    machine); else the clock on the wall. Other work on the machine does not count into the first.
    """
    if connection.vendor == "sqlite":
        return time.process_time, "processor"
    connection.ensure_connection()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    if not told.exists():
        return time.perf_counter, "wall"
    return lambda: time.process_time() + int(told.read_text().split()[0]) / 1e9, "processor, database's too"


def _timed(work: Callable[[], Any], runs: int = RUNS) -> list[float]:
    """Milliseconds of each run."""
    work()
    watch, _name = _watch()
    found = []
    gc.collect()
    for _run in range(runs):
        start = watch()
        work()
        found.append((watch() - start) * 1000)
    return found


def _p95(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def measure() -> dict[str, Any]:
    """Every search, the baseline, the pages."""
    top = Unit.objects.get(parent=None)
    units = list(Unit.objects.exclude(pk=top.pk).values_list("pk", flat=True))
    searches: dict[str, Any] = {}
    everything: list[float] = []
    for what, text, named in SEARCHES:
        scope = _scope(named, top.pk, units)
        query = parse(text) if text else None
        values = _timed(lambda query=query, scope=scope: search.find(query, scope, limit=31))  # type: ignore[misc]
        everything += values
        searches[f"{what}: {text}"[:57]] = {
            "p50": statistics.median(values), "p95": _p95(values),
            "clock": _watch()[1],
        }  # fmt: skip
    same = statistics.median(_timed(lambda: search.find(parse('"lạm thu"'), Scope(), limit=31)))
    plain = Item.objects.filter(text__icontains="lạm thu").order_by("-published_at").values_list("pk", flat=True)
    baseline = _timed(lambda: list(plain[:31]), runs=1)[0]
    return {
        "vendor": connection.vendor, "megabytes": _megabytes(), "searches": searches, "same": same,
        "baseline": baseline,
        "all": {"p50": statistics.median(everything), "p95": _p95(everything)}, "pages": _pages(units),
    }  # fmt: skip


def _megabytes() -> float:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0]) / 1e6


class _Counter:
    asked = 0

    def __call__(self, execute: Callable[..., Any], *rest: Any) -> Any:
        self.asked += 1
        return execute(*rest)


def pages(units: list[int]) -> list[tuple[str, str, str]]:
    """(what, who, address)"""
    stream = reverse("listening:stream")
    return [
        ("page: stream", "office", stream),
        ("page: stream, page 20", "office", f"{stream}?trang=20"),
        ("page: stream, a query", "office", f'{stream}?q="lạm thu" OR (thu NEAR quỹ) -"làm thủ tục"'),
        ("page: stream, topic and tone", "office", f"{stream}?chu-de=ban-tru&sac-thai=neg"),
        ("page: stream of a school's head", "lead", stream),
        ("page: one item", "office", reverse("listening:item", args=[Item.objects.count() * 9 // 10])),
        ("page: topics", "office", reverse("listening:topics") + "?ky=365"),
        ("page: a topic, 90 days", "office", reverse("listening:topic", args=["ban-tru"])),
        ("page: a topic, 12 months", "office", reverse("listening:topic", args=["ban-tru"]) + "?ky=365"),
        ("page: units spoken of", "office", reverse("listening:units")),
        ("page: a unit, 12 months", "office", reverse("listening:unit", args=[units[300]]) + "?ky=365"),
        ("page: communes side by side", "office", reverse("listening:board")),
        ("page: shares, 12 months", "office", reverse("listening:voices") + "?ky=365"),
        ("page: did the answer answer", "office", reverse("listening:answered") + "?ky=365"),
        (
            "page: the whole province, 12 months",
            "office",
            reverse("listening:unit", args=[Unit.objects.get(parent=None).pk]) + "?ky=365",
        ),
        ("page: the next four weeks", "office", reverse("listening:coming")),
        ("page: what to teach", "office", reverse("listening:learning")),
    ]


def _pages(units: list[int]) -> dict[str, Any]:
    settings.ALLOWED_HOSTS = ["*"]
    call_command("collectstatic", interactive=False, verbosity=0)
    found: dict[str, Any] = {}
    Client().get("/")  # loads what a server has loaded before its first page
    gc.collect()
    gc.freeze()  # as config/wsgi.py
    for what, who, address in pages(units):
        client = Client()
        client.force_login(User.objects.get(username=who), backend=LOGIN)
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        counter = _Counter()
        with connection.execute_wrapper(counter):
            client.get(address)
        values = _timed(lambda client=client, address=address: client.get(address), runs=12)  # type: ignore[misc]
        found[what] = {
            "p50": statistics.median(values), "p95": _p95(values), "queries": counter.asked,
            "kb": len(answer.content) // 1024,
        }  # fmt: skip
    return found
