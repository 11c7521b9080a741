"""Full-text search: the same on SQLite and PostgreSQL (run with DATABASE_URL for the latter)."""

import datetime as dt
import unicodedata

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from loa.core import fts
from loa.core.fts import write
from loa.core.models import SearchEntry

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 20, 5, 0, tzinfo=dt.UTC)

TEXTS = {
    1: ("Phụ huynh phản ánh lạm thu đầu năm học", "Nhiều khoản thu ngoài quy định."),
    2: ("Hướng dẫn làm thủ tục nhập học", "Hồ sơ gồm giấy khai sinh."),
    3: ("Trường THCS Trần Phú khai giảng", "Lễ khai giảng ở Hoà Bình, kỹ năng sống."),
    4: ("Đường đến trường của em", "Con đường Đoàn Kết. Không có lạm thu."),
    5: ("Truong hoc khong dau", "Bai viet khong dau, lam thu."),
    6: ("Lịch thi", "Thi học kỳ. Thu hồ sơ; lạm bàn thêm về khoản thu."),
}


@pytest.fixture
def texts(db):
    for number, (title, body) in TEXTS.items():
        fts.index("story", number, title=title, body=body, unit_id=number % 3, public=number != 6,
                  at=NOON + dt.timedelta(hours=number))  # fmt: skip


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("lạm thu", [1, 4, 6]),  # title before text; phrase before scattered words; never "làm thủ"
        ("lam thu", [2, 1, 5, 4, 6]),
        ('"lam thu"', [2, 1, 5, 4]),
        ('"lạm thu"', [1, 4]),
        ("lam thu -tuc", [1, 5, 4, 6]),
        ('lam thu -"làm thủ tục"', [1, 5, 4, 6]),
        ("truong", [5, 4, 3]),
        ("trường", [4, 3]),
        ("đường", [4]),
        ("duong", [4]),
        ("doan ket", [4]),
        ("hòa bình", [3]),  # Hoà in the text
        ("kĩ năng", [3]),  # kỹ in the text
        ("tran phu", [3]),
        ("trần phu", [3]),  # half the accents: found without them
        ("trâ", [3]),  # the accent not typed to its end
        ("trầ", [3]),
        ("tra", [3]),
        ("tra ", []),
        ("THCS TRẦN", [3]),
        ("khoản", [6, 1]),
        ("học", [2, 1, 6]),
        ("hoc", [5, 2, 1, 6]),
        ("xyz", []),
        ("", []),
        ("-lạm", []),
        ("' OR 1=1 -- \" * ( ) : ^ {", []),
        ("thi NOT lịch", []),  # words of the query language are words
        ("lich AND", []),
    ],
)
def test_search(texts, query, ids):
    for form in ("NFC", "NFD"):
        assert fts.search(unicodedata.normalize(form, query)).ids == ids


def test_ranks_and_relaxed(texts):
    found = fts.search("lạm thu")
    assert [hit.rank for hit in found.hits] == [1, 3, 4]
    assert (found.relaxed, found.count, found.more) == (False, 3, False)
    relaxed = fts.search("trần phu ")
    assert (relaxed.relaxed, relaxed.ids) == (True, [3])
    assert not fts.search("ngọc hoàn").relaxed


def test_filters(texts):
    assert fts.search("thu", public=True).ids == [2, 1, 5, 4]
    assert fts.search("thu", units=[1]).ids == [1, 4]
    assert fts.search("thu", units=SearchEntry.objects.filter(object_id=4).values("unit_id")).ids == [1, 4]
    assert fts.search("thu", units=[]).ids == []
    assert fts.search("thu", kinds=["unit"]).ids == []
    assert fts.search("thu", kinds=["unit", "story"]).count == 5
    assert fts.search("thu", since=NOON + dt.timedelta(hours=4), until=NOON + dt.timedelta(hours=6)).ids == [5, 4]
    assert fts.search("thu", topics=[1]).ids == fts.search("thu", sites=[1]).ids == []


def test_pages_follow_one_another_without_gap_or_double(texts):
    whole = fts.search("thu").ids
    paged = [number for offset in range(6) for number in fts.search("thu", limit=1, offset=offset).ids]
    assert paged == whole == [2, 1, 6, 5, 4]
    assert {fts.search("thu", limit=1, offset=n).count for n in range(6)} == {5}


