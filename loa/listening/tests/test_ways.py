"""Ways in: files read, matched, written once; calls signed, counted, never taken twice; the bookmark."""

from __future__ import annotations

import datetime as dt
import io
import json
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.urls import reverse
from openpyxl import Workbook

from loa.audit.models import LogEntry
from loa.audit.texts import sentence
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.listening import services, tasks
from loa.listening.models import Fetch, Item, ItemFile, PushCall, PushCount, Source
from loa.listening.readers.table import guess, lines, read_table
from loa.listening.services import push

pytestmark = pytest.mark.django_db

CSV = (
    "Báo cáo nghe mạng xã hội tháng 11;;;;\n"
    "Tiêu đề;Nội dung;Đường dẫn;Ngày đăng;Nguồn;Tương tác\n"
    "Trường vùng cao đón phòng học mới;Nội dung một;https://bao.example/1;26/11/2025 09:12;Báo Một;1.204\n"
    "Phụ huynh lo lắng;Nội dung hai;khong phai;27/11/2025;Báo Hai;\n"
    ";;https://bao.example/3;27/11/2025;;\n"
    "Ngày sai;x;https://bao.example/4;45/13/2025;;\n"
    "Không ngày;y;https://bao.example/5;;;\n"
).encode()


@pytest.fixture(autouse=True)
def _files_of_their_own(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {**settings.STORAGES["private"], "OPTIONS": {"location": str(tmp_path), "base_url": None}},
    }


@pytest.fixture
def source(cast):
    return services.source_add(
        actor=cast.office, unit=cast.so, name="Dịch vụ nghe", kind="push", outlet="press", keep_days=900
    )


def page(user, name, *args, status=200, method="get", **data):
    client = Client()
    if user:
        client.force_login(user)
    answer = getattr(client, method)(reverse(f"listening:{name}", args=args), data)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def bring(cast, source, data, name="xuat.csv", user=None):
    return services.file_take(actor=user or cast.office, source=source, name=name, data=data)


def write(cast, row):
    services.file_confirm(actor=cast.office, row=row)
    while services.write_next_file():
        pass
    row.refresh_from_db()
    return row


# — reading ————————————————————————————————————————————————————————————————————————————


def test_a_csv_with_a_title_above_its_headings(cast):
    grid = read_table(CSV, "a.csv")
    assert grid.columns[:4] == ["Tiêu đề", "Nội dung", "Đường dẫn", "Ngày đăng"]
    mapping = guess(grid.columns)
    assert mapping == {
        "title": "Tiêu đề", "text": "Nội dung", "url": "Đường dẫn", "at": "Ngày đăng", "outlet": "Nguồn",
        "reach": "Tương tác",
    }  # fmt: skip
    read = list(lines(grid, mapping, now=clock.now()))
    assert [(line.number, bool(line.found), bool(line.notes)) for line in read] == [
        (3, True, False), (4, True, True), (5, False, False), (6, False, False), (7, True, True),
    ]  # fmt: skip
    assert read[0].found.published_at == dt.datetime(2025, 11, 26, 2, 12, tzinfo=dt.UTC)
    assert read[0].found.reach == 1204
    assert "45/13/2025" in read[3].wrong


def test_a_workbook_and_json_lines_say_the_same():
    book = Workbook()
    sheet = book.active
    sheet.append(["Title", "Content", "URL", "Date", "Hour", "Source Name", "ID"])
    sheet.append(["Một", "Chữ", "https://a.example/1", dt.datetime(2025, 11, 26, 9, 12), None, "Báo", 17])
    sheet.append(["Hai", "Chữ", "https://a.example/2", "26/11/2025", "09:12", "Báo", 18.0])
    stream = io.BytesIO()
    book.save(stream)
    rows = [
        {
            "title": "Một",
            "content": "Chữ",
            "url": "https://a.example/1",
            "date": 1764123120,
            "source": {"name": "Báo"},
        },
        {"title": "Hai", "content": "Chữ", "url": "https://a.example/2", "date": "2025-11-26T02:12:00Z", "x": [1]},
    ]
    jsonl = "\n".join(json.dumps(row) for row in rows).encode()
    for data, name in ((stream.getvalue(), "a.xlsx"), (jsonl, "a.jsonl"), (json.dumps(rows).encode(), "a.json")):
        grid = read_table(data, name)
        read = [line.found for line in lines(grid, guess(grid.columns), now=clock.now())]
        assert [one.title for one in read] == ["Một", "Hai"], name
        assert {one.published_at for one in read} == {dt.datetime(2025, 11, 26, 2, 12, tzinfo=dt.UTC)}, name
    assert "source.name" in read_table(jsonl, "a.jsonl").columns


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.csv"), (b"\x00\x01\x02", "a.csv"), (b"PK\x03\x04hong", "a.xlsx"), (b"{hong\n{cung hong", "a.jsonl"),
     (b"Tieu de,Noi dung\n", "a.csv"), (b"\xd0\xcf\x11\xe0", "a.xls"), (b"[]", "a.json")],
)  # fmt: skip
def test_what_cannot_be_read_is_told(cast, source, data, name):
    with pytest.raises(InvalidInput):
        bring(cast, source, data, name)
    assert not ItemFile.objects.exists()


