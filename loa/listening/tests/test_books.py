"""What is taken away from the screens: a workbook of the figures of each, a button for paper."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from loa.audit.models import LogEntry
from loa.core import clock
from loa.listening import casebook, selectors, services
from loa.listening.models import Alert, Case, Item, Source, Spike
from loa.listening.readers.model import Found
from loa.listening.ui import book

pytestmark = pytest.mark.django_db

FEES = "Phụ huynh phản ánh các khoản thu đầu năm tại Trường THCS Sơn Thượng tăng cao so với năm học trước"
MORE = "Sở yêu cầu Trường THCS Sơn Thượng rà soát, trả lại các khoản thu đầu năm sai quy định"
SCREENS = ("topics", "units", "board", "voices", "answered", "coming", "alerts", "cases", "sources")


@pytest.fixture
def heard(cast):
    for name, outlet, text in (("Báo Sông Lam", "local", FEES), ("=Nhóm phụ huynh", "social", MORE)):
        source = services.source_add(actor=cast.office, unit=cast.so, name=name, kind="hand", outlet=outlet)
        services.store(source, [Found(external=text, text=text, published_at=clock.now())])
    services.analyse_waiting()
    return Case.objects.get(size=2)


def take(user, name, *args, status=200, **params):
    client = Client()
    client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=args), {"tep": "xlsx", **params})
    assert answer.status_code == status, (name, answer.status_code)
    if status != 200:
        return None
    assert answer["Content-Type"] == book.XLSX
    return load_workbook(io.BytesIO(answer.content))


def rows(sheet):
    return [list(line) for line in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_of_figures_is_taken_away_and_printed_by_who_may_see_it(cast, heard, name):
    taken = take(cast.office, name)
    assert taken.active["A1"].value
    take(cast.owner, name, status=403)
    client = Client()
    client.force_login(cast.office)
    page = client.get(reverse(f"listening:{name}"), {"ky": "30"}).content.decode()
    assert "tep=xlsx" in page
    assert "data-print" in page
    if name not in ("coming", "alerts", "cases", "sources"):
        assert "ky=30&amp;tep=xlsx" in page  # what is looked at is what is taken
    assert not LogEntry.objects.filter(action="listening.items.taken").exists()  # figures alone


def test_the_figures_are_those_of_the_page(cast, heard):
    lines = rows(take(cast.office, "topics", ky="30").active)
    assert lines[3][:6] == ["Chủ đề", "Số tin", "Tiêu cực", "Trung tính", "Tích cực", "Kỳ trước"]
    fees = next(line for line in lines if line[0] == "Lạm thu, các khoản thu")
    assert fees[1] == sum(fees[2:5]) == 2
    units = rows(take(cast.office, "units", ky="7").active)
    assert ["Trường THCS Sơn Thượng", "Xã Mường Sai", 2] in [line[:3] for line in units]
    board = rows(take(cast.office, "board").active)
    assert ["Xã Mường Sai", 2] in [line[:2] for line in board]
    voices = take(cast.office, "voices", ky="7")
    assert voices.sheetnames == ["Phần của từng chủ đề", "Mọi tin theo thời gian", "Tiếng nói của ai"]
    assert sum(line[1] for line in rows(voices["Mọi tin theo thời gian"])[2:]) == 2
    assert dict(rows(voices["Tiếng nói của ai"])[2:]) == {"Báo, đài địa phương": 1, "Mạng xã hội": 1}


def test_alerts_are_taken_as_they_are_filtered(cast, heard):
    for n, state in enumerate(("open", "closed")):
        began = clock.now() - dt.timedelta(hours=n)
        counted = {"items": 5 + n, "expected": 1.26, "negative": 4, "strength": 5.0, "peak": 3}
        spike = Spike.objects.create(
            unit=cast.so, about="t:lam-thu", began_at=began, ended_at=clock.now(), **counted
        )
        Alert.objects.create(unit=cast.so, spike=spike, level=2, state=state, note="Đã gọi hiệu trưởng")
    waiting = rows(take(cast.office, "alerts").active)[3:]
    assert [line[3:6] for line in waiting] == [[5, 1.3, 4]]
    assert waiting[0][0] == "Lạm thu, các khoản thu"
    assert [line[3] for line in rows(take(cast.office, "alerts", **{"trang-thai": "closed"}).active)[3:]] == [6]


def test_a_case_is_taken_whole_and_that_is_written_down(cast, heard):
    taken = take(cast.office, "case", heard.pk)
    lines = rows(taken["Vụ việc"])[5:]
    assert {(line[1], line[3]) for line in lines} == {("Báo Sông Lam", FEES), ("=Nhóm phụ huynh", MORE)}
    assert ["Sắc thái", "Tiêu cực", heard.negative] in rows(taken["Số liệu"])
    entry = LogEntry.objects.get(action="listening.items.taken")
    assert (entry.data["count"], entry.data["private"]) == (2, 1)
    # what a source is called is never a formula
    cells = [cell for line in taken["Vụ việc"].iter_rows() for cell in line if cell.value == "=Nhóm phụ huynh"]
    assert [cell.data_type for cell in cells] == ["s"]
    take(cast.outsider_lead, "case", heard.pk, status=404)
    assert LogEntry.objects.filter(action="listening.items.taken").count() == 1
    # who may read one of its two items takes one, and the file says so
    Item.objects.filter(outlet="social").first().units.all().delete()
    lines = rows(take(cast.lead, "case", heard.pk)["Vụ việc"])
    assert lines[2][0] == "2 tin, tệp này có 1; Chưa xem"
    assert len(lines[5:]) == 1


def test_a_case_is_taken_past_what_its_page_shows(cast, heard, monkeypatch):
    monkeypatch.setattr(casebook, "SHOWN", 1)
    story = casebook.story_of.__kwdefaults__
    monkeypatch.setitem(story, "most", 1)
    client = Client()
    client.force_login(cast.office)
    text = client.get(reverse("listening:case", args=[heard.pk])).content.decode()
    assert "Còn 1 tin khác không hiện ở đây; các con số bên cạnh chỉ tính tin đang hiện." in text
    lines = rows(take(cast.office, "case", heard.pk)["Vụ việc"])
    assert lines[2][0] == "2 tin; Chưa xem"
    assert len(lines[5:]) == 2


def test_cases_are_taken_as_they_are_filtered(cast, heard):
    lines = rows(take(cast.office, "cases").active)
    assert lines[2][:2] == ["Vụ việc", "Từ"]
    assert [(line[0], line[3], line[4], line[5]) for line in lines[3:]] == [(heard.title, 2, 2, heard.negative)]
    services.case_decide(actor=cast.office, case=heard, state="done", note="=Đã trả tiền")
    assert rows(take(cast.office, "cases").active)[3:] == []
    (line,) = rows(take(cast.office, "cases", **{"trang-thai": "done", "q": heard.title[:10]}).active)[4:]
    assert (line[6], line[7], line[9]) == ("Đã xử lý", str(cast.office), "=Đã trả tiền")
    assert rows(take(cast.outsider_lead, "cases", **{"trang-thai": "tat-ca"}).active)[3:] == []


def test_sources_are_taken_with_their_health(cast, heard):
    Source.objects.filter(outlet="local").update(silent_since=clock.now(), usual_gap=7200)
    Source.objects.filter(outlet="social").update(failures=2, error="not_found")
    lines = rows(take(cast.office, "sources").active)[3:]
    assert [(line[0], line[6], line[7], line[9]) for line in lines] == [
        ("Báo Sông Lam", "2 giờ", "Im lặng", None),
        ("=Nhóm phụ huynh", None, "Chưa đọc được", "Địa chỉ không còn (404)"),
    ]
    assert len(lines) == len(selectors.sources(cast.office))
    assert rows(take(cast.outsider_lead, "sources").active)[3:] == []


def test_one_alert_is_taken_with_its_hours_and_what_was_said(cast, heard):
    began = clock.now() - dt.timedelta(hours=2)
    counted = {"items": 55, "expected": 1.26, "negative": 2, "strength": 5.0, "peak": 2}
    spike = Spike.objects.create(
        unit=cast.so, about="t:lam-thu", began_at=began, ended_at=clock.now() + dt.timedelta(hours=1), **counted
    )
    alert = Alert.objects.create(unit=cast.so, spike=spike, level=2)
    client = Client()
    client.force_login(cast.office)
    text = client.get(reverse("listening:alert", args=[alert.pk])).content.decode()
    assert "data-print" in text
    assert "?tep=xlsx" in text
    # what the page leaves out is a tap away
    link = text.split("Còn 53 tin khác trong dòng tin")[0].rsplit('href="', 1)[1].split('"')[0]
    assert link.startswith(reverse("listening:stream") + "?chu-de=lam-thu&amp;tu=")
    assert "khoản thu đầu năm" in client.get(link.replace("&amp;", "&")).content.decode()
    taken = take(cast.office, "alert", alert.pk)
    assert taken.sheetnames == ["Cảnh báo dư luận", "Từng giờ", "Người ta nói gì"]
    assert rows(taken.active)[3][3:6] == [55, 1.3, 2]
    assert sum(line[1] for line in rows(taken["Từng giờ"])[2:]) == 2
    assert {line[3] for line in rows(taken["Người ta nói gì"])[3:]} == {FEES, MORE}
    entry = LogEntry.objects.get(action="listening.items.taken")
    assert (entry.data["count"], entry.data["private"], entry.data["params"]) == (
        2,
        1,
        {"canh-bao": str(alert.pk)},
    )
    take(cast.outsider_lead, "alert", alert.pk, status=404)
    take(cast.owner, "alert", alert.pk, status=404)


@pytest.mark.parametrize("name", ["topic", "unit"])
def test_the_pages_of_a_topic_and_a_unit_are_taken_as_figures(cast, heard, name):
    arg = "lam-thu" if name == "topic" else cast.xa.pk
    client = Client()
    client.force_login(cast.office)
    text = client.get(reverse(f"listening:{name}", args=[arg]), {"ky": "30"}).content.decode()
    assert "?ky=30&amp;tep=xlsx" in text
    assert "Tải các tin trong kỳ (.xlsx)" in text
    before = LogEntry.objects.filter(action__startswith="listening.items").count()
    taken = take(cast.office, name, arg, ky="30")
    assert sum(line[1] for line in rows(taken.active)[5:]) == 2
    assert "2 tin; kỳ trước 0" in [line[0] for line in rows(taken.active)]
    assert dict(line[:2] for line in rows(taken["Ai viết"])[2:]) == {"Báo Sông Lam": 1, "=Nhóm phụ huynh": 1}
    school = cast.school.name
    beside = "Đơn vị được nhắc cùng" if name == "topic" else "Đơn vị bên dưới"
    assert rows(taken[beside])[2:] == [[school, 2]]
    if name == "unit":
        assert ["Lạm thu, các khoản thu", 2] in rows(taken["Nói về việc gì"])
    # figures alone: nobody's words were shown
    assert LogEntry.objects.filter(action__startswith="listening.items").count() == before
    take(cast.owner, name, arg, status=403)


def test_past_counting_below_a_unit_page_and_files_count_the_same(cast, heard, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_UNITS", 2)
    source = Source.objects.get(outlet="local")
    text = "Học sinh cả tỉnh nghỉ học tránh bão"
    services.store(source, [Found(external=text, text=text, published_at=clock.now())])
    services.analyse_waiting()
    client = Client()
    client.force_login(cast.office)
    html = client.get(reverse("listening:unit", args=[cast.so.pk]), {"ky": "30"}).content.decode()
    assert "Quá 2 đơn vị bên dưới: tính mọi tin về giáo dục" in html
    assert "Gồm cả các đơn vị bên dưới" not in html
    assert "<dd>3 " in html
    taken = take(cast.office, "unit", cast.so.pk, ky="30")
    assert sum(line[1] for line in rows(taken.active)[6:]) == 3
    link = html.split("Tải các tin trong kỳ")[0].rsplit('href="', 1)[1].split('"')[0]
    answer = client.get(link.replace("&amp;", "&"))
    assert load_workbook(io.BytesIO(answer.content)).active.max_row == 4 + 3


def test_what_is_taken_asks_as_much_for_few_as_for_many(cast, heard):
    client = Client()
    client.force_login(cast.office)

    def asked(name, *args):
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(f"listening:{name}", args=args), {"tep": "xlsx"}).status_code == 200
        return len(found)

    pages = [("cases",), ("sources",), ("case", heard.pk), ("topic", "lam-thu"), ("unit", cast.xa.pk)]
    for name, *args in pages:
        asked(name, *args)
    few = {page: asked(*page) for page in pages}
    for n in range(8):
        source = services.source_add(actor=cast.office, unit=cast.so, name=f"Báo {n}", kind="hand", outlet="local")
        text = f"Học sinh Trường Tiểu học Sơn Hạ đoạt giải nhất cuộc thi đợt {n}"
        found = [Found(external=one, title=one, published_at=clock.now()) for one in (FEES, text)]
        services.store(source, found)
        Case.objects.create(unit=cast.so, title=text, first_at=clock.now(), last_at=clock.now(), size=2)
    services.analyse_waiting()
    for page, n in few.items():
        assert asked(*page) == n, page


def test_items_have_the_same_columns_in_every_workbook(cast, heard):
    began = clock.now() - dt.timedelta(hours=2)
    spike = Spike.objects.create(
        unit=cast.so, about="t:lam-thu", began_at=began, ended_at=clock.now() + dt.timedelta(hours=1), items=2,
        expected=1.0, negative=1, strength=5.0, peak=2,
    )  # fmt: skip
    alert = Alert.objects.create(unit=cast.so, spike=spike, level=2, state="open")
    sheets = (
        take(cast.office, "export").active,
        take(cast.office, "case", heard.pk)["Vụ việc"],
        take(cast.office, "alert", alert.pk)["Người ta nói gì"],
    )
    for lines in map(rows, sheets):
        at = next(number for number, line in enumerate(lines) if line[0] == "Thời gian")
        assert lines[at][:5] == ["Thời gian", "Nguồn", "Tiêu đề", "Nội dung", "Sắc thái"]
        assert lines[at][-1] == "Địa chỉ"
        assert sorted(line[3] for line in lines[at + 1 :]) == sorted([FEES, MORE])
