"""Checking the reading of a signed plan: keyboard, editing in place, taking back, groups, up to the issue."""

from __future__ import annotations

import re

import pytest

from loa.plans import services
from loa.plans.models import Finding, Plan
from loa.plans.rules import FindingState
from loa.plans.rules.directives import problems
from loa.plans.tasks import read_plan_document
from loa.plans.tests.factories import make_direct_class, plan_file
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(cast) -> Plan:
    services.load_legal_documents()
    make_direct_class()
    plan = services.upload_plan(actor=cast.office, unit=cast.so, upload=plan_file())
    document = plan.documents.get()
    if document.state == document.State.QUEUED:
        read_plan_document.call(document.pk)
    plan.refresh_from_db()
    return plan


def decided(page) -> int:
    return int(re.match(r"(\d+)/", page.locator("#tien-do .big").inner_text())[1])


def test_from_the_first_card_to_the_last(open_as, cast, plan):
    page = open_as(cast.office, f"/lam-viec/ke-hoach/{plan.pk}/doi-chieu/")
    check_page(page)
    assert "Hết hiệu lực" in page.locator("#cac-muc").inner_text()

    # Enter confirms, counts, folds the card and goes on to the next one
    first = Finding.objects.filter(plan=plan, state=FindingState.PROPOSED, question__isnull=True).earliest(
        "position"
    )
    card = page.locator(f"#m{first.position}")
    card.locator("summary").click()
    before = decided(page)
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    page.locator("#tien-do .big", has_text=f"{before + 1}/").wait_for()
    page.locator(f"#m{first.position}:not([open])").wait_for()
    assert "Đã xác nhận" in card.locator("summary").inner_text()
    page.locator(f"[data-card].on:not([data-card='{first.position}'])").wait_for()

    # taken back on the same card
    card.locator("summary").click()
    card.get_by_text("Hoàn tác").click()
    page.locator("#tien-do .big", has_text=f"{before}/").wait_for()
    first.refresh_from_db()
    assert first.state == FindingState.PROPOSED

    # E edits without leaving; what was read stays beside it
    topic = Finding.objects.filter(plan=plan, kind="topic").earliest("position")
    page.locator(f"#m{topic.position} summary").click()
    page.locator(f"#m{topic.position} summary").focus()
    page.keyboard.press("e")
    field = page.locator(f"#m{topic.position} [name=short_title]")
    field.wait_for()
    field.fill("Tên gọn mới")
    page.locator(f"#m{topic.position}").get_by_text("Lưu và xác nhận").click()
    page.locator(f"#m{topic.position} [data-editing]").wait_for(state="detached")
    topic.refresh_from_db()
    assert (topic.data["short_title"], topic.state) == ("Tên gọn mới", FindingState.CONFIRMED)
    assert topic.original["short_title"] != "Tên gọn mới"

    # a whole group at once leaves what is doubted
    page.goto(page.url.split("#")[0] + "?loc=noi-dung")
    page.get_by_role("button", name=re.compile("mục đã rõ")).click()
    page.wait_for_load_state("networkidle")
    left = Finding.objects.filter(plan=plan, state=FindingState.PROPOSED)
    assert left.exists()
    topics = left.filter(kind="topic")
    assert all(row.question or row.warning or problems(row.kind, row.data) for row in topics)
    check_page(page)

    # with the last one decided the plan can be issued
    for row in left.order_by("position"):
        while row.question and row.question.get("choices") and row.state == FindingState.PROPOSED:
            services.answer_question(actor=cast.office, finding=row, choice=0)
            row.refresh_from_db()
        if row.question or problems(row.kind, row.data):  # nobody the words could mean in this small Sở
            services.dismiss_finding(actor=cast.office, finding=row)
        elif row.state == FindingState.PROPOSED:
            services.confirm_finding(actor=cast.office, finding=row)
    page.reload()
    page.get_by_role("link", name="Ban hành, giao việc").click()
    page.wait_for_load_state("networkidle")
    check_page(page)


def test_on_a_phone_one_column_at_a_time(open_as, cast, plan):
    page = open_as(cast.office, f"/lam-viec/ke-hoach/{plan.pk}/doi-chieu/", width=390)
    assert page.locator("[data-pane=cards]").is_visible()
    assert not page.locator("[data-pane=doc]").is_visible()
    page.get_by_role("tab", name="Văn bản", exact=True).click()
    assert page.locator("[data-pane=doc]").is_visible()
    page.locator("[data-pane=doc] [data-mk]").first.click()
    assert page.locator("[data-pane=cards]").is_visible()
    check_page(page)
