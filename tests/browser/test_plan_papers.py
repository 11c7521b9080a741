"""A plan's table given back, letters that correct it, a unit that is split. Clean on a desk and a phone."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from loa.core import clock
from loa.org.ui import dealing
from loa.plans import services
from loa.plans.models import LegalBasis
from loa.plans.rules import FindingKind
from loa.plans.selectors.table import task_rows
from loa.plans.tables import tasks as tables
from loa.plans.tests.factories import make_finding, make_plan, make_task, make_topic
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(cast):
    today = clock.today()
    plan = make_plan(cast.so, year=today.year)
    topic = make_topic(plan, "An toàn trường học", number="1")
    for number in range(1, 5):
        make_task(
            plan, f"Tuyên truyền an toàn, đợt {number}", lead=cast.school, topic=topic, number=f"1.{number}",
            due_on=today + dt.timedelta(days=10 * number), product="Tin, bài",
        )  # fmt: skip
    return plan


def test_a_table_given_back(open_as, cast, plan, tmp_path):
    book = load_workbook(io.BytesIO(tables.to_xlsx(str(plan), task_rows(cast.office, plan))))
    sheet = book.worksheets[0]
    sheet["F3"], sheet["I4"], sheet["C7"] = "02 bài, 01 video", "hôm qua", "Ra quân mùa hè"
    sheet.delete_rows(5)
    wrong, right = tmp_path / "sai.xlsx", tmp_path / "dung.xlsx"
    book.save(wrong)
    sheet["I4"] = clock.today() + dt.timedelta(days=40)
    book.save(right)
    page = open_as(cast.office, f"/lam-viec/ke-hoach/{plan.pk}/bang-nhiem-vu/")
    check_page(page)
    for file, said in ((wrong, "Còn 1 dòng sai"), (right, "1 nhiệm vụ không còn trong tệp")):
        page.goto(f"{page.base}/lam-viec/ke-hoach/{plan.pk}/bang-nhiem-vu/")
        page.set_input_files("input[type=file]", file)
        page.click("text=Đọc tệp")
        page.wait_for_load_state("networkidle")
        assert said in page.content()
        check_page(page)
    page.check("input[name=bo]")
    page.fill("[name=number]", "45/KH-SGDĐT")
    page.fill("[name=reason]", "Chỉ đạo mới")
    page.click("text=Ghi vào bản soạn điều chỉnh")
    page.wait_for_load_state("networkidle")
    assert "/dieu-chinh/" in page.url
    assert plan.amendments.get().changes.count() == 4


def test_a_letter_from_what_was_found(open_as, cast, plan):
    finding = make_finding(
        plan, FindingKind.BASIS, quote="Nghị quyết số 88/2013/NQ-QH13", page=1, line=12,
        data={"kind": "Nghị quyết", "number": "88/2013/NQ-QH13", "role": "basis", "date": ""},
        warning={"code": "basis.form", "tone": "wait", "data": {"likely": "Nghị quyết 88/2014/QH13 (Đổi mới)"}},
    )  # fmt: skip
    LegalBasis.objects.create(
        plan=plan, kind="Nghị quyết", number="88/2013/NQ-QH13", role="basis", finding=finding
    )
    page = open_as(cast.office, f"/lam-viec/ke-hoach/{plan.pk}/dinh-chinh/moi/")
    check_page(page)
    page.click("button.go")
    page.wait_for_load_state("networkidle")
    assert page.input_value("[name='cho-0-right']") == "Nghị quyết số 88/2014/QH13"
    check_page(page)
    page.click("text=Lưu bản soạn")
    page.wait_for_load_state("networkidle")
    assert "Đã lưu bản soạn" in page.content()
    check_page(open_as(cast.office, f"/lam-viec/ke-hoach/{plan.pk}/dieu-chinh/"))
    check_page(open_as(cast.office, f"/lam-viec/ke-hoach/{plan.pk}/"))


def test_who_gets_what_of_a_unit_that_is_split(open_as, cast, plan):
    task = plan.tasks.first()
    services.task_assign(actor=cast.lead, task=task, unit=cast.school, owner=cast.owner)
    page = open_as(cast.admin, f"/lam-viec/don-vi/{cast.school.pk}/chia-tach/")
    page.check("input[name=keep][value='']")
    page.fill("[name=names]", "Trường THCS Sơn Đông\nTrường THCS Sơn Tây")
    page.click("text=Xem trước")
    page.wait_for_load_state("networkidle")
    assert "4 việc chưa xong về đâu" in page.content()
    assert page.input_value(f"[name='work-task:{task.pk}']") == "nguoi"
    check_page(page)


def test_many_people_are_looked_for_before_a_split(open_as, cast, monkeypatch):
    monkeypatch.setattr(dealing, "FEW", 1)
    page = open_as(cast.admin, f"/lam-viec/don-vi/{cast.school.pk}/chia-tach/")
    page.fill("[name=names]", "Trường THCS Sơn Đông\nTrường THCS Sơn Tây")
    page.click("text=Xem trước")
    page.get_by_label("Tìm trong 3 tên").fill("men")
    page.get_by_label("Chọn sẵn").select_option("Trường THCS Sơn Tây")
    page.keyboard.press("Enter")
    page.get_by_label("Tìm trong 3 tên").fill("hac")
    page.get_by_role("button", name="Tìm", exact=True).last.click()
    page.get_by_text("Đã chọn về Trường THCS Sơn Tây: 1").wait_for()
    page.get_by_label("Vi Văn Hặc").wait_for()
    check_page(page)
