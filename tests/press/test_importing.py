"""Journalists from a table: every line is looked at first, wrong ones say why, nobody who left is brought back."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from loa.audit.models import LogEntry
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.press import services
from loa.press.importers.contacts import COLUMNS, read, template
from loa.press.models import Contact, Outlet

HEAD = [heading for heading, _others in COLUMNS.values()]
GOOD = {
    "outlet": "Báo Giáo dục Sông Lam", "kind": "Báo", "website": "baogd.example", "name": "Lê Thu",
    "position": "Phóng viên", "email": "Thu@BaoGD.example", "phone": "0238 1", "beats": "Y tế trường học",
    "basis": "Có giấy giới thiệu", "basis_note": "Giấy số 12", "consented_on": "05/09/2026", "keeps_embargo": "có",
}  # fmt: skip


def csv(*rows: dict[str, str], head: list[str] | None = None) -> bytes:
    lines = [";".join(head or HEAD)]
    for row in rows:
        whole = GOOD | row
        lines.append(";".join('"' + whole[name].replace('"', '""') + '"' for name in COLUMNS))
    return "\n".join(lines).encode()


def reading(desk: Any, *rows: dict[str, str]) -> Any:
    return services.contacts_read(
        actor=desk.cast.office, unit_id=desk.unit.pk, data=csv(*rows), filename="danh-ba.csv"
    )


def deeds(found: Any) -> list[str]:
    return [step.deed for step in found.steps]


def test_a_good_line_becomes_an_outlet_and_a_person_with_their_ground(desk: Any) -> None:
    found = reading(desk, {}, {"name": "Ban Thời sự", "email": "thoisu@baogd.example", "beats": "", "basis":
                               "hộp thư toà soạn công bố", "keeps_embargo": ""})  # fmt: skip
    assert deeds(found) == ["new", "new"]
    assert [step.new_outlet for step in found.steps] == [True, False]
    assert not Outlet.objects.filter(name=GOOD["outlet"]).exists()  # nothing is written yet
    assert services.contacts_import(actor=desk.cast.office, token=found.token) == 2
    outlet = Outlet.objects.get(name=GOOD["outlet"])
    assert (outlet.kind, outlet.website, outlet.unit) == ("paper", "https://baogd.example", desk.unit)
    thu = outlet.contacts.get(email="thu@baogd.example")
    assert (thu.name, thu.basis, thu.basis_note, thu.keeps_embargo) == ("Lê Thu", "given", "Giấy số 12", True)
    assert thu.consented_on.isoformat() == "2026-09-05"
    assert list(thu.beats.all()) == [desk.health]
    assert outlet.contacts.get(name="Ban Thời sự").basis == "desk"
    assert LogEntry.objects.get(action="press.contacts.imported").data["count"] == 2
    with pytest.raises(Conflict):  # the same form sent twice adds nobody twice
        services.contacts_import(actor=desk.cast.office, token=found.token)
    assert outlet.contacts.count() == 2


def test_who_is_there_stays_and_who_left_is_not_brought_back(desk: Any) -> None:
    services.contact_off(actor=desk.cast.office, contact_id=desk.an.pk)
    found = reading(
        desk,
        {"outlet": "báo sông lam", "email": "giaoduc@baosonglam.example", "name": "Tên khác"},
        {"outlet": "Báo Sông Lam", "email": "AN@baosonglam.example"},
        {"outlet": "Báo Sông Lam", "email": "moi@baosonglam.example"},
    )
    assert deeds(found) == ["there", "left", "new"]
    services.contacts_import(actor=desk.cast.office, token=found.token)
    desk.desk.refresh_from_db()
    desk.an.refresh_from_db()
    assert (desk.desk.name, desk.an.active) == ("Ban Giáo dục", False)
    assert desk.paper.contacts.filter(email="moi@baosonglam.example").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outlet": ""}, "Thiếu tên cơ quan báo chí"),
        ({"name": ""}, "Thiếu họ tên"),
        ({"email": "thu@"}, "Địa chỉ thư “thu@” chưa đúng"),
        ({"email": ""}, "Thiếu địa chỉ thư"),
        ({"kind": "Blog"}, "Không rõ loại “Blog”"),
        ({"website": "không có"}, "Trang web chưa đúng"),
        ({"basis": ""}, "Thiếu căn cứ được gửi"),
        ({"basis": "quen biết"}, "Thiếu căn cứ được gửi"),
        ({"basis_note": ""}, "Thiếu nơi lưu căn cứ"),
        ({"consented_on": ""}, "Ngày đồng ý thiếu"),
        ({"consented_on": "31/02/2026"}, "Ngày đồng ý thiếu hoặc chưa đúng"),
        ({"consented_on": "05/09/2199"}, "không thể ở tương lai"),
        ({"keeps_embargo": "chắc vậy"}, "chỉ ghi “có”"),
        ({"beats": "Thể thao"}, "Chưa có mảng “Thể thao”"),
    ],
)
def test_a_wrong_line_says_why_and_is_not_written(desk: Any, change: dict[str, str], words: str) -> None:
    found = reading(desk, change, {"email": "khac@baogd.example"})
    assert deeds(found) == ["wrong", "new"]
    assert any(words in error for error in found.steps[0].line.errors)
    assert found.steps[0].line.number == 2
    assert services.contacts_import(actor=desk.cast.office, token=found.token) == 1
    assert list(Contact.objects.filter(outlet__name=GOOD["outlet"]).values_list("email", flat=True)) == [
        "khac@baogd.example"
    ]


def test_a_line_that_stands_twice_is_told_with_the_first(desk: Any) -> None:
    found = reading(desk, {}, {"name": "Tên khác"})
    assert deeds(found) == ["new", "wrong"]
    assert found.steps[1].line.errors == ["Trùng với dòng 2."]


def test_only_who_keeps_the_register_and_only_their_own_reading(desk: Any) -> None:
    found = reading(desk, {})
    with pytest.raises(Refused):
        services.contacts_read(actor=desk.cast.editor, unit_id=desk.unit.pk, data=csv({}), filename="a.csv")
    for token in ("", "x", found.token + "x"):
        with pytest.raises(InvalidInput):
            services.contacts_import(actor=desk.cast.office, token=token)
    with pytest.raises(InvalidInput):
        services.contacts_import(actor=desk.cast.chief, token=found.token)
    assert not Outlet.objects.filter(name=GOOD["outlet"]).exists()


def test_comparing_costs_the_same_for_many_lines(desk: Any) -> None:
    def cost(count: int) -> int:
        rows = [{"email": f"n{n}@baogd.example"} for n in range(count)]
        with CaptureQueriesContext(connection) as found:
            assert deeds(reading(desk, *rows)) == ["new"] * count
        return len(found)

    assert cost(1) == cost(60)


def test_the_template_is_read_back_and_its_examples_are_good(desk: Any) -> None:
    lines, remarks = read(template(), "mau.xlsx")
    assert (len(lines), remarks) == (2, [])
    assert not any(line.errors for line in lines)
    sheet = load_workbook(io.BytesIO(template())).active
    assert [cell.value for cell in sheet[1]] == HEAD


def test_the_way_through_the_screens(desk: Any, client: Any) -> None:
    client.force_login(desk.cast.office)
    assert reverse("press:import") in client.get(reverse("press:outlets")).content.decode()
    answer = client.get(reverse("press:import_template"))
    assert answer.content[:2] == b"PK"
    upload = SimpleUploadedFile("ds.csv", csv({}, {"email": "hỏng", "name": "<b>Sai</b>"}))
    answer = client.post(reverse("press:import"), {"unit": desk.unit.pk, "file": upload})
    body = answer.content.decode()
    assert "Thêm 1 người nhận" in body
    assert "Địa chỉ thư “hỏng” chưa đúng" in body
    assert "<b>Sai</b>" not in body
    token = body.split('name="token" value="')[1].split('"')[0]
    answer = client.post(reverse("press:import_write"), {"token": token}, follow=True)
    assert "Đã thêm 1 người nhận" in answer.content.decode()
    broken = SimpleUploadedFile("ds.xlsx", b"PK\x03\x04hong")
    answer = client.post(reverse("press:import"), {"unit": desk.unit.pk, "file": broken})
    assert answer.status_code == 422
    assert "Không mở được tệp Excel" in answer.content.decode()
    client.force_login(desk.cast.outsider)
    assert client.get(reverse("press:import")).status_code == 403
    assert client.post(reverse("press:import_write"), {"token": token}).status_code == 403


@pytest.mark.parametrize(
    "data", [b"", b"ten,email\nA,b@c.d", b"\xd0\xcf\x11\xe0abc", b"a" * 50, csv(), "Chỉ\tcó\tchữ".encode("utf-16")]
)
def test_files_that_cannot_be_used_say_what_to_do(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read(data, "ds.csv")


def test_numbers_and_dates_of_a_spreadsheet(desk: Any) -> None:
    import datetime as dt

    book = Workbook()
    book.active.append(["Toà soạn", "Họ và tên", "E-mail", "Căn cứ", "Lưu ở đâu", "Ngày", "SĐT"])
    book.active.append(
        ["Báo A", "Lê", "le@a.example", "đề nghị", "Thư 5/9", dt.datetime(2026, 9, 5), 2383550101.0]
    )
    out = io.BytesIO()
    book.save(out)
    [line], _remarks = read(out.getvalue(), "x.xlsx")
    assert line.errors == []
    assert (line.values["consented_on"], line.values["phone"]) == ("2026-09-05", "2383550101")


@given(st.lists(st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text(max_size=30)), min_size=1, max_size=5))
def test_no_cell_breaks_the_reading(rows: list[dict[str, str]]) -> None:
    book = Workbook()
    book.active.append(HEAD)
    for row in rows:
        book.active.append([
            "".join(char for char in row.get(name, "x") if char.isprintable()) for name in COLUMNS
        ])  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    try:
        lines, _remarks = read(out.getvalue(), "x.xlsx")
    except InvalidInput:
        return
    for line in lines:
        assert line.errors or (line.values["email"] and line.values["consented_on"] and line.values["basis"])