# — a file's way ———————————————————————————————————————————————————————————————————————


def test_a_file_is_looked_at_then_written_once(cast, source):
    client = Client()
    client.force_login(cast.office)
    answer = client.post(
        reverse("listening:files", args=[source.pk]), {"file": SimpleUploadedFile("xuất.csv", CSV)}
    )
    row = ItemFile.objects.get()
    assert answer["Location"] == reverse("listening:file", args=[row.pk])
    text = page(cast.office, "file", row.pk)
    assert "Nhập 3 tin" in text
    assert "2 dòng lỗi" in text
    assert "Không hiểu ngày đăng" in text
    assert Item.objects.count() == 0
    page(cast.office, "file", row.pk, method="post", status=302, nhap="1", **row.mapping)
    while services.write_next_file():
        pass
    row.refresh_from_db()
    assert (row.state, row.added, row.known, row.wrong, row.done) == ("done", 3, 0, 2, 5)
    assert Item.objects.get(title__startswith="Trường").outlet_name == "Báo Một"
    assert "3" in page(cast.office, "file", row.pk)
    # the same file, and another that holds the same items: nothing comes twice
    for again in (CSV, CSV.replace(b";1.204", b";9")):
        row = write(cast, bring(cast, source, again))
        assert (row.added, row.known) == (0, 3)
    assert Item.objects.count() == 3
    assert not row.file  # what people wrote lies nowhere unmasked


def test_the_next_file_is_matched_as_the_last(cast, source):
    odd = "Cột A,Cột B\nHọc sinh vui,26/11/2025\n".encode()
    row = bring(cast, source, odd)
    assert "title" not in row.mapping
    with pytest.raises(InvalidInput):
        services.file_confirm(actor=cast.office, row=row)
    text = page(cast.office, "file", row.pk, method="post", status=400, url="Cột A")
    assert "Hãy chọn cột tiêu đề" in text
    services.file_map(actor=cast.office, row=row, mapping={"title": "Cột A", "at": "Cột B", "x": "Cột A"})
    write(cast, ItemFile.objects.get())
    assert bring(cast, source, odd.replace(b"vui", b"buon")).mapping == {"title": "Cột A", "at": "Cột B"}


def test_what_the_last_file_had_not_is_matched_by_its_name_and_what_was_left_out_stays_out(cast, source):
    last = bring(cast, source, "Tiêu đề,Tác giả,Link cũ\nHọc sinh vui,Lan,https://a.example/1\n".encode())
    services.file_map(actor=cast.office, row=last, mapping={"title": "Tiêu đề", "url": "Link cũ"})
    write(cast, ItemFile.objects.get())
    row = bring(cast, source, "Tiêu đề,Tác giả,Đường dẫn\nHọc sinh buồn,Lan,https://a.example/2\n".encode())
    assert row.mapping == {"title": "Tiêu đề", "url": "Đường dẫn"}


def test_a_worker_that_dies_is_followed_by_another(cast, source, monkeypatch):
    many = "Tiêu đề\n" + "\n".join(f"Học sinh {n}" for n in range(25))
    row = bring(cast, source, many.encode())
    services.file_confirm(actor=cast.office, row=row)
    from loa.listening.services import files

    monkeypatch.setattr(files, "BATCH", 10)
    calls = []

    def dies(source, found, real=files.store, **how):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(source, found, **how)

    monkeypatch.setattr(files, "store", dies)
    with pytest.raises(KeyboardInterrupt):
        services.write_next_file()
    row.refresh_from_db()
    assert (row.state, row.done, row.added) == ("writing", 10, 10)
    assert services.write_next_file() is False  # its lease still runs
    with clock.frozen(clock.now() + dt.timedelta(minutes=6)):
        assert services.write_next_file() is True
    row.refresh_from_db()
    assert (row.state, row.done, row.added) == ("done", 25, 25)


