"""Units from tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata

import pytest
from openpyxl import Workbook

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.org import services
from loa.org.importers.compare import compare
from loa.org.importers.read import HEADINGS, parse_date, read, template
from loa.org.models import Unit, UnitImport, UnitLink, UnitVersion
from loa.org.tests.naive import check_history

D = dt.date
TODAY = D(2026, 11, 20)
HEAD = "Mã đơn vị;Tên đơn vị;Loại;Mã đơn vị cấp trên;Ngày thành lập;Mã xã;Tên khác"
GOOD = "\n".join(
    [
        HEAD,
        "T1;Trường THCS Nậm Khao;Trường THCS;X1;01/07/2025;04567;THCS Nậm Khao cũ; PTDTBT Nậm Khao".replace(
            "cũ; ", "cũ "
        ),
        "X1;Xã Nậm Khao;UBND xã, phường;;01/07/2025;04567;",
        "T2;Trường Mầm non Nậm Khao;mầm non;X1;;;",
    ]
)


@pytest.fixture(autouse=True)
def today():
    with clock.frozen("2026-11-20"):
        yield


def steps_of(text, top, on=TODAY):
    table = read(text.encode(), "a.csv")
    return compare([line.as_json() for line in table.lines], top=top, on=on)


def bring(cast, text, on=TODAY):
    batch = services.import_read(
        actor=cast.admin, top=cast.so, data=text.encode(), filename="a.csv", effective_on=on
    )
    services.import_confirm(actor=cast.admin, batch=batch)
    services.import_write(batch_id=batch.pk, actor=cast.admin)
    batch.refresh_from_db()
    return batch


def test_a_table_is_written_as_a_whole_and_again_changes_nothing(cast):
    batch = bring(cast, GOOD)
    assert (batch.state, batch.result) == ("done", {"new": 3, "changed": 0, "same": 0})
    school = Unit.objects.get(code="T1")
    assert (school.parent.code, school.founded_on, school.slug) == ("X1", D(2025, 7, 1), "truong-thcs-nam-khao")
    assert set(school.links_up.values_list("above__name", "depth")) == {
        ("Trường THCS Nậm Khao", 0),
        ("Xã Nậm Khao", 1),
        (cast.so.name, 2),
    }
    assert Unit.objects.get(code="T2").founded_on == D(2026, 11, 20)
    assert school.events_in.get().kind == "found"
    assert LogEntry.objects.filter(action="org.units.imported").count() == 1
    check_history()
    before = [list(model.objects.order_by("pk").values()) for model in (Unit, UnitVersion, UnitLink)]
    again = bring(cast, GOOD)
    assert again.result == {"new": 0, "changed": 0, "same": 3}
    assert [list(model.objects.order_by("pk").values()) for model in (Unit, UnitVersion, UnitLink)] == before


def test_what_differs_becomes_a_change_with_its_day(cast):
    bring(cast, GOOD)
    other = GOOD.replace("Trường THCS Nậm Khao;", "Trường THCS Pa Ủ;").replace(
        "T2;Trường Mầm non Nậm Khao;mầm non;X1", "T2;Trường Mầm non Nậm Khao;mầm non;X2"
    )
    other += "\nX2;Xã Pa Ủ;UBND xã, phường;;01/07/2025;;"
    batch = bring(cast, other, on=D(2026, 12, 1))
    assert (batch.error, batch.result) == ("", {"new": 1, "changed": 2, "same": 1})
    assert Unit.objects.get(code="T1").name == "Trường THCS Nậm Khao"
    with clock.frozen("2026-12-01"):
        services.bring_today()
    assert Unit.objects.get(code="T1").name == "Trường THCS Pa Ủ"
    assert Unit.objects.get(code="T2").parent.code == "X2"
    check_history()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("T9;Trường A;Trường lạ;;;;", "Không có loại"),
        ("T9;Trường A;;;;;", "Thiếu loại"),
        (";Trường A;THCS;;;;", "Thiếu mã"),
        ("T9;;THCS;;;;", "Thiếu tên"),
        ("X1;Trường A;THCS;;;;", "đã có ở dòng 3"),
        ("T9;Trường A;THCS;K0;;;", "Không tìm thấy đơn vị cấp trên"),
        ("T9;Trường A;THCS;T9;;;", "chính nó"),
        ("T9;Trường A;THCS;;31/02/2025;;", "không đúng"),
        ("T9;Trường A;THCS;;2025;;", "không đúng"),
        ("T9;Trường A;THCS;;;123;", "5 chữ số"),
        ("T9;Xã Nậm Khao;UBND xã, phường;;;;", "cùng tên"),
        ("T9;Xã Mường Sai;UBND xã, phường;;;;", "cùng tên"),
    ],
)
def test_each_wrong_line_says_what_is_wrong(cast, line, words):
    found = steps_of(f"{GOOD}\n{line}", cast.so)
    assert not found.ready
    assert found.counts["bad"] == 1
    assert words in " ".join(found.steps[-1].errors)
    assert found.steps[-1].line == 5


def test_a_ring_of_lines_is_found(cast):
    ring = f"{HEAD}\nA;Đơn vị A;THCS;B;;;\nB;Đơn vị B;THCS;A;;;\nC;Đơn vị C;THCS;A;;;"
    found = steps_of(ring, cast.so)
    assert ["Vòng lặp" in " ".join(step.errors) for step in found.steps] == [True, True, False]


def test_wrong_lines_stop_everything(cast):
    batch = services.import_read(
        actor=cast.admin,
        top=cast.so,
        data=f"{GOOD}\nT9;;THCS;;;;".encode(),
        filename="a.csv",
        effective_on=D(2026, 11, 20),
    )
    count = Unit.objects.count()
    with pytest.raises(InvalidInput):
        services.import_confirm(actor=cast.admin, batch=batch)
    batch.refresh_from_db()
    assert (batch.state, Unit.objects.count()) == ("read", count)
    # What was right at the preview and is wrong when it is written: nothing is written either.
    good = services.import_read(
        actor=cast.admin, top=cast.so, data=GOOD.encode(), filename="a.csv", effective_on=D(2026, 11, 20)
    )
    services.import_confirm(actor=cast.admin, batch=good)
    with pytest.raises(Conflict):
        services.import_confirm(actor=cast.admin, batch=good)
    Unit.objects.filter(pk=cast.xa.pk).update(name="Xã Nậm Khao")
    UnitVersion.objects.filter(unit=cast.xa).update(name="Xã Nậm Khao")
    services.import_write(batch_id=good.pk, actor=cast.admin)
    good.refresh_from_db()
    assert good.state == "failed"
    assert "xem trước" in good.error
    assert Unit.objects.count() == count


def test_only_those_who_manage_import_and_only_into_their_own(cast):
    for who in (cast.owner, cast.office, cast.director):
        with pytest.raises(Refused):
            services.import_read(
                actor=who, top=cast.so, data=GOOD.encode(), filename="a.csv", effective_on=D(2026, 11, 20)
            )
    assert not UnitImport.objects.exists()
    Unit.objects.filter(pk=cast.thpt.pk).update(code="NGOAI")
    found = steps_of(f"{HEAD}\nNGOAI;Trường THPT Lam Giang;THPT;;;;\nT5;Trường B;THCS;NGOAI;;;", cast.xa)
    assert ["ngoài" in " ".join(step.errors).lower() for step in found.steps] == [True, True]


def test_all_sorts_of_files_are_read():
    def names(data, filename="a.csv"):
        return [line.values["name"] for line in read(data, filename).lines]

    want = ["Trường THCS Nậm Khao", "Xã Nậm Khao", "Trường Mầm non Nậm Khao"]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert names(GOOD.encode(encoding)) == want
    assert names(GOOD.replace(";", "\t").encode()) == want
    nfd = read(unicodedata.normalize("NFD", GOOD).encode(), "a.csv")
    assert [line.values["name"] for line in nfd.lines] == want
    assert "dựng sẵn" in nfd.lines[0].warnings[0]
    book = Workbook()
    book.active.append(["Danh sách đơn vị"])
    book.active.append(["Mã", "Tên đơn vị", "Loại", "Ngày thành lập", "Ghi chú"])
    book.active.append([1001, "Trường THCS Nậm Khao", "THCS", dt.datetime(2025, 7, 1), "x"])
    out = io.BytesIO()
    book.save(out)
    table = read(out.getvalue(), "a.xlsx")
    assert table.lines[0].values == {
        "code": "1001",
        "name": "Trường THCS Nậm Khao",
        "kind": "THCS",
        "founded": "2025-07-01",
    }
    assert "Ghi chú" in table.remarks[0]


def test_tcvn3_is_turned_into_unicode():
    # "Mã đơn vị,Tên đơn vị,Loại" and a school, as ABC fonts write them.
    legacy = (
        b"M\xb7 \xae\xacn v\xde,T\xaan \xae\xacn v\xde,Lo\xb9i\r\n"
        b"T1,Tr\xad\xeang trung h\xe4c c\xac s\xeb Nguy\xd4n Tr\xb7i,Tr\xad\xeang THCS\r\n"
    )
    table = read(legacy, "a.csv")
    assert table.lines[0].values["name"] == "Trường trung học cơ sở Nguyễn Trãi"
    assert "bảng mã cũ" in table.remarks[0]


@pytest.mark.parametrize(
    ("data", "filename", "words"),
    [
        (b"", "a.csv", "trống"),
        (b"\xd0\xcf\x11\xe0abc", "a.xls", ".xlsx"),
        (b"PK\x03\x04abc", "a.xlsx", "Excel"),
        (b"abc", "a.xlsx", "không phải"),
        (b"%PDF-1.7\0\0", "a.csv", "không phải"),
        (b"A;B\n1;2", "a.csv", "tiêu đề"),
        ("Mã đơn vị;Tên đơn vị\n1;2".encode(), "a.csv", "Loại"),
        (HEAD.encode(), "a.csv", "chưa có dòng"),
    ],
)
def test_files_that_cannot_be_read_say_what_to_do(data, filename, words):
    with pytest.raises(InvalidInput) as refused:
        read(data, filename)
    assert words in str(refused.value)


def test_the_template_is_a_table_that_can_be_imported(cast):
    table = read(template(), "mau.xlsx")
    assert len(table.lines) == 2
    assert set(table.lines[0].values) == set(HEADINGS)
    found = compare([line.as_json() for line in table.lines], top=cast.so, on=D(2026, 11, 20))
    # The examples stand for units of the demo: the commune is there already, under another code.
    assert found.steps[1].errors == []


def test_dates():
    assert parse_date("1/7/2025") == parse_date("01.07.2025") == parse_date("2025-07-01") == D(2025, 7, 1)
    assert parse_date("31/02/2025") is parse_date("7/2025") is parse_date("") is None


def test_a_large_table_costs_a_fixed_number_of_queries(cast, django_assert_max_num_queries):
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=";")
    sheet.writerow(HEAD.split(";"))
    for number in range(1_000):
        sheet.writerow([f"S{number}", f"Trường THCS số {number}", "THCS", "", "", "", ""])
    batch = services.import_read(
        actor=cast.admin, top=cast.so, data=out.getvalue().encode(), filename="a.csv", effective_on=D(2026, 1, 1)
    )
    with django_assert_max_num_queries(10):
        assert compare(batch.rows, top=cast.so, on=batch.effective_on).ready
    services.import_confirm(actor=cast.admin, batch=batch)
    with django_assert_max_num_queries(90):
        services.import_write(batch_id=batch.pk, actor=cast.admin)
    batch.refresh_from_db()
    assert (batch.error, batch.result.get("new")) == ("", 1_000)
