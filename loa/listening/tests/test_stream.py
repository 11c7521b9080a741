"""The stream by query: what is found, a query that is wrong, corrections in the line, searches people keep."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import InvalidInput, Refused
from loa.core.relay import Outcome, Relay, Result
from loa.listening import hooks, services
from loa.listening.models import Correction, Follow, Item, SavedSearch
from loa.listening.readers.model import Found
from loa.listening.selectors import StreamFilter

pytestmark = pytest.mark.django_db

FEES = "Phụ huynh phản ánh nạn lạm thu ở Trường THCS Sơn Thượng, học sinh cũng biết"
DESK = "Học sinh xếp hàng làm thủ tục nhập học ở Trường Tiểu học Sơn Hạ"
FUND = "Trường thu tiền mua quạt đưa vào quỹ lớp, phụ huynh học sinh hỏi"
QUERY = '"lạm thu" OR (thu NEAR quỹ) -"làm thủ tục"'


@pytest.fixture
def source(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


@pytest.fixture
def heard(source):
    hear(source, FEES, DESK, FUND)
    return source


def hear(source, *texts, **fields):
    services.store(source, [Found(external=text, title=text, **fields) for text in texts])
    services.analyse_waiting()


def page(user, name="stream", *args, status=200, **params):
    client = Client()
    client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=args), params)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def post(user, view, *args, htmx=False, **data):
    client = Client(headers={"HX-Request": "true"} if htmx else {})
    client.force_login(user)
    return client.post(reverse(f"listening:{view}", args=args), data)


def test_a_query_finds_what_it_says_and_marks_it(cast, heard):
    text = page(cast.office, q=QUERY)
    assert "<mark>lạm</mark> <mark>thu</mark>" in text or "<mark>lạm thu</mark>" in text
    assert "quạt" in text
    assert "xếp hàng" not in text
    assert "xếp hàng" in page(cast.office, q="lam thu")  # no accents: every spelling
    assert "xếp hàng" not in page(cast.office, q="lạm thu")


def test_a_wrong_query_is_told_where_and_keeps_what_was_typed(cast, heard):
    text = page(cast.office, q='phí "lạm thu', status=400)
    assert "Thiếu dấu ngoặc kép đóng" in text
    assert "phí <mark>&quot;lạm thu</mark>" in text
    assert 'value="phí &quot;lạm thu"' in text
    for query in ("(a", "a)", "a OR", "-a", "()", "thu NEAR/99 quỹ", "x*", '""'):
        assert 'role="alert"' in page(cast.office, q=query, status=400)


def test_half_the_accents_are_answered_with_an_offer(cast, heard):
    text = page(cast.office, q="lạm thủ quạt")
    assert "không phân biệt dấu" not in text
    text = page(cast.office, q="phụ huynh quat")
    assert "Tìm không phân biệt dấu" in text
    assert "quạt" in page(cast.office, q="phụ huynh quat", **{"bo-dau": "1"})


def test_accents_ignored_on_the_screen_are_ignored_in_what_is_taken_and_kept(cast, heard):
    asked = {"q": "phụ huynh quat", "bo-dau": "1"}
    text = page(cast.office, **asked)
    assert text.count("q=ph%E1%BB%A5+huynh+quat&amp;bo-dau=1") == 2  # .xlsx and paper
    assert text.count('name="bo-dau" value="1"') == 1  # the form that keeps it
    printed = page(cast.office, "paper", **asked)
    assert FUND in printed
    assert "không phân biệt dấu" in printed
    client = Client()
    client.force_login(cast.office)
    sheet = load_workbook(io.BytesIO(client.get(reverse("listening:export"), asked).content)).active
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert cells.count(FUND) == 1
    assert any("phụ huynh quat; không phân biệt dấu" in cell for cell in cells)
    post(cast.office, "search_save", ten="Quạt", bao="1", **asked)
    search = SavedSearch.objects.get()
    assert search.params == asked
    assert "quạt" in page(cast.office, "search", search.pk)
    hear(heard, "Phụ huynh góp tiền mua quat cho lớp học, nhà trường công khai")
    assert Follow.objects.get().fresh == 1
    # Accents of no word: nothing to ignore.
    assert StreamFilter.from_params({"bo-dau": "1"}) == StreamFilter()


def test_units_branches_sources_and_harm_narrow(cast, heard):
    other = services.source_add(actor=cast.office, unit=cast.so, name="Đài tỉnh", kind="hand", outlet="air")
    hear(other, "Thầy cô và học sinh Trường Tiểu học Sơn Hạ trồng cây")
    assert "trồng cây" not in page(cast.office, nguon=heard.pk)
    assert "trồng cây" in page(cast.office, nguon=other.pk)
    assert "cũng biết" in page(cast.office, **{"don-vi": cast.school.pk})
    assert "trồng cây" not in page(cast.office, **{"don-vi": cast.school.pk})
    branch = cast.school.parent
    assert "cũng biết" in page(cast.office, vung=branch.pk)
    assert "quạt" not in page(cast.office, vung=branch.pk)
    assert "Không có tin nào khớp" in page(cast.office, **{"doc-hai": "hate"})
    text = page(cast.office, vung=branch.pk, **{"sac-thai": "neg"})
    assert text.count("lis-chosen") == 1
    assert branch.short_name in text


def test_a_unit_is_named_in_words(cast, heard):
    client = Client()
    client.force_login(cast.office)
    answer = client.get(reverse("listening:stream"), {"ten_don_vi": cast.school.name, "sac-thai": "neg"})
    assert answer.status_code == 302
    assert f"don-vi={cast.school.pk}" in answer["Location"]
    assert "sac-thai=neg" in answer["Location"]
    assert "Không tìm thấy đơn vị nào khớp" in page(cast.office, ten_don_vi="Trường Không Có")


def test_readers_of_their_own_units_search_in_what_they_may_read(cast, heard):
    assert "cũng biết" in page(cast.lead, q='"lạm thu"')
    assert "mua quạt" not in page(cast.lead, q="quạt OR lạm")
    assert "Không có tin nào khớp" in page(cast.outsider_lead, q='"lạm thu"')
    page(cast.owner, q="a", status=403)
    assert Item.objects.count() == 3


def test_corrections_in_the_line(cast, heard):
    item = Item.objects.get(title=FEES)
    answer = post(cast.office, "correct", item.pk, htmx=True, muc="tone", **{"gia-tri": "neu"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="tin-{item.pk}"' in text
    assert "Đã sửa" in text
    assert "<html" not in text
    again = post(cast.office, "correct", item.pk, htmx=True, muc="tone", **{"gia-tri": "neu"}).content.decode()
    assert "đã đúng như vậy" in again
    assert post(cast.lead, "correct", item.pk, htmx=True, muc="tone", **{"gia-tri": "pos"}).status_code == 403
    assert Correction.objects.count() == 1
    assert "cũng biết" not in page(cast.office, **{"sac-thai": "neg"})
    assert "cũng biết" in page(cast.office, **{"sac-thai": "neu"})


def test_topics_and_units_are_set_right(cast, heard):
    item = Item.objects.get(title=FEES)
    post(cast.office, "correct", item.pk, muc="topics", **{"gia-tri": "+bao-luc"})
    post(cast.office, "correct", item.pk, muc="units", **{"gia-tri": f"-{cast.school.pk}"})
    assert sorted(item.topics.values_list("code", flat=True)) == ["bao-luc", "lam-thu"]
    assert not item.units.exists()
    rows = {row.field: (row.was, row.now) for row in Correction.objects.all()}
    assert rows == {"topics": (["lam-thu"], ["bao-luc", "lam-thu"]), "units": ([cast.school.pk], [])}
    assert "cũng biết" in page(cast.office, **{"chu-de": "bao-luc"})
    assert "cũng biết" not in page(cast.office, **{"don-vi": cast.school.pk})
    for field, value in (
        ("topics", "+xe-dap"),
        ("topics", "-xe-dap"),
        ("units", "+999999"),
        ("units", "bậy"),
        ("units", "+" + "9" * 4400),
        ("x", "1"),
    ):
        post(cast.office, "correct", item.pk, muc=field, **{"gia-tri": value})
    assert Correction.objects.count() == 2


def test_why_opens_in_the_line(cast, heard):
    item = Item.objects.get(title=FEES)
    assert "lạm thu" in page(cast.office, "why", item.pk)
    page(cast.outsider_lead, "why", item.pk, status=404)


def test_a_list_of_private_words_is_written_down_once_a_page(cast):
    group = services.source_add(actor=cast.office, unit=cast.so, name="Nhóm", kind="hand", outlet="social")
    hear(group, "Cô giáo lớp con tôi rất tận tâm", "Học sinh mệt vì học thêm", author="Ai đó")
    page(cast.office)
    entry = LogEntry.objects.get(action="listening.items.listed")
    assert sorted(entry.data["items"]) == sorted(Item.objects.values_list("pk", flat=True))


# — searches that are kept —————————————————————————————————————————————————————————————


def save(user, name="Lạm thu", q=QUERY, **fields):
    return post(user, "search_save", ten=name, q=q, **fields)


def test_a_search_is_kept_counts_what_is_new_and_tells(cast, heard):
    assert save(cast.office, bao="1", **{"sac-thai": "neg"}).status_code == 302
    search = SavedSearch.objects.get()
    assert search.params == {"q": QUERY, "sac-thai": "neg"}
    hear(heard, "Lại phản ánh lạm thu ở trường học khiến phụ huynh bức xúc", "Học sinh làm thủ tục lạm thu")
    follow = Follow.objects.get()
    assert (follow.fresh, follow.notify) == (1, True)
    notice = Notice.objects.get(user=cast.office, code="listening.search_hit")
    assert notice.url == reverse("listening:search", args=[search.pk])
    hear(heard, "Phụ huynh học sinh bức xúc vì lạm thu kéo dài ba năm nay")
    follow.refresh_from_db()
    assert follow.fresh == 2
    assert Notice.objects.filter(code="listening.search_hit").count() == 1  # a flood is one line
    assert "Lạm thu <b>2" in page(cast.office)
    assert "bức xúc" in page(cast.office, "search", search.pk)
    follow.refresh_from_db()
    notice.refresh_from_db()
    assert follow.fresh == 0
    assert notice.read_at
    page(cast.outsider_lead, "search", search.pk, status=404)
    page(cast.lead, "search", search.pk, status=404)


def test_what_is_counted_is_what_the_search_finds(cast, source):
    """The meaning that counts and the index that finds are two programs: they must agree."""
    wanted = [
        {"q": QUERY}, {"q": "lam thu"}, {"sac-thai": "neg"}, {"chu-de": "lam-thu"},
        {"don-vi": str(cast.school.pk)}, {"vung": str(cast.school.parent_id)}, {"kenh": "local", "q": "trường"},
        {"kenh": "air"}, {"tat-ca": "1", "q": "vàng"},
        {"q": "trườ* -quỹ", "sac-thai": "neu"},
    ]  # fmt: skip
    for number, params in enumerate(wanted):
        services.search_save(actor=cast.office, name=str(number), wanted=StreamFilter.from_params(params))
    hear(source, FEES, DESK, FUND, "Giá vàng tăng", "Cô giáo tận tâm được học sinh biết ơn")
    from loa.listening.selectors import found

    for follow in Follow.objects.select_related("search"):
        expected = len(found(cast.office, StreamFilter.from_params(follow.search.params), limit=50))
        assert follow.fresh == expected, follow.search.params


def test_a_shared_search_is_the_offices(cast, heard):
    save(cast.office, chung="1")
    search = SavedSearch.objects.get()
    assert search.unit == cast.so
    assert "Lạm thu" in page(cast.director)
    assert "cũng biết" in page(cast.director, "search", search.pk)
    assert post(cast.director, "search_tell", search.pk, bao="1").status_code == 302
    assert Follow.objects.get(user=cast.director).notify
    assert post(cast.director, "search_drop", search.pk).status_code == 403
    assert post(cast.outsider_lead, "search_drop", search.pk).status_code == 404
    assert SavedSearch.objects.exists()
    assert post(cast.office, "search_drop", search.pk).status_code == 302
    assert not SavedSearch.objects.exists()


def test_what_cannot_be_kept_is_told_and_keeps_nothing(cast, heard):
    assert save(cast.owner).status_code == 403
    for fields in ({"q": ""}, {"q": "(a"}, {"name": "  "}):
        assert save(cast.office, **fields).status_code == 302
    assert not SavedSearch.objects.exists()
    save(cast.office)
    save(cast.office)  # the name is there
    assert SavedSearch.objects.count() == 1
    with pytest.raises(Refused):
        services.search_save(actor=cast.lead, name="x", wanted=StreamFilter(text="a b"), unit=cast.so)
    with pytest.raises(Refused):
        services.search_drop(actor=cast.lead, search=SavedSearch.objects.get())
    assert SavedSearch.objects.count() == 1


def test_readers_of_one_unit_are_told_only_of_what_they_may_read(cast, source):
    services.search_save(actor=cast.lead, name="Thu", wanted=StreamFilter(text="thu"), notify=True)
    hear(source, FUND)
    assert (Follow.objects.get().fresh, Notice.objects.filter(code="listening.search_hit").count()) == (0, 0)
    hear(source, FEES)
    assert (Follow.objects.get().fresh, Notice.objects.filter(user=cast.lead).count()) == (1, 1)


# — letters —————————————————————————————————————————————————————————————————————————————

MORNING = dt.datetime(2026, 11, 18, 9, 0, tzinfo=clock.VIETNAM)


@pytest.fixture
def letters(cast, source):
    cast.office.email = "phuong@so.example"
    cast.office.save()
    group = services.source_add(actor=cast.office, unit=cast.so, name="Nhóm", kind="hand", outlet="social")
    with clock.frozen(MORNING):
        for name, text in (("Thu", "thu"), ("Quỹ", "quỹ")):
            services.search_save(
                actor=cast.office, name=name, wanted=StreamFilter(text=text), notify=True, mail=True
            )
    return group


def test_what_is_new_is_gathered_in_one_letter_without_words_of_people(cast, source, letters):
    with clock.frozen(MORNING):
        hear(source, FUND, FEES)
        hear(letters, "Trường thu quỹ nhiều quá, phụ huynh bức xúc")
        assert services.send_search_mails() == 1
        assert services.send_search_mails() == 0
    [letter] = mail.outbox
    assert letter.to == ["phuong@so.example"]
    assert letter.subject == "[Loa] 5 tin mới trong bộ tìm của bạn"
    assert "Thu: 3 tin mới" in letter.body
    assert FUND in letter.body
    assert "nhiều quá" not in letter.body
    # within three hours nothing, at night nothing, then all that came meanwhile
    with clock.frozen(MORNING + dt.timedelta(hours=1)):
        hear(source, FUND + " lần hai")
        assert services.send_search_mails() == 0
    with clock.frozen(MORNING.replace(hour=23)):
        assert services.send_search_mails() == 0
    with clock.frozen(MORNING + dt.timedelta(days=1)):
        assert services.send_search_mails() == 1
    assert "2 tin mới" in mail.outbox[1].subject


def test_a_letter_whose_fate_is_unknown_is_not_sent_again_one_not_taken_is(cast, source, letters, monkeypatch):
    fates = [Outcome.LATER, Outcome.UNKNOWN, Outcome.SENT]
    monkeypatch.setattr(Relay, "send", lambda _relay, _message: Result(fates.pop(0)))
    with clock.frozen(MORNING):
        hear(source, FUND)
        assert services.send_search_mails() == 0
        assert {follow.unmailed for follow in Follow.objects.all()} == {1}
    for days in (1, 2):
        with clock.frozen(MORNING + dt.timedelta(days=days)):
            assert services.send_search_mails() == 0
    assert fates == [Outcome.SENT]


def test_who_looked_gets_no_letter_and_who_has_no_address_is_told(cast, source, letters):
    with clock.frozen(MORNING):
        hear(source, FUND)
        for search in SavedSearch.objects.all():
            page(cast.office, "search", search.pk)
        assert services.send_search_mails() == 0
        search = SavedSearch.objects.get(name="Thu")
        assert post(cast.office, "search_tell", search.pk, bao="0").status_code == 302
        assert not Follow.objects.get(search=search).mail
        cast.office.email = ""
        cast.office.save()
        with pytest.raises(InvalidInput):
            services.search_notify(actor=cast.office, search=search, on=True, mail=True)


def test_others_may_listen_to_matches(cast, source):
    heard = []
    hooks.search_matched.register("test", lambda **given: heard.append(given))
    try:
        services.search_save(actor=cast.office, name="Thu", wanted=StreamFilter(text="quạt"), notify=True)
        hear(source, FUND, FEES)
    finally:
        hooks.search_matched._entries.pop("test", None)
    assert [(given["search"].name, given["users"]) for given in heard] == [("Thu", [cast.office])]
    assert heard[0]["items"] == [Item.objects.get(title=FUND).pk]


def test_an_archive_is_new_to_nobody(cast, source):
    services.search_save(actor=cast.office, name="Thu", wanted=StreamFilter(text="thu"), notify=True)
    hear(source, FEES, published_at=clock.now() - dt.timedelta(days=200))
    assert (Follow.objects.get().fresh, Notice.objects.count()) == (0, 0)


def test_the_stream_costs_the_same_with_searches_and_without(cast, heard):
    def asked(**params):
        client = Client()
        client.force_login(cast.office)
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("listening:stream"), params).status_code == 200
        return len(found)

    few = asked(q="học sinh")
    for number in range(12):
        services.search_save(actor=cast.office, name=str(number), wanted=StreamFilter(text=f"chữ{number}"))
    hear(heard, *[f"Học sinh lớp {n} của trường thi viết chữ đẹp" for n in range(28)])
    assert asked(q="học sinh") <= few + 1
    assert asked() <= few + 1


def test_the_filter_reads_what_it_wrote():
    wanted = StreamFilter(
        text='"a b"', tone="neg", harm="hate", outlet="air", topic="lam-thu", unit=3, region=4, source=5, all=True,
        relaxed=True, since=dt.date(2026, 1, 2), until=dt.date(2026, 3, 4),
    )  # fmt: skip
    assert StreamFilter.from_params(wanted.params()) == wanted
    assert StreamFilter.from_params({}) == StreamFilter()
