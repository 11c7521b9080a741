"""The task table: out and back without loss, every line looked at first, written as an amendment asks."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import InvalidInput, Refused
from loa.org.rules import Role
from loa.org.tests.factories import make_user
from loa.plans import services
from loa.plans.models import Change, TableImport, Task, TaskProgress
from loa.plans.rules import PlanStatus
from loa.plans.selectors.table import task_rows
from loa.plans.tables import tasks as tables
from loa.plans.tables.lines import read_lines
from loa.plans.tests.factories import make_class, make_directive, make_plan, make_task, make_topic

D = dt.date
HEAD = {
    "number": "45/KH-SGDĐT",
    "title": "Điều chỉnh",
    "signed_on": D(2026, 5, 14),
    "effective_on": D(2026, 5, 16),
    "reason": "Chỉ đạo mới",
}


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


# — out and back, without a database ——————————————————————————————————————————————————

_words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"), exclude_characters="\u00ad\ufeff"), max_size=40
)
_line = _words.map(lambda text: text.replace("\n", " "))
_days = st.none() | st.dates(D(2026, 1, 1), D(2027, 12, 31))
_roles = st.lists(
    st.builds(
        lambda name: {"as_printed": name, "audience": {"classes": [], "units": [1], "except": []}},
        st.text("abcđéộ ;,=-/()", min_size=1, max_size=30).filter(lambda text: text.strip(" ;")),
    ),
    max_size=3,
)


def _said(pk: int):
    return lambda first, second: f"việc {pk} {first}\n{second}"


@st.composite
def _rows(draw) -> list[tables.TaskRow]:
    rows = []
    for pk in range(1, draw(st.integers(1, 6)) + 1):
        rows.append(
            tables.TaskRow(
                pk=pk,
                content=draw(st.builds(_said(pk), _words, _words)),
                number=draw(st.sampled_from(["", "1", "1.10", "II", "=1+1", "0012", "1e5"])),
                topic=draw(st.sampled_from(["", "2 An toàn"])),
                lead=draw(_roles),
                support=draw(_roles),
                product=draw(_line),
                timeframe=draw(_line),
                starts_on=draw(_days),
                due_on=draw(_days),
                state=draw(st.sampled_from(["", "todo", "doing", "Xong: 3 đơn vị"])),
                percent=draw(st.none() | st.integers(0, 100)),
                note=draw(_words),
                given=draw(st.booleans()),
                cancelled_on=draw(st.none() | st.just(D(2026, 5, 1))),
            )
        )
    return rows


def setting(**fields: Any) -> tables.Setting:
    return tables.Setting(
        **(
            {"draft": True, "topics": {"2 an toan": 7}, "names": lambda _names: {}, "works": lambda _row: True}
            | fields
        )
    )


def back(data: bytes) -> list[dict[str, Any]]:
    lines, _remarks = read_lines(
        data, "x.xlsx", columns=tables.COLUMNS, required=tables.REQUIRED, most=tables.MOST
    )
    return [line.as_json() for line in lines]


@settings(max_examples=60, deadline=None)
@given(_rows())
def test_what_went_out_comes_back_unchanged(rows):
    found = tables.compare(back(tables.to_xlsx("Kế hoạch", rows)), rows, setting())
    assert [(step.deed, step.errors, step.changes) for step in found.steps] == [(tables.SAME, [], [])] * len(rows)
    assert found.gone == []


@settings(max_examples=40, deadline=None)
@given(_rows(), st.data())
def test_one_edit_is_found_and_nothing_else(rows, data):
    rows = [tables.TaskRow(**(row.__dict__ | {"given": False, "cancelled_on": None})) for row in rows]
    at = data.draw(st.integers(0, len(rows) - 1))
    name, value, stored = data.draw(
        st.sampled_from(
            [
                ("content", "Tập huấn kỹ năng bơi", "Tập huấn kỹ năng bơi"),
                ("product", "02 video", "02 video"),
                ("timeframe", "Quý III", "Quý III"),
                ("number", "99", "99"),
                ("due_on", "31/12/2028", D(2028, 12, 31)),
            ]
        )
    )
    lines = back(tables.to_xlsx("Kế hoạch", rows))
    lines[at]["values"][name] = value
    found = tables.compare(lines, rows, setting())
    assert [step.deed for step in found.steps].count(tables.SAME) == len(rows) - 1
    step = found.steps[at]
    assert (step.deed, step.values, step.task) == (tables.CHANGED, {name: stored}, rows[at].pk)


def test_of_a_duty_from_above_the_day_may_only_come_earlier():
    row = tables.TaskRow(
        1, "Báo cáo", due_on=D(2026, 11, 25), given=True, fixed=("content", "timeframe"), latest=D(2026, 11, 25)
    )

    def step(**values):
        (one,) = tables.compare([{"line": 3, "values": {"code": "1", **values}}], [row], setting(draft=True)).steps
        return one.deed, one.errors

    assert step(due_on="20/11/2026", product="Bảng") == (tables.CHANGED, [])
    for day in ("26/11/2026", ""):
        assert step(due_on=day) == (
            tables.BAD, ["Cấp trên giao hạn 25/11/2026. Đơn vị chỉ đặt được ngày sớm hơn."]
        )  # fmt: skip
    deed, (words,) = step(content="Việc khác")
    assert deed == tables.BAD
    assert words.endswith("giữ như kế hoạch cấp trên.")


def test_wrong_lines_say_what_to_do():
    rows = [
        tables.TaskRow(1, "Một", due_on=D(2026, 6, 1)),
        tables.TaskRow(2, "Hai", given=True, fixed=("content", "due_on")),
        tables.TaskRow(3, "Ba", cancelled_on=D(2026, 5, 1)),
        tables.TaskRow(4, "Bốn", unit=9, unit_name="Phòng A", state="doing", percent=30),
    ]
    lines = [
        {"line": 3, "values": {"code": "1", "content": "Một", "due_on": "31/02/2026"}},
        {"line": 4, "values": {"code": "2", "content": "Hai, sửa"}},
        {"line": 5, "values": {"code": "3", "content": "Ba, sửa"}},
        {"line": 6, "values": {"code": "4", "content": "Bốn", "state": "Đang nghĩ"}},
        {"line": 7, "values": {"code": "4", "content": "Bốn"}},
        {"line": 8, "values": {"code": "99", "content": "Lạ"}},
        {"line": 9, "values": {"content": "", "product": "x"}},
        {"line": 10, "values": {"content": "Mới", "topic": "Không có"}},
        {"line": 11, "values": {"content": "Mới nữa", "starts_on": "2/6/2026", "due_on": "1/6/2026"}},
        {"line": 12, "values": {"content": "Mới", "lead": "Phòng Lạ"}},
    ]
    steps = tables.compare(lines, rows, setting(draft=False)).steps
    assert [step.deed for step in steps] == [tables.BAD] * 10
    told = [step.errors[0] for step in steps]
    parts = ["31/02/2026", "cấp trên giao", "đã hủy", "Chưa làm, Đang làm", "Trùng mã với dòng 6", "Mã 99"]
    parts += ["Thiếu nội dung", "Không có", "Hạn trước ngày bắt đầu", "Phòng Lạ"]
    for part, words in zip(parts, told, strict=True):
        assert part in words


def test_a_line_without_code_is_known_by_its_words():
    rows = [tables.TaskRow(1, "Ngày hội chuyển đổi số", product="Bài"), tables.TaskRow(2, "Khác")]
    found = tables.compare(
        [{"line": 2, "values": {"content": "NGÀY HỘI chuyển đổi số ", "product": "Bài"}}], rows, setting()
    )
    assert [(step.deed, step.task) for step in found.steps] == [(tables.CHANGED, 1)]
    assert [row.pk for row in found.gone] == [2]


def test_a_line_of_an_older_table_taken_before_a_change_in_loa_is_remarked():
    """Tables taken before cells were marked say only that the line moved on."""
    old, now = tables.TaskRow(1, "Việc", product="Bài"), tables.TaskRow(1, "Việc", product="Bài, ảnh")
    lines = back(tables.to_xlsx("x", [old]))
    del lines[0]["values"]["cells"]
    found = tables.compare(lines, [now], setting())
    assert found.steps[0].deed == tables.CHANGED
    assert "sau khi bảng được tải về" in found.steps[0].remarks[0]


@settings(max_examples=60, deadline=None)
@given(_rows(), st.data())
def test_a_table_nobody_edited_changes_nothing_whatever_loa_says_by_now(rows, data):
    now = [
        tables.TaskRow(
            **row.__dict__ | {
                "state": data.draw(st.sampled_from(["", "todo", "waiting", "Xong: 13 đơn vị"])),
                "percent": data.draw(st.none() | st.integers(0, 100)),
                "note": data.draw(_words), "product": data.draw(_line), "lead": data.draw(_roles),
                "due_on": data.draw(_days), "topic": data.draw(st.sampled_from(["", "9 Chủ đề mới"])),
                "fixed": ("content", "product", "due_on"),
                "cancelled_on": data.draw(st.none() | st.just(D(2026, 5, 2))),
            }
        )
        for row in rows
    ]  # fmt: skip
    for draft in (True, False):
        found = tables.compare(
            back(tables.to_xlsx("Kế hoạch", rows)), now, setting(draft=draft, works=lambda _row: False)
        )
        assert [(step.deed, step.errors, step.changes, step.clashes) for step in found.steps] == [
            (tables.SAME, [], [], [])
        ] * len(rows)


def test_what_was_edited_on_both_sides_is_to_be_decided():
    row = tables.TaskRow(1, "Việc", product="Bài", unit=9, unit_name="Phòng A", state="todo", percent=0)
    now = tables.TaskRow(**row.__dict__ | {"product": "Bài, ảnh", "state": "doing", "percent": 40})
    lines = back(tables.to_xlsx("x", [row]))
    lines[0]["values"] |= {"product": "Video", "percent": "50", "timeframe": "Quý III"}

    def step(row, **fields):
        return tables.compare(lines, [row], setting(draft=False, **fields)).steps[0]

    one = step(row)
    assert (one.deed, one.clashes) == (tables.CHANGED, [])
    assert one.work == {"state": "todo", "percent": 50, "text": ""}
    one = step(now)
    assert one.clashes == ["Sản phẩm", "Hoàn thành (%)"]
    assert one.remarks == ["Sau khi bảng được tải về, trên Loa cũng đã đổi “Sản phẩm”, “Hoàn thành (%)”."]
    assert one.values == {"product": "Video", "timeframe": "Quý III"}
    assert one.work == {"state": "doing", "percent": 50, "text": ""}, "the state nobody edited stays Loa's"
    one = step(now, yields=True)
    assert (one.clashes, one.values, one.work) == ([], {"timeframe": "Quý III"}, {})
    agreed = tables.TaskRow(**row.__dict__ | {"product": "Video", "percent": 50})
    assert step(agreed).clashes == [], "the same edit on both sides"


def test_a_copied_line_does_not_keep_the_marks_of_the_one_it_was_copied_from():
    rows = [tables.TaskRow(1, "Một", product="Bài"), tables.TaskRow(2, "Hai", product="Bài")]
    lines = back(tables.to_xlsx("x", rows))
    lines[1]["values"]["cells"] = lines[0]["values"]["cells"]
    lines.append({"line": 9, "values": lines[0]["values"] | {"code": "", "content": "Ba"}})
    found = tables.compare(lines, rows, setting())
    assert [step.deed for step in found.steps] == [tables.SAME, tables.SAME, tables.NEW]
    assert found.steps[2].values["product"] == "Bài"


# — in the plan ———————————————————————————————————————————————————————————————————————


@pytest.fixture
def plan(cast):
    """The Sở's plan in force: one task of its office, one of a class, one of a school."""
    cls = make_class(label="Các trường")
    plan = make_plan(cast.so)
    topic = make_topic(plan, "An toàn trường học", number="1")
    make_task(plan, "Tuyên truyền an toàn giao thông", lead=cast.van_phong, topic=topic, number="1", product="Bài")
    make_task(plan, "Mỗi trường một góc an toàn", lead=cls, number="2", timeframe="Quý II")
    make_task(plan, "Ngày hội chuyển đổi số", lead=cast.school, support=cast.van_phong, number="3",
              due_on=D(2026, 6, 30))  # fmt: skip
    make_directive(plan)
    return plan


