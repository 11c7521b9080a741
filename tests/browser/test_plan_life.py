"""Screens of a plan's year: tasks, amendments, plans below. Clean on a desk and a phone."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.plans import services
from loa.plans.tests.factories import make_class, make_plan, make_task, make_topic
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
