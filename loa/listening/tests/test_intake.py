"""What files and calls bring of private persons: one post has many comments, each an item, each once."""

from __future__ import annotations

import datetime as dt
import json
from importlib import import_module
from itertools import count
from threading import Thread
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import TestCase

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.audit.texts import sentence
from loa.core import clock
from loa.core.heard import Heard
from loa.listening import collecting, selectors, services
from loa.listening.digest.gather import Span, own_words
from loa.listening.digest.gather import lines as digest_lines
from loa.listening.digest.model import Kind
from loa.listening.models import Host, Item, ItemFile, Source
from loa.listening.readers import read_feed
from loa.listening.readers.model import Found
from loa.listening.readers.table import Grid, lines
from loa.listening.rules import key_of
from loa.listening.selectors import StreamFilter
from loa.listening.services import files, push
from loa.listening.tests.test_ways import _files_of_their_own, bring, page, write  # noqa: F401
from loa.org.tests.factories import Cast

pytestmark = pytest.mark.django_db

#: no two calls are one call
_calls = count()
POST = "https://www.facebook.com/hoiphuhuynh/posts/123"


@pytest.fixture
def group(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Mạng xã hội", kind="push", outlet="social")


def send(source, rows):
    stamp = str(int(clock.now().timestamp()))
    body = json.dumps(rows).encode() + b" " * next(_calls)
    signature = push.sign(push.secret_of(source), stamp, body)
    answer = push.push_take(source_id=source.pk, stamp=stamp, signature=signature, body=body)
    assert answer.status == 202, answer
    return answer.body["added"], answer.body["known"]


def test_comments_under_one_address_are_items_of_their_own_and_come_once(cast, group):
    rows = [{"id": f"c{n}", "text": f"Bình luận số {n} về trường", "url": POST} for n in range(5)]
    assert send(group, rows) == (5, 0)
    assert {item.url for item in Item.objects.all()} == {POST}
    assert send(group, [{**rows[0], "text": "Bình luận số 0 đã sửa"}, *rows[2:]]) == (0, 4)
    assert Item.objects.count() == 5


def test_a_number_is_a_services_own(cast, group):
    other = services.source_add(actor=cast.office, unit=cast.so, name="Dịch vụ khác", kind="push", outlet="social")
    assert send(group, [{"id": "1", "text": "Trường thu quỹ"}]) == (1, 0)
    assert send(other, [{"id": "1", "text": "Trường sạch đẹp"}]) == (1, 0)
    assert send(other, [{"id": "1", "text": "Trường sạch đẹp"}]) == (0, 1)


def test_without_a_number_words_and_their_writer_tell_comments_of_one_address_apart(cast, group):
    head = "Nội dung;Tác giả;Đường dẫn;Ngày đăng\n"
    rows = [
        f"Thu quỹ nhiều quá;Chị Lan;{POST};26/11/2025 09:12",
        f"Không thấy nhiều;Chị Lan;{POST};26/11/2025 09:12",
        f"Thu quỹ nhiều quá;Anh Nam;{POST};26/11/2025 09:12",
        f"Đồng ý;;{POST};26/11/2025 09:12",
        f"Đồng ý;;{POST};26/11/2025 09:40",
    ]
    for order, added in ((rows, 5), (rows, 0), (rows[::-1], 0)):
        row = write(cast, bring(cast, group, (head + "\n".join(order)).encode()))
        assert (row.added, row.known) == (added, 5 - added)


def test_an_article_of_a_paper_is_one_item_whatever_its_number(cast):
    papers = services.source_add(actor=cast.office, unit=cast.so, name="Báo", kind="push", outlet="press")
    link = "https://bao.example/1.html"
    assert send(papers, [{"id": "1", "title": "Trường vui", "url": link}]) == (1, 0)
    assert send(papers, [{"id": "2", "title": "Trường vui (cập nhật)", "url": link}]) == (0, 1)


@pytest.mark.parametrize("number", ["c1", ""])
def test_what_an_earlier_version_kept_by_its_address_does_not_come_again(cast, group, number):
    assert services.store(group, [Found(url=POST, external=number, text="Thu quỹ nhiều quá")]) == 1
    Item.objects.update(key=key_of(POST))
    rows = [{"id": number, "url": POST, "text": text} for text in ("Thu quỹ nhiều quá", "Không thấy nhiều")]
    assert send(group, rows[:1]) == (0, 1)
    assert send(group, [{**rows[1], "id": "c2" if number else ""}]) == (1, 0)


def test_what_an_earlier_version_kept_by_its_number_does_not_come_again(cast, group):
    assert services.store(group, [Found(external="c1", text="Thu quỹ nhiều quá")]) == 1
    Item.objects.update(key=key_of("", "c1"))
    assert send(group, [{"id": "c1", "text": "Thu quỹ nhiều quá"}]) == (0, 1)


# — a day without an hour ———————————————————————————————————————————————————————————————————————————


def test_a_day_without_an_hour_is_a_day(cast):
    papers = services.source_add(actor=cast.office, unit=cast.so, name="Báo", kind="push", outlet="press")
    now = dt.datetime(2025, 11, 26, 10, tzinfo=clock.VIETNAM)
    said = [
        "2025-11-25", "25/11/2025", "2025-11-25T00:00:00+07:00", "2025-11-26", "2025-11-25T09:12:00+07:00",
    ]  # fmt: skip
    with clock.frozen(now):
        send(papers, [{"id": str(n), "title": f"Tin {n}", "published_at": day} for n, day in enumerate(said)])
    items = list(Item.objects.order_by("title"))
    times = [clock.local(item.published_at).strftime("%d %H:%M") for item in items]
    assert times == ["25 08:00", "25 08:00", "25 08:00", "26 10:00", "25 09:12"]
    assert [item.time_guessed for item in items] == [True, True, True, True, False]
    assert [item.day_only for item in items] == [True, True, True, False, False]
    text = page(cast.office, "item", items[0].pk)
    assert "25/11/2025 (nguồn chỉ ghi ngày)" in text
    assert "08:00" not in text.partition("<main")[2].partition("</h1>")[2][:400]
    # It lives by what it says, not by when that was brought.
    papers.refresh_from_db()
    assert clock.local(papers.last_item_at).strftime("%d %H:%M") == "26 10:00"


@pytest.mark.parametrize("time", ["9999-12-31T23:59:00Z", "0001-01-01", dt.datetime.max, dt.date(1, 1, 1)])
def test_the_ends_of_time_are_a_mistake_of_one_row(time):
    grid = Grid(["title", "at"], [(1, ["Học sinh vui", time]), (2, ["Học sinh buồn", "26/11/2025"])], [])
    first, second = lines(grid, {"title": "title", "at": "at"}, now=clock.now())
    assert first.found is None
    assert "Không hiểu ngày đăng" in first.wrong
    assert second.found.title == "Học sinh buồn"


def test_the_hour_of_a_column_of_its_own_belongs_to_a_day_of_a_workbook(cast):
    day = dt.datetime(2025, 11, 25)
    cells = [(day, dt.time(9, 12)), (day.date(), "9:12"), (day, None), (day.replace(hour=7), "9:12")]
    grid = Grid(["d", "h"], [(number, list(pair)) for number, pair in enumerate(cells)], [])
    read = [one.found for one in lines(grid, {"at": "d", "clock": "h", "title": "d"}, now=clock.now())]
    times = [(clock.local(one.published_at).strftime("%d %H:%M"), one.day_only) for one in read]
    assert times == [("25 09:12", False), ("25 09:12", False), ("25 08:00", True), ("25 07:00", False)]


def test_who_gives_the_day_alone_is_named_first_without_an_hour_and_not_before_who_gives_one(cast):
    noon = dt.datetime(2025, 11, 26, 12, tzinfo=clock.VIETNAM)
    papers = services.source_add(actor=cast.office, unit=cast.so, name="Dịch vụ", kind="push", outlet="press")
    told = "Trường THCS Sơn Thượng bị phụ huynh phản ánh thu tiền điều hoà hai triệu đồng mỗi em"

    def story(*pieces):
        Item.objects.all().delete()
        for outlet, at, day_only in pieces:
            one = Found(
                url=f"https://{outlet}.example/1", title=told, outlet=outlet, published_at=at, day_only=day_only
            )
            services.store(papers, [one])
        services.analyse_waiting()
        span = Span(cast.so.pk, Kind.DAY, noon - dt.timedelta(days=3), noon)
        return next(line.text for line in digest_lines(span) if line.story)

    day = dt.datetime(2025, 11, 25, 8, tzinfo=clock.VIETNAM)
    with clock.frozen(noon):
        text = story(("chep", day, True), ("goc", day.replace(hour=15), False))
        assert text.endswith("; goc đăng đầu tiên lúc 15:00 ngày 25/11.")
        text = story(("chep", day - dt.timedelta(days=1), True), ("goc", day.replace(hour=15), False))
        assert text.endswith("; chep đăng đầu tiên ngày 24/11.")
    assert own_words(f"{text} Sở đã nhắc trường.") == "Sở đã nhắc trường."


# — letters no database keeps ——————————————————————————————————————————————————————————————————————————


def test_control_letters_and_half_letters_are_left_out_wherever_they_come_from(cast, group):
    odd = "A\x00B\x07\ud800"
    rows = [
        {
            "id": f"1{odd}",
            "title": f"Tin {odd}",
            "text": f"Chữ\n{odd}",
            "author": odd,
            "source": f"Báo {odd}",
            odd: 1,
        }
    ]
    papers = services.source_add(actor=cast.office, unit=cast.so, name="Báo", kind="push", outlet="press")
    for source in (papers, group):
        assert send(source, rows) == (1, 0)
        item = Item.objects.get(source=source)
        assert (item.title, item.text, item.outlet_name) == ("Tin AB", "Chữ\nAB", "Báo AB")
    assert Item.objects.get(source=papers).author == "AB"
    row = write(cast, bring(cast, papers, json.dumps(rows[0]).encode(), name=f"x{odd}.jsonl"))
    assert (row.name, row.columns[-1], row.state, row.known) == ("xAB.jsonl", "AB", "done", 1)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": odd,
        "items": [{"id": odd, "url": f"https://a.example/{odd}", "title": odd, "authors": [{"name": odd}]}],
    }
    [one] = read_feed(json.dumps(feed).encode()).items
    assert (one.url, one.external, one.title, one.author) == ("https://a.example/AB", "AB", "AB", "AB")
    collecting._note_robots(Host.objects.create(name="a.example").name, f"User-agent: *{odd}")
    assert Host.objects.get().robots == "User-agent: *AB"