def test_index_replaces_and_remove_removes(texts):
    fts.index("story", 1, title="Tên mới", body="", at=NOON)
    assert fts.search("lạm thu").ids == [4, 6]
    assert fts.search("tên mới").ids == [1]
    fts.index("unit", 1, title="Tên mới", at=NOON)
    assert {(hit.kind, hit.object_id) for hit in fts.search("tên mới").hits} == {("story", 1), ("unit", 1)}
    fts.remove("story", 1)
    fts.remove("story", 999)
    assert [hit.kind for hit in fts.search("tên mới").hits] == ["unit"]
    SearchEntry.objects.all().delete()
    assert fts.search("thu").ids == []
    fts.index("story", 1, title="Thu", at=NOON)
    assert fts.search("thu").ids == [1]


def test_newest_first_within_a_step_even_when_the_time_changes():
    for number in (1, 2, 3):
        fts.index("story", number, title="Khai giảng", at=NOON + dt.timedelta(minutes=number))
    assert fts.search("khai giảng").ids == [3, 2, 1]
    fts.index("story", 1, title="Khai giảng", at=NOON + dt.timedelta(days=1))
    assert fts.search("khai giảng").ids == [1, 3, 2]


def test_objects_of_the_same_second_get_keys_of_their_own():
    size = 1 << write._SEQUENCE_BITS
    fts.index("story", 7, title="một", at=NOON)
    fts.index("unit", 7, title="hai", at=NOON)
    fts.index_many([fts.Entry("a", 7, "ba", at=NOON), fts.Entry("b", 7 + size, "bốn", at=NOON)])
    assert SearchEntry.objects.count() == 4
    for words, kind in (("một", "story"), ("hai", "unit"), ("ba", "a"), ("bốn", "b")):
        assert [hit.kind for hit in fts.search(words + " ").hits] == [kind]


def test_many_hits_are_counted_up_to_the_limit(monkeypatch):
    monkeypatch.setattr("loa.core.fts.find.COUNT_LIMIT", 10)
    fts.index_many([fts.Entry("story", n, "Tin", "trường học", at=NOON) for n in range(30)], batch=7)
    found = fts.search("truong", limit=5)
    assert (len(found.hits), found.count, found.more) == (5, 10, True)


def test_the_number_of_queries_does_not_grow(texts):
    with CaptureQueriesContext(
        connection,
    ) as few:
        fts.search("thu", limit=2)
    fts.index_many([fts.Entry("story", n, "Thu", "thu", at=NOON) for n in range(100, 300)])
    with CaptureQueriesContext(connection) as many:
        fts.search("thu", limit=2)
    assert len(many) <= len(few) <= 9


def test_nothing_stays_when_the_transaction_fails(texts):
    def change():
        with transaction.atomic():
            fts.index("story", 1, title="Khác hẳn")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert fts.search("khác hẳn").ids == []
    assert 1 in fts.search("lạm thu").ids


def test_long_and_strange_texts():
    fts.index("story", 1, title="x" * 500 + " đầu", body="từ " * 20_000 + "cuối")
    fts.index("story", 2, title="日本 ½ ² 😀 a'b \\ \x00 %s %(x)s", body="O'Brien " + "dài" * 900)
    assert fts.search("từ ").ids == [1]
    assert fts.search("cuối").ids == []  # beyond MAX_WORDS
    assert fts.search("brien").ids == [2]
    assert fts.search("日本").ids == [2]


def test_plain():
    assert fts.plain("<p>Một <b>ha</b>i</p><p>ba&nbsp;&amp; bốn</p><script>x()</script>") == "Một hai ba & bốn"


def test_rebuild(monkeypatch, capsys):
    monkeypatch.setattr(write, "_REGISTERED", {})
    fts.register("story", lambda: [fts.Entry("story", 1, "Lạm thu", at=NOON)])
    fts.index("story", 2, title="Đã xoá")
    fts.index("unit", 3, title="Lạm thu")
    call_command("search", "rebuild")
    assert fts.search("đã xoá").ids == []
    assert fts.search("lạm thu", kinds=["story"]).ids == [1]
    call_command("search", "find", "lạm", "thu")
    assert "2 kết quả" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Không có loại"):
        call_command("search", "rebuild", "khác")