def sheet_of(client: Client, plan, **edits: Any) -> bytes:
    """The exported table with some cells changed: {"A4": value}; "delete": number of a line."""
    data = client.get(reverse("plans:table_export", args=[plan.pk])).content
    book = load_workbook(io.BytesIO(data))
    for cell, value in edits.items():
        if cell == "delete":
            book.worksheets[0].delete_rows(value)
        else:
            book.worksheets[0][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(cast, plan, data: bytes) -> TableImport:
    return services.task_table_read(actor=cast.office, plan=plan, data=data, filename="nhiem-vu.xlsx")


def test_export_tells_duties_beside_the_tasks(client, cast, plan):
    client.force_login(cast.office)
    book = load_workbook(io.BytesIO(client.get(reverse("plans:table_export", args=[plan.pk])).content))
    sheet = book.worksheets[0]
    assert [sheet.cell(2, n).value for n in (1, 3, 4, 11)] == ["STT", "Nội dung nhiệm vụ", "Chủ trì", "Trạng thái"]
    assert [sheet.cell(3, n).value for n in (1, 2, 3)] == [
        "1", "1 An toàn trường học", "Tuyên truyền an toàn giao thông"
    ]  # fmt: skip
    assert all(sheet.column_dimensions[letter].hidden for letter in "NOP")
    assert book.worksheets[1]["A2"].value == "Tin, bài hằng tháng"


def test_back_unchanged_there_is_nothing_to_write(client, cast, plan):
    client.force_login(cast.office)
    batch = read(cast, plan, sheet_of(client, plan))
    found = services.compare_tasks(cast.office, batch)
    assert [step.deed for step in found.steps] == [tables.SAME] * 3
    page = client.get(reverse("plans:table_show", args=[plan.pk, batch.pk])).content.decode()
    assert "Tệp giống hệt kế hoạch" in page


def test_a_plan_in_force_changes_by_an_amendment_and_progress_at_once(client, cast, plan):
    client.force_login(cast.office)
    office = make_user("Lê Hà", (Role.FOCAL, cast.so), (Role.UNIT_LEAD, cast.van_phong))
    client.force_login(office)
    data = sheet_of(
        client, plan, F3="02 bài, 01 video", K3="Đang làm", L3=40, M3="Đã có 01 bài", D4="Các trường",
        C6="Ra quân mùa hè", D6=cast.school.name, I6=D(2026, 7, 31), delete=5,
    )  # fmt: skip
    batch = services.task_table_read(actor=office, plan=plan, data=data, filename="x.xlsx")
    with pytest.raises(InvalidInput, match="văn bản điều chỉnh"):
        services.task_table_apply(actor=office, batch=batch, drop=True)
    assert not Change.objects.exists()
    assert not TaskProgress.objects.exists()
    batch = services.task_table_apply(actor=office, batch=batch, head=HEAD, drop=True)
    changes = Change.objects.filter(amendment=batch.result["amendment"]).order_by("pk")
    told = [(one.kind, one.after.get("content") or one.after.get("product") or str(one.task)) for one in changes]
    assert told == [
        ("alter", "02 bài, 01 video"), ("add", "Ra quân mùa hè"), ("cancel", "Ngày hội chuyển đổi số"),
    ]  # fmt: skip
    work = TaskProgress.objects.get()
    assert (work.unit, work.state, work.percent) == (cast.van_phong, "doing", 40)
    assert Task.objects.get(number="1").product == "Bài", (
        "nothing of the plan itself until the amendment is issued"
    )
    services.issue_amendment(actor=office, amendment=changes[0].amendment)
    assert Task.objects.get(number="1").product == "02 bài, 01 video"
    assert Task.objects.get(content="Ra quân mùa hè").due_on == D(2026, 7, 31)
    with pytest.raises(Exception, match="đã được ghi"):
        services.task_table_apply(actor=office, batch=batch, head=HEAD)


def test_a_table_given_back_after_loa_moved_on_undoes_nothing(client, cast, plan):
    """A class went on, another unit went on, one's own work went on: none of them was edited in the table."""
    office = make_user("Lê Hà", (Role.FOCAL, cast.so), (Role.UNIT_LEAD, cast.van_phong))
    client.force_login(office)
    data = sheet_of(client, plan)
    one, cls, school = plan.tasks.order_by("number")
    services.task_update(actor=office, task=one, unit=cast.van_phong, state="doing", percent=40)
    services.task_update(actor=cast.lead, task=cls, unit=cast.school, state="done")
    services.task_update(actor=cast.lead, task=school, unit=cast.school, state="doing", percent=20)
    batch = services.task_table_read(actor=office, plan=plan, data=data, filename="x.xlsx")
    assert batch.remarks == []
    found = services.compare_tasks(office, batch)
    assert [(step.deed, step.errors) for step in found.steps] == [(tables.SAME, [])] * 3


def test_who_gives_the_table_back_decides_what_holds(client, cast, plan):
    office = make_user("Lê Hà", (Role.FOCAL, cast.so), (Role.UNIT_LEAD, cast.van_phong))
    client.force_login(office)
    data = sheet_of(client, plan, L3=70)
    services.task_update(
        actor=office, task=plan.tasks.get(number="1"), unit=cast.van_phong, state="doing", percent=40
    )

    def given_back():
        return services.task_table_read(actor=office, plan=plan, data=data, filename="x.xlsx")

    batch = given_back()
    show = reverse("plans:table_show", args=[plan.pk, batch.pk])
    page = client.get(show).content.decode()
    assert "1 dòng vừa sửa trong tệp, vừa đổi trên Loa" in page
    page = client.post(show, follow=True).content.decode()
    assert "Hãy chọn giữ bên nào" in page
    assert TaskProgress.objects.get().percent == 40
    assert client.post(show, {"clashes": "loa"}).status_code == 302
    assert TaskProgress.objects.get().percent == 40
    batch = given_back()
    client.post(reverse("plans:table_show", args=[plan.pk, batch.pk]), {"clashes": "file"})
    work = TaskProgress.objects.get()
    assert (work.state, work.percent) == ("doing", 70)


def test_one_wrong_line_writes_nothing(client, cast, plan):
    client.force_login(cast.office)
    batch = read(cast, plan, sheet_of(client, plan, F3="Khác", I4="hôm qua"))
    with pytest.raises(InvalidInput, match="Còn 1 dòng sai"):
        services.task_table_apply(actor=cast.office, batch=batch, head=HEAD)
    assert not Change.objects.exists()
    assert not LogEntry.objects.filter(action="plans.tasks.imported").exists()


def test_a_draft_is_written_at_once_and_what_is_given_stays(client, cast):
    above = make_plan(cast.so)
    make_topic(above, "An toàn trường học", number="1")
    make_task(above, "Phòng, chống đuối nước", lead=cast.xa)
    person = make_user("Vi Thị Lan", (Role.UNIT_LEAD, cast.xa))
    plan = services.derive_plan(actor=person, unit=cast.xa, parent=above)
    services.own_task_put(actor=person, plan=plan, values={"content": "Việc cũ", "product": "Bài"})
    client.force_login(person)
    data = sheet_of(client, plan, F4="Bài, ảnh", C5="Việc mới", B5="An toàn trường học", A5="9")
    batch = services.task_table_read(actor=person, plan=plan, data=data, filename="x.xlsx")
    services.task_table_apply(actor=person, batch=batch)
    own = {task.content: task for task in plan.tasks.filter(source_task=None)}
    assert own["Việc cũ"].product == "Bài, ảnh"
    assert (own["Việc mới"].number, str(own["Việc mới"].topic)) == ("9", "An toàn trường học")
    assert [row.unit for row in own["Việc mới"].units.all()] == [cast.xa]
    data = sheet_of(client, plan, C3="Đổi việc cấp trên giao")
    batch = services.task_table_read(actor=person, plan=plan, data=data, filename="x.xlsx")
    assert "cấp trên giao" in services.compare_tasks(person, batch).steps[0].errors[0]
    data = sheet_of(client, plan, delete=4)
    batch = services.task_table_read(actor=person, plan=plan, data=data, filename="x.xlsx")
    services.task_table_apply(actor=person, batch=batch, drop=True)
    assert not plan.tasks.filter(content="Việc cũ").exists()


def test_who_may(client, cast, plan):
    client.force_login(cast.office)
    data = sheet_of(client, plan, F3="Khác")
    for who in (cast.outsider, cast.colleague, cast.owner):
        with pytest.raises(Refused):
            services.task_table_read(actor=who, plan=plan, data=data, filename="x.xlsx")
    assert not TableImport.objects.exists()
    batch = read(cast, plan, data)
    for name, args in (("table_upload", [plan.pk]), ("table_show", [plan.pk, batch.pk])):
        client.force_login(cast.owner)
        assert client.get(reverse(f"plans:{name}", args=args)).status_code == 403
    assert client.post(reverse("plans:table_show", args=[plan.pk, batch.pk])).status_code == 403
    assert not Change.objects.exists()
    client.logout()
    assert client.get(reverse("plans:table_export", args=[plan.pk])).status_code == 302
    checking = make_plan(cast.so, status=PlanStatus.CHECKING)
    client.force_login(cast.office)
    assert client.get(reverse("plans:table_export", args=[checking.pk])).status_code == 404


def test_a_school_is_not_told_how_far_others_are(cast, plan):
    services.task_update(
        actor=make_user("Lê Hà", (Role.UNIT_LEAD, cast.van_phong)), task=plan.tasks.get(number="1"),
        unit=cast.van_phong, state="doing", percent=40,
    )  # fmt: skip
    assert [row.percent for row in task_rows(cast.office, plan)] == [40, None, 0]
    assert [row.percent for row in task_rows(cast.owner, plan)] == [None, None, 0]


def test_the_screens(client, cast, plan):
    client.force_login(cast.office)
    url = reverse("plans:table_upload", args=[plan.pk])
    answer = client.post(url, {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04 broken")})
    assert answer.status_code == 400
    assert "Không mở được tệp Excel" in answer.content.decode()
    data = sheet_of(client, plan, F3="Khác", C6="Việc mới", delete=5)
    answer = client.post(url, {"file": SimpleUploadedFile("x.xlsx", data)})
    show = answer["Location"]
    page = client.get(show).content.decode()
    assert "1 nhiệm vụ không còn trong tệp" in page
    assert "Sản phẩm: <del>Bài</del> → <ins>Khác</ins>" in page
    answer = client.post(show, {"bo": "1"})
    assert answer.status_code == 400, "the head of the amendment is missing"
    assert not Change.objects.exists()
    fields = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in HEAD.items()}
    answer = client.post(show, fields | {"bo": "1"})
    assert "/dieu-chinh/" in answer["Location"]
    assert Change.objects.count() == 3
    assert "Đã ghi lúc" in client.get(show).content.decode()


def test_queries_do_not_grow_with_tasks(client, cast, plan, django_assert_max_num_queries):
    client.force_login(cast.office)
    for n in range(30):
        make_task(plan, f"Việc {n}", lead=cast.school)
    with django_assert_max_num_queries(40):
        task_rows(cast.office, plan)
    batch = read(cast, plan, sheet_of(client, plan))
    with django_assert_max_num_queries(60):
        client.get(reverse("plans:table_show", args=[plan.pk, batch.pk]))


def test_an_excel_plan_is_shown_as_it_was_merged():
    """Cells merged across keep their width beside the findings, those merged down their height."""
    from loa.plans.models import PlanDocument
    from loa.plans.ui.document import sheets_of

    text = "TT Thời gian Bắt đầu Kết thúc"
    row = {"kind": "row", "table": 1, "page": 1}
    blocks = [
        row | {"cells": [{"start": 0, "end": 2, "merged": False},
                         {"start": 3, "end": 12, "merged": False, "span": 2}]},
        row | {"cells": [{"start": 0, "end": 2, "merged": True}, {"start": 13, "end": 20, "merged": False},
                         {"start": 21, "end": 29, "merged": False}]},
    ]  # fmt: skip
    (sheet,) = sheets_of(PlanDocument(text=text, blocks=blocks), [])
    cells = [[(cell.runs[0].text, cell.rowspan, cell.colspan) for cell in row] for row in sheet.parts[0].rows]
    assert cells == [[("TT", 2, 1), ("Thời gian", 1, 2)], [("Bắt đầu", 1, 1), ("Kết thúc", 1, 1)]]
