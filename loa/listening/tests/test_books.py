"""What is taken away from the screens: a workbook of the figures of each, a button for paper."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from loa.audit.models import LogEntry
from loa.core import clock
from loa.listening import services
from loa.listening.models import Alert, Case, Spike
from loa.listening.readers.model import Found
from loa.listening.ui import book

pytestmark = pytest.mark.django_db

FEES = "Phụ huynh phản ánh các khoản thu đầu năm tại Trường THCS Sơn Thượng tăng cao so với năm học trước"
MORE = "Sở yêu cầu Trường THCS Sơn Thượng rà soát, trả lại các khoản thu đầu năm sai quy định"
SCREENS = ("topics", "units", "board", "voices", "answered", "coming", "alerts")


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
    if name != "coming" and name != "alerts":
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