def test_a_file_at_which_workers_fail_is_given_up_with_a_sentence(cast, group, monkeypatch):
    row = bring(cast, group, "Nội dung\nTrường vui\n".encode())
    services.file_confirm(actor=cast.office, row=row)
    name, storage = row.file.name, row.file.storage

    def fails(*_args, **_how):
        raise ValueError

    monkeypatch.setattr(files, "store", fails)
    now = clock.now()
    for number in range(3):
        row.refresh_from_db()
        assert (row.state, row.tries) == ("writing" if number else "queued", number)
        with clock.frozen(now + number * dt.timedelta(minutes=6)), TestCase.captureOnCommitCallbacks(execute=True):
            assert services.write_next_file() is True
            assert services.write_next_file() is False  # not at once again
    row.refresh_from_db()
    assert (row.state, row.tries, bool(row.file), storage.exists(name)) == ("failed", 3, False, False)
    assert "lưu lại thành .xlsx hoặc .csv" in page(cast.office, "file", row.pk)
    assert "Không nhập được" in page(cast.office, "files", group.pk)
    assert LogEntry.objects.get(action="listening.file.failed").data == {"done": 0, "rows": 1}
    with clock.frozen(now + dt.timedelta(days=1)):
        assert services.write_next_file() is False


def test_a_file_that_kills_its_workers_is_given_up_too(cast, group):
    row = bring(cast, group, "Nội dung\nTrường vui\n".encode())
    services.file_confirm(actor=cast.office, row=row)
    ItemFile.objects.update(state="writing", tries=files.TRIES, lease_until=clock.now() - dt.timedelta(seconds=1))
    assert services.write_next_file() is True
    assert (ItemFile.objects.get().state, Item.objects.count()) == ("failed", 0)


