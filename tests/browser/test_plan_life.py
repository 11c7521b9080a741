"""Screens of a plan's year: tasks, amendments, plans below. Clean on a desk and a phone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from loa.core import clock
from loa.plans import services
from loa.plans.tests.factories import make_class, make_directive, make_plan, make_task, make_topic
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def task(cast):
    today = clock.today()
    plan = make_plan(cast.so, year=today.year)
    topic = make_topic(plan, "An toàn trường học")
    lead = make_class(label="Các trường trong tỉnh")
    return make_task(
        plan,
        "Tuyên truyền phòng, chống đuối nước tại tất cả các trường trên địa bàn",
        lead=lead,
        support=cast.van_phong,
        due_on=today - dt.timedelta(days=3),
        topic=topic,
        product="Tin, bài, video",
        timeframe="Quý II",
    )


def test_work_on_tasks(open_as, cast, task):
    services.task_update(
        actor=cast.lead, task=task, unit=cast.school, state="doing", percent=40, text="Đã quay xong phần một"
    )
    services.task_assign(actor=cast.lead, task=task, unit=cast.school, owner=cast.owner)
    services.task_prove(actor=cast.lead, task=task, unit=cast.school, kind="link", url="https://baosonglam.vn/1")
    share = f"/lam-viec/nhiem-vu/{task.pk}/{cast.school.pk}/"
    for person, path in (
        (cast.lead, "/lam-viec/nhiem-vu/"),
        (cast.lead, share),
        (cast.office, "/lam-viec/nhiem-vu/"),
        (cast.office, f"/lam-viec/nhiem-vu/{task.pk}/"),
        (cast.office, share),
    ):
        page = open_as(person, path)
        assert page.status == 200
        check_page(page)


def test_a_head_writes_progress_on_a_phone(open_as, cast, task):
    page = open_as(cast.lead, "/lam-viec/nhiem-vu/", width=390)
    page.click("text=Tuyên truyền phòng, chống đuối nước")
    page.check("input[name=state][value=doing]")
    page.fill("input[name=percent]", "60")
    page.click("text=Ghi tiến độ")
    page.wait_for_load_state("networkidle")
    assert page.locator("text=Đang làm 60%").count() >= 1


def test_amendments(open_as, cast, task):
    plan, today = task.plan, clock.today()
    directive = make_directive(plan, title="Ít nhất 04 tin, bài mỗi quý", count=4, period="quarter")
    amendment = services.amendment_start(
        actor=cast.office,
        plan=plan,
        values={
            "number": "145/KH-SGDĐT",
            "title": "Điều chỉnh kế hoạch truyền thông",
            "signed_on": today,
            "effective_on": today,
            "reason": "Theo chỉ đạo của Bộ",
        },
    )
    services.change_directive(actor=cast.office, amendment=amendment, directive=directive, values={"count": 6})
    services.change_task(actor=cast.office, amendment=amendment, task=task, values={"due_on": today})
    base = f"/lam-viec/ke-hoach/{plan.pk}"
    for path in (
        "/dieu-chinh/",
        "/dieu-chinh/moi/",
        f"/dieu-chinh/{amendment.pk}/",
        f"/dieu-chinh/{amendment.pk}/them/",
        f"/dieu-chinh/{amendment.pk}/chi-tieu/{directive.pk}/",
        f"/dieu-chinh/{amendment.pk}/nhiem-vu/{task.pk}/",
    ):
        page = open_as(cast.office, base + path)
        assert page.status == 200
        check_page(page)
    services.issue_amendment(actor=cast.office, amendment=amendment)
    for path in ("/dieu-chinh/", f"/dieu-chinh/{amendment.pk}/", f"/chi-tieu/{directive.pk}/", "/"):
        check_page(open_as(cast.office, base + path))


def test_a_duty_by_hand_is_previewed_while_it_is_filled_in(open_as, cast, task):
    page = open_as(cast.office, f"/lam-viec/ke-hoach/{task.plan_id}/giao-them/")
    page.check("input[name=classes][value=moi-truong]")
    page.wait_for_selector("#xem-truoc .big-figure")
    assert "3 đơn vị" in page.inner_text("#xem-truoc")
    page.fill("textarea[name=under_names]", "Xã Mường Sai")
    page.locator("#xem-truoc .big-figure", has_text="2 đơn vị").wait_for()
    check_page(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_weekly_duty_asks_for_the_weekday_and_others_for_the_day(open_as, cast, task, width):
    page = open_as(cast.office, f"/lam-viec/ke-hoach/{task.plan_id}/giao-them/?loai=recurring", width=width)
    seen = {}
    for period in ("week", "month"):
        page.select_option("select[name=period]", period)
        names = ("due_weekday", "due_day", "due_after")
        seen[period] = [name for name in names if page.locator(f"[name={name}]").is_visible()]
    assert seen == {"week": ["due_weekday"], "month": ["due_day", "due_after"]}
    page.select_option("select[name=period]", "week")
    page.select_option("select[name=due_weekday]", "5")
    page.check("input[name=classes][value=moi-truong]")
    page.wait_for_selector("#xem-truoc .big-figure")
    check_page(page)


def test_plans_below(open_as, cast, task):
    plan = task.plan
    make_directive(plan, title="Ít nhất 01 tin, bài mỗi tháng của từng trường")
    base = "/lam-viec/ke-hoach"
    for path in (f"{base}/soan/", f"{base}/{plan.pk}/soan/{cast.school.pk}/"):
        page = open_as(cast.lead, path)
        assert page.status == 200
        check_page(page)
    below = services.derive_plan(actor=cast.lead, unit=cast.school, parent=plan)
    for path in (f"{base}/{below.pk}/ban-soan/", f"{base}/{below.pk}/ban-soan/viec/"):
        page = open_as(cast.lead, path)
        assert page.status == 200
        check_page(page)
    head = {"title": below.title, "number": "3/KH-THCSST", "signed_on": clock.today(), "signer": "Hà Văn Toàn"}
    services.plan_write(actor=cast.lead, plan=below, values=head)
    services.attach_signed(actor=cast.lead, plan=below, upload=SimpleUploadedFile("3.pdf", b"%PDF-1.4"))
    services.issue_draft(actor=cast.lead, plan=below)
    amendment = services.amendment_start(
        actor=cast.office,
        plan=plan,
        values={
            "number": "9",
            "title": "Điều chỉnh",
            "signed_on": clock.today(),
            "effective_on": clock.today(),
            "reason": "x",
        },
    )
    services.change_task(
        actor=cast.office, amendment=amendment, task=task, values={"due_on": clock.today(), "product": "Video"}
    )
    services.issue_amendment(actor=cast.office, amendment=amendment)
    for person, path in (
        (cast.lead, f"{base}/{below.pk}/thay-doi/"),
        (cast.lead, f"{base}/{below.pk}/"),
        (cast.office, f"{base}/{plan.pk}/dieu-chinh/{amendment.pk}/"),
        (cast.office, "/lam-viec/tien-do/ke-hoach-duoi/"),
    ):
        page = open_as(person, path)
        assert page.status == 200
        check_page(page)