def test_who_may_bring_files(cast, source):
    feed = services.source_add(
        actor=cast.office, unit=cast.so, name="Báo", kind="feed", outlet="local", url="https://a.example/rss"
    )
    with pytest.raises(Conflict):
        bring(cast, feed, CSV)
    row = bring(cast, source, CSV)
    for user, status in ((cast.director, 403), (cast.lead, 404), (cast.outsider, 404), (None, 302)):
        page(user, "files", source.pk, status=status)
        page(user, "file", row.pk, status=status)
        page(user, "file_drop", row.pk, method="post", status=status)
        page(user, "push_page", source.pk, method="post", status=status)
    with pytest.raises(Refused):
        services.file_confirm(actor=cast.lead, row=row)
    assert ItemFile.objects.get().state == "read"
    page(cast.office, "file_drop", row.pk, method="post", status=302)
    assert (ItemFile.objects.get().state, bool(ItemFile.objects.get().file)) == ("dropped", False)
    assert Item.objects.count() == 0


# — what a file holds is unmasked ———————————————————————————————————————————————————————————————————


@pytest.fixture
def group(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Mạng xã hội", kind="push", outlet="social")


SAID = (
    "Nội dung;Tác giả;Nguồn;Ngày đăng\n"
    "Con tôi bị bạn đánh, gọi 0912345678;Chị Lan;Hội phụ huynh;26/11/2025 09:12\n"
    "Trường vui;Chị Hoa;Chị Hoa;26/11/2025 09:12\n"
    "Trường vui;Chị Hoa;Hội;gọi 0987654321\n"
).encode()


def test_a_file_nobody_confirms_is_deleted_after_seven_days(cast, group):
    row = bring(cast, group, SAID)
    name, storage = row.file.name, row.file.storage
    assert "7 ngày" in page(cast.office, "files", group.pk)
    last = clock.local(row.created_at + dt.timedelta(days=7)).strftime("%d/%m/%Y")
    assert f"đến {last}" in page(cast.office, "file", row.pk)
    with clock.frozen(row.created_at + dt.timedelta(days=7, minutes=-1)):
        assert services.forget_files() == 0
    assert storage.exists(name)
    with clock.frozen(row.created_at + dt.timedelta(days=7)), TestCase.captureOnCommitCallbacks(execute=True):
        tasks.forget.func()
    row.refresh_from_db()
    assert (row.state, bool(row.file), storage.exists(name)) == ("dropped", False, False)
    told = LogEntry.objects.get(action="listening.file.expired")
    assert (told.actor_id, told.object_label) == (None, "xuat.csv")
    with pytest.raises(Conflict):
        services.file_confirm(actor=cast.office, row=row)


def test_what_private_persons_wrote_is_masked_before_it_is_looked_at_and_the_look_is_written_down(cast, group):
    row = bring(cast, group, SAID)
    text = page(cast.office, "file", row.pk)
    assert "gọi [số điện thoại]" in text
    assert "Hội phụ huynh" in text
    for words in ("0912345678", "0987654321", "Chị Lan", "Chị Hoa"):
        assert words not in text
    told = LogEntry.objects.get(action="listening.items.listed")
    assert (told.actor_id, told.object_label, told.data["count"]) == (cast.office.pk, "xuat.csv", 2)
    # Once it is being written nobody's words are on the page.
    services.file_confirm(actor=cast.office, row=row)
    page(cast.office, "file", row.pk)
    assert LogEntry.objects.filter(action="listening.items.listed").count() == 1


def test_the_preview_of_a_papers_articles_is_no_look_at_private_words(cast, source):
    assert "Trường vùng cao" in page(cast.office, "file", bring(cast, source, CSV).pk)
    assert not LogEntry.objects.filter(action="listening.items.listed").exists()


def test_the_audit_log_keeps_no_words_of_private_persons(cast):
    for outlet in ("social", "print"):
        hand = services.source_add(actor=cast.office, unit=cast.so, name=outlet, kind="hand", outlet=outlet)
        services.clipping_add(actor=cast.office, source=hand, title="Chị Lan 0912345678 kể", on=clock.today())
    private, printed = (
        LogEntry.objects.filter(action__endswith=".added", object_label__in=["social", "print"])
        .filter(action__in=["listening.remark.added", "listening.clipping.added"])
        .order_by("pk")
    )
    assert private.data == {}
    assert sentence(private) == "nhập một lời của người dân vào nguồn “social”"
    assert sentence(printed) == "nhập tin “Chị Lan 0912345678 kể” vào nguồn “print”"


# — calls ——————————————————————————————————————————————————————————————————————————————


def call(source, body, *, stamp=None, secret=None, signature=None, pk=None, **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(clock.now().timestamp())) if stamp is None else stamp
    signature = signature or "sha256=" + push.sign(secret or push.secret_of(source), stamp, body)
    client = Client(enforce_csrf_checks=True)
    return client.post(
        reverse("listening_push", args=[pk or source.pk]),
        body,
        content_type="application/json",
        headers={"X-Loa-Time": stamp, "X-Loa-Signature": signature, **headers},
    )


def counts():
    return {row.outcome: row.n for row in PushCount.objects.all()}


ITEMS = [
    {"title": "Học sinh vui", "url": "https://a.example/1", "published_at": "2025-11-26T09:12:00+07:00"},
    {"text": "Học sinh buồn", "id": "77"},
    {"url": "https://a.example/3"},
]


def test_a_signed_call_is_taken_once(cast, source):
    stamp = str(int(clock.now().timestamp()))
    answer = call(source, ITEMS, stamp=stamp)
    assert answer.status_code == 202
    assert {key: answer.json()[key] for key in ("added", "known")} == {"added": 2, "known": 0}
    assert [one["line"] for one in answer.json()["wrong"]] == [3]
    assert call(source, ITEMS, stamp=stamp).status_code == 409  # the very same call
    later = str(int(stamp) + 1)
    assert call(source, {"items": ITEMS}, stamp=later).json()["added"] == 0  # sent anew: nothing twice
    assert Item.objects.count() == 2
    assert counts() == {"ok": 2, "replayed": 1}
    assert Fetch.objects.filter(source=source).count() == 2
    source.refresh_from_db()
    assert source.last_ok_at
    assert "Gửi lặp" in page(cast.office, "push_page", source.pk)


def test_calls_that_are_refused_write_their_count_and_nothing_else(cast, source):
    now = int(clock.now().timestamp())
    assert call(source, ITEMS, signature="sha256=" + "0" * 64).status_code == 401
    assert call(source, ITEMS, signature="é").status_code == 401
    assert call(source, ITEMS, stamp="").status_code == 401
    assert call(source, ITEMS, secret="sai").status_code == 401
    body = json.dumps(ITEMS).encode()
    signed = push.sign(push.secret_of(source), str(now), body)
    assert call(source, body + b" ", stamp=str(now), signature=signed).status_code == 401  # one byte more
    assert call(source, ITEMS, stamp=str(now - 400)).status_code == 401
    assert call(source, ITEMS, stamp=str(now + 400)).status_code == 401
    for bad in (b"khong phai json", b"[]", b'[{"x": 1}]', b'{"items": 3}'):
        assert call(source, bad).status_code == 422
    assert call(source, b"[" + b" " * push.MOST_BYTES + b"]").status_code == 413
    many = [{"title": f"t{n}"} for n in range(push.MOST_ITEMS + 1)]
    assert call(source, many).status_code == 422
    assert counts() == {"forged": 5, "old": 2, "unreadable": 5, "oversize": 1}
    assert (Item.objects.count(), PushCall.objects.count(), Fetch.objects.count()) == (0, 0, 0)
    hand = services.source_add(actor=cast.office, unit=cast.so, name="Tay", kind="hand", outlet="print")
    assert call(source, ITEMS, pk=hand.pk).status_code == 404
    assert call(source, ITEMS, pk=99999).status_code == 404
    services.source_pause(actor=cast.office, source=source)
    assert call(source, ITEMS).status_code == 410
    assert Client().get(reverse("listening_push", args=[source.pk])).status_code == 405


def test_a_new_secret_makes_the_old_one_worthless(cast, source):
    old = push.secret_of(source)
    assert old not in page(cast.office, "push_page", source.pk)
    assert old in page(cast.office, "push_page", source.pk, method="post")
    text = page(cast.office, "push_page", source.pk, method="post", doi="1")
    source.refresh_from_db()
    assert push.secret_of(source) in text
    assert push.secret_of(source) != old
    assert call(source, ITEMS, secret=old).status_code == 401
    assert call(source, ITEMS).status_code == 202
    told = LogEntry.objects.filter(action__startswith="listening.push").order_by("pk")
    assert [row.action for row in told] == ["listening.push.shown", "listening.push.changed"]
    with pytest.raises(Refused):
        services.push_secret_shown(actor=cast.lead, source=source)


def test_signatures_too_old_to_be_used_are_forgotten(cast, source):
    call(source, ITEMS)
    assert services.forget_calls() == 0
    with clock.frozen(clock.now() + dt.timedelta(minutes=16)):
        assert services.forget_calls() == 1


def test_a_source_that_pushes_falls_silent_like_any_other(cast, source):
    call(source, ITEMS)
    source.refresh_from_db()
    assert source.silent_from
    with clock.frozen(source.silent_from + dt.timedelta(minutes=1)):
        assert services.sweep_silent() == 1


# — the bookmark ———————————————————————————————————————————————————————————————————————


def test_the_bookmark_opens_a_form_that_is_filled(cast):
    assert "Chưa có nguồn nhập tay" in page(cast.office, "quick")
    hand = services.source_add(actor=cast.office, unit=cast.so, name="Báo in", kind="hand", outlet="print")
    text = page(cast.office, "quick")
    address = (
        unquote(text.split('href="javascript:')[1].split('"')[0]).replace("&amp;", "&").replace("&#x27;", "'")
    )
    assert "window.open(" in address
    assert "</" not in address
    text = page(cast.office, "quick", t="Học sinh <vui>", u="https://a.example/1", x="Đoạn", s="Báo Một")
    assert 'value="Học sinh &lt;vui&gt;"' in text
    assert "Gửi vào Loa" not in text
    form = {
        "title": "Học sinh vui", "url": "https://a.example/1", "text": "Đoạn", "outlet": "Báo Một",
        "source": hand.pk,
        "on": clock.today().isoformat(),
    }  # fmt: skip
    assert page(cast.lead, "quick", method="post", status=400, **form)  # not among their sources
    assert Item.objects.count() == 0
    page(cast.office, "quick", method="post", status=302, **form)
    assert Item.objects.get().outlet_name == "Báo Một"
    assert "đã có trong danh sách" in page(cast.office, "quick", method="post", status=400, **form)
    page(cast.owner, "quick", status=403)
    assert Source.objects.count() == 1


def test_a_clipping_has_its_hour_where_it_is_known(cast):
    hand = services.source_add(actor=cast.office, unit=cast.so, name="Báo đài", kind="hand", outlet="air")
    day = clock.today() - dt.timedelta(days=1)
    made = services.clipping_add(
        actor=cast.office, source=hand, title="Học sinh trồng rau", on=day, hour=dt.time(18, 30)
    )
    assert clock.local(made.published_at) == dt.datetime.combine(day, dt.time(18, 30), tzinfo=clock.VIETNAM)
    form = {"title": "Học sinh thi bơi", "on": day.isoformat(), "hour": "06:15"}
    page(cast.office, "clip", hand.pk, method="post", status=302, **form)
    assert clock.local(Item.objects.get(title="Học sinh thi bơi").published_at).time() == dt.time(6, 15)
    page(cast.office, "clip", hand.pk, method="post", status=302, title="Không rõ giờ", on=day.isoformat())
    unsaid = Item.objects.get(title="Không rõ giờ")
    assert (clock.local(unsaid.published_at).time(), unsaid.time_guessed) == (dt.time(8), True)
    assert not Item.objects.filter(title="Học sinh thi bơi", time_guessed=True).exists()
    ahead = clock.local(clock.now() + dt.timedelta(minutes=1))
    with pytest.raises(InvalidInput) as error:
        services.clipping_add(
            actor=cast.office, source=hand, title="Chưa phát", on=ahead.date(), hour=ahead.time()
        )
    assert error.value.field in ("hour", "on")
    assert Item.objects.count() == 3