# — a channel of our own ———————————————————————————————————————————————————————————————————————————


def remark(cast, key, **more):
    values = {
        "origin": "facebook",
        "place": "Trang Sở",
        "text": f"Cho hỏi lịch thi {key}",
        "at": clock.now(),
        **more,
    }
    return Heard(unit_id=cast.so.pk, key=key, **values)


def test_a_channel_of_our_own_is_one_source(cast):
    services.heard_taken(remark(cast, "a"))
    source = Source.objects.get(kind="ours")
    source.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        source.save()
    assert Source.objects.count() == 1
    # What people name as they like may have one name.
    for _n in range(2):
        services.source_add(actor=cast.office, unit=cast.so, name="Nhóm", kind="hand", outlet="social")


def test_a_page_that_is_called_otherwise_is_the_same_source(cast, monkeypatch):
    start = dt.datetime(2026, 10, 1, 9, tzinfo=clock.VIETNAM)

    def say(days, place):
        for day in days:
            at = start + dt.timedelta(days=day)
            monkeypatch.setattr(clock, "now", lambda at=at: at)
            services.heard_taken(remark(cast, f"k{day}", place=place, place_key="channels:7"))
            services.sweep_silent()

    say(range(15), "Sở GD&ĐT")
    source = Source.objects.get(kind="ours")
    services.source_change(actor=cast.office, source=source, keep_days=30)
    say(range(15, 25), "Sở Giáo dục và Đào tạo Sông Lam")
    assert Source.objects.get(kind="ours") == source
    source.refresh_from_db()
    assert (source.name, source.keep_days) == ("Facebook: Sở Giáo dục và Đào tạo Sông Lam", 30)
    assert (source.usual_gap, source.silent_since) == (24 * 3600, None)
    assert not Notice.objects.filter(code="listening.source_silent").exists()
    entry = LogEntry.objects.get(action="listening.source.renamed")
    assert (entry.unit_id, entry.data["before"]) == (cast.so.pk, "Facebook: Sở GD&ĐT")
    assert "ghi tên mới" in sentence(entry)


