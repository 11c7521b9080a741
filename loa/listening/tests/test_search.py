"""The index agrees with the meaning of a query, on both databases, and with the filters; figures stay right."""

from __future__ import annotations

import datetime as dt
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loa.core import clock
from loa.lib.vi.boolean import QueryError, Text, matches, parse
from loa.listening import command, search, services
from loa.listening.figures import write as figures
from loa.listening.models import Entry, IndexState, Item, Tally, ToneSum
from loa.listening.readers.model import Found
from loa.listening.search import Scope, marks
from loa.listening.search.write import write
from loa.listening.tasks import renew_index

pytestmark = pytest.mark.django_db

WORDS = ["lạm", "thu", "thủ", "làm", "quỹ", "quy", "đường", "duong", "tục", "trường", "trượng"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)


@pytest.fixture
def source(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


def keep(source, *texts, days=0, title=""):
    """Items as if analysed, newest last; their ids."""
    now = clock.now()
    start = Item.objects.count()
    items = Item.objects.bulk_create(
        Item(
            unit_id=source.unit_id, source=source, key=f"{start + n}", title=title, text=text,
            outlet=source.outlet,
            published_at=now - dt.timedelta(days=days) + dt.timedelta(seconds=n), keep_until=clock.today(),
            analysed_at=now, relevant=True, tone="neu", harm="clean",
        )
        for n, text in enumerate(texts)
    )  # fmt: skip
    search.put(search.load([item.pk for item in items]))
    return [item.pk for item in items]


def ids(query, scope=None, **options):
    return search.find(parse(query) if query else None, scope or Scope(), **{"limit": 50, **options})


def _words(words):
    return st.sampled_from(words)


_PHRASES = st.lists(_words(WORDS), min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"')
_PREFIXES = _words(["trư*", "trươ*", "truo*", "quy*", "lạm*", "duo*"])
_ATOMS = _words(WORDS) | _PHRASES | _PREFIXES
_NEARS = st.tuples(_ATOMS, st.integers(0, 4), _ATOMS).map(lambda t: f"{t[0]} NEAR/{t[1]} {t[2]}")
_QUERIES = st.recursive(
    _ATOMS | _NEARS,
    lambda inner: st.tuples(inner, st.sampled_from([" ", " OR ", " -"]), inner).map(
        lambda t: f"({t[0]}{t[1]}{t[2]})"
    ),
    max_leaves=5,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(TEXTS | st.just(""), TEXTS), min_size=1, max_size=12),
    st.lists(_QUERIES, min_size=1, max_size=8),
)
def test_the_index_finds_what_the_query_means(source, texts, queries):
    Item.objects.all().delete()
    made = {}
    for title, text in texts:
        made[keep(source, text, title=title)[0]] = Text(title, text)
    for text in queries:
        try:
            query = parse(text)
        except QueryError:  # a NEAR of words that meet
            continue
        for one in (query, query.relaxed()):
            expected = {pk for pk, words in made.items() if matches(one, words)}
            assert set(search.find(one, Scope(), limit=50)) == expected, text


def test_newest_first_page_by_page(source):
    old = keep(source, *["lạm thu ở trường"] * 4, days=400)
    new = keep(source, *["lạm thu ở lớp"] * 3)
    other = keep(source, *[""] * 5, "đi làm thủ tục")[5:]
    assert ids("lạm thu") == [*reversed(new), *reversed(old)]
    assert ids("lam thu") == [*other, *reversed(new), *reversed(old)]
    assert ids("lạm thu", limit=3) == list(reversed(new))
    assert ids("lạm thu", limit=3, offset=3) == list(reversed(old))[:3]
    recent = Scope(since=clock.now() - dt.timedelta(days=2))
    assert ids("lạm thu", recent) == list(reversed(new))
    assert ids("lạm thu", Scope(until=recent.since)) == list(reversed(old))


def test_what_is_common_and_what_is_rare_is_found_across_years(source, monkeypatch):
    """PostgreSQL looks in stretches: none is left out, none is looked at twice."""
    monkeypatch.setattr(sys.modules["loa.listening.search.find"], "NEWEST", 5)
    made = [pk for days in range(900, -1, -25) for pk in keep(source, f"tin thứ {days} đường", days=days)]
    assert ids("đường", limit=100) == list(reversed(made))
    assert ids('"thứ 25"') == [made[-2]]
    assert ids('"thứ 900"') == [made[0]]
    for back in (10, 60, 300, 890):
        since = clock.now() - dt.timedelta(days=back + 0.5)
        expected = list(
            Item.objects.filter(published_at__gte=since).order_by("-published_at").values_list("pk", flat=True)
        )
        assert ids("đường", Scope(since=since), limit=100) == expected
        assert ids(None, Scope((("o:local",),), until=since), limit=100) == [
            pk for pk in reversed(made) if pk not in expected
        ]


def test_marks_narrow(source):
    first, second, third = keep(source, "một thu", "hai thu", "ba thu")
    Item.objects.filter(pk=first).update(tone="neg")
    Item.objects.filter(pk=second).update(relevant=False)
    search.put(search.load([first, second]))
    assert ids("thu", Scope(((marks.tone("neg"),),))) == [first]
    assert ids("thu", Scope(((marks.tone("neg"), marks.tone("neu")),))) == [third, second, first]
    assert ids("thu", Scope(without=(marks.ELSEWHERE,))) == [third, first]
    assert ids(None, Scope(((marks.source(source.pk),),), (marks.ELSEWHERE,))) == [third, first]
    assert ids("thu", Scope(((marks.listener(source.unit_id + 1),),))) == []
    assert ids("thu", Scope(((),))) == []
    assert ids(None, Scope()) == []


def test_words_that_are_forgotten_are_forgotten_by_the_index(source):
    (pk,) = keep(source, "số điện thoại của ai đó")
    Item.objects.filter(pk=pk).update(keep_until=clock.today() - dt.timedelta(days=1))
    assert ids('"điện thoại"') == [pk]
    services.forget_old_words()
    assert ids('"điện thoại"') == []
    assert ids(None, Scope(((marks.source(source.pk),),))) == [pk]
    Item.objects.all().delete()
    assert Entry.objects.count() == 0
    assert ids(None, Scope(((marks.source(source.pk),),))) == []


def test_items_of_one_second_have_keys_of_their_own(source):
    now = clock.now()
    found = [Found(external=str(n), title=f"Học sinh vui {n}", published_at=now) for n in range(20)]
    services.store(source, found)
    services.analyse_waiting()
    assert Entry.objects.count() == 20
    assert len(ids("học sinh")) == 20


def test_the_running_count_is_the_count_of_the_items(cast, source):
    texts = [
        "Phụ huynh bức xúc vì các khoản thu đầu năm tại Trường THCS Sơn Thượng",
        "Cô giáo tận tâm được học sinh biết ơn",
        "Giá vàng trên thị trường tăng mạnh",
        "Lịch thi học kỳ một của các trường",
    ]
    services.store(source, [Found(external=text, title=text) for text in texts])
    services.analyse_waiting()
    item = Item.objects.get(title=texts[0])
    services.item_correct(actor=cast.office, item=item, field="tone", value="neu")
    services.item_correct(actor=cast.office, item=Item.objects.get(title=texts[3]), field="relevant", value="0")
    services.item_correct(actor=cast.office, item=Item.objects.get(title=texts[2]), field="relevant", value="1")

    def counted():
        return {row[:5]: row[5] for row in rows() if row[5]}

    def rows():
        return Tally.objects.values_list("unit", "about", "day", "outlet", "tone", "n")

    def summed():
        fields = ("unit", "about", "first", "pos", "neu", "neg")
        return {row[:3]: row[3:] for row in ToneSum.objects.values_list(*fields) if any(row[3:])}

    running, sums = counted(), summed()
    today = clock.today()
    assert sums[cast.so.pk, "t:lam-thu", today] == (0, 1, 0)
    assert sums[cast.so.pk, f"v:{cast.school.pk}", today.replace(day=1)][1] == 1
    assert running[cast.so.pk, f"v:{cast.school.pk}", today, "local", "neu"] == 1
    assert running[cast.so.pk, "t:lam-thu", today, "local", "neu"] == 1
    assert sum(n for key, n in running.items() if key[1] == "") == 3
    figures.recount(cast.so.pk)
    assert (counted(), summed()) == (running, sums)
    # a correction is found by the index too
    assert ids(None, Scope(((marks.topic("lam-thu"),), (marks.tone("neu"),)))) == [item.pk]


def test_what_an_older_installation_holds_is_put_in(source):
    pks = keep(source, "một", "hai")
    Entry.objects.all().delete()
    Tally.objects.all().delete()
    assert services.catch_up() == 2
    assert services.catch_up() == 0
    assert Tally.objects.get().n == 2
    assert ids("hai") == [pks[1]]


# — an index from before ————————————————————————————————————————————————————————————————


def as_before(keys):
    """Entries as the version before wrote them: without the mark of what asks."""
    rows = search.load(keys)
    old = [
        (row.pk, row.at, row.title, row.text, [mark for mark in row.marks if mark != marks.ASKING]) for row in rows
    ]
    known = dict(Entry.objects.filter(item__in=keys).values_list("item", "pk"))
    write(old, known=known)


def asked():
    return set(ids(None, Scope(groups=((marks.ASKING,),))))


@pytest.fixture
def before(source):
    keys = keep(source, *(f"Trường bao giờ học lại lần {n}?" for n in range(5)))
    as_before(keys)
    assert asked() == set()
    return keys


def test_after_a_new_version_a_worker_writes_it_anew(before):
    assert search.left() == 5
    assert search.renew(2) == 2
    # broken off: it goes on where it stopped
    assert search.left() == 3
    renew_index.func()
    assert asked() == set(before)
    assert (search.left(), search.renew()) == (0, 0)
    as_before(before)
    renew_index.func()
    assert asked() == set()  # nothing is done twice without being asked for
    assert IndexState.objects.get().form == marks.FORM


def test_a_later_form_begins_again(before, monkeypatch):
    while search.renew():
        pass
    as_before(before)
    monkeypatch.setattr(sys.modules["loa.listening.search.renew"], "FORM", marks.FORM + 1)
    assert search.left() == 5
    while search.renew(2):
        pass
    assert asked() == set(before)


def test_the_command_does_it_at_once(before, monkeypatch, capsys):
    monkeypatch.setattr(command, "_installed", lambda: True)
    assert command.main(["index"]) == 0
    assert "Đã viết lại 5 tin" in capsys.readouterr().out
    assert asked() == set(before)
    as_before(before)
    assert command.main(["index"]) == 0
    assert asked() == set()
    assert command.main(["index", "--again"]) == 0
    assert asked() == set(before)