def test_two_pages_of_one_name_are_two_sources(cast):
    for number in (1, 2, 1, 2):
        services.heard_taken(remark(cast, f"k{number}", place_key=f"channels:{number}"))
    assert list(Source.objects.order_by("pk").values_list("name", "place_key")) == [
        ("Facebook: Trang Sở", "channels:1"),
        ("Facebook: Trang Sở", "channels:2"),
    ]
    assert Item.objects.values("source").distinct().count() == 2


def test_a_page_an_earlier_version_knew_by_its_name_goes_on(cast):
    services.heard_taken(remark(cast, "a"))
    source = Source.objects.get(kind="ours")
    services.source_change(actor=cast.office, source=source, keep_days=30)
    services.heard_taken(remark(cast, "b", place_key="channels:7"))
    services.heard_taken(remark(cast, "c", place_key="channels:7", place="Trang mới"))
    source = Source.objects.get(kind="ours")
    assert (source.name, source.place_key, source.keep_days) == ("Facebook: Trang mới", "channels:7", 30)
    # Another of that name is another page.
    services.heard_taken(remark(cast, "d", place_key="channels:8"))
    assert Source.objects.filter(kind="ours").count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
@pytest.mark.parametrize("place_key", ["", "channels:1"])
def test_two_first_comments_at_once_are_one_channel(place_key):
    cast = Cast()
    errors = []

    def hear(key, before_the_end):
        try:
            with transaction.atomic():
                services.heard_taken(remark(cast, key, place_key=place_key))
                before_the_end()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    def both():
        second.start()
        second.join(0.5)  # waits for what the first one has not written down yet

    second = Thread(target=hear, args=("b", lambda: None))
    first = Thread(target=hear, args=("a", both))
    first.start()
    first.join(10)
    second.join(10)
    assert not errors
    services.heard_taken(remark(cast, "c", place_key=place_key))
    assert Source.objects.filter(kind="ours").count() == 1
    assert Item.objects.count() == 3


def test_channels_that_stood_twice_are_joined(cast):
    services.heard_taken(remark(cast, "a"))
    services.analyse_waiting()
    first = Source.objects.get(kind="ours")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX listening_ours_once")
    double = Source.objects.create(
        unit=cast.so, kind="ours", name=first.name, outlet="own", keep_days=30, last_item_at=clock.now()
    )
    other = Source.objects.create(unit=cast.school, kind="ours", name=first.name, outlet="own", keep_days=180)
    services.store(double, [Found(external="facebook:b", text="Trường học vui")])
    services.analyse_waiting()
    moved = Item.objects.get(source=double)
    kept = services.search_save(
        actor=cast.office, name="Trang", wanted=StreamFilter.from_params({"nguon": str(double.pk)})
    )
    while services.renew_index():
        pass
    import_module("loa.listening.migrations.0023_ours_once").join_doubles(
        apps, SimpleNamespace(connection=connection)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNIQUE INDEX listening_ours_once ON listening_source (unit_id, kind, name) WHERE kind = 'ours'"
        )
    assert list(Source.objects.filter(kind="ours").order_by("pk")) == [first, other]
    first.refresh_from_db()
    assert (first.keep_days, first.last_item_at) == (30, double.last_item_at)
    assert Item.objects.filter(source=first).count() == 2
    kept.refresh_from_db()
    assert kept.params["nguon"] == str(first.pk)
    # What the index says of whose item it is, is written anew.
    wanted = StreamFilter.from_params({**kept.params, "q": "trường"})
    assert selectors.found(cast.office, wanted, limit=5) == []
    while services.renew_index():
        pass
    assert selectors.found(cast.office, wanted, limit=5) == [moved.pk]
