"""Alert, case, digest, outlook with something in them: clean on a desk and a phone; a digest approved."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.listening import services
from loa.listening.digest.model import Kind
from loa.listening.fetching import Found
from loa.listening.models import Alert, Case, Digest
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = [
    "bếp ăn",
    "nhà vệ sinh",
    "cổng trường",
    "sân chơi",
    "thư viện",
    "phòng học",
    "lớp một",
    "khối sáu",
    "hội trường",
    "nhà xe",
]


@pytest.fixture
def crisis(cast):
    now = clock.now()
    paper = services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")
    quiet = [
        Found(external=f"q{day}", title=f"Lịch thi học kỳ ngày {day}", published_at=now - dt.timedelta(days=day))
        for day in range(2, 40)
    ]
    loud = [
        Found(
            external=f"b{n}",
            url=f"https://bao.example/{n}",
            title=f"Phụ huynh bức xúc vì các khoản thu sai quy định ở Trường THCS Sơn Thượng: {word}",
            published_at=now - dt.timedelta(minutes=n),
        )
        for n, word in enumerate(WORDS)
    ]
    services.store(paper, [*quiet, *loud])
    while services.analyse_waiting():
        pass
    services.watch(cast.so.pk)
    return services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=clock.today())


def test_pages_with_a_crisis_in_them(open_as, cast, crisis):
    alert, case = Alert.objects.first(), Case.objects.first()
    page = open_as(cast.office, f"/lam-viec/du-luan/canh-bao/{alert.pk}/")
    check_page(page)
    for path in (
        f"vu-viec/{case.pk}/",
        f"diem-bao/{crisis.pk}/",
        "bon-tuan-toi/",
        "canh-bao/",
        "vu-viec/",
        "diem-bao/",
    ):
        page.goto(f"{page.base}/lam-viec/du-luan/{path}")
        page.wait_for_load_state("networkidle")
        check_page(page)


def test_a_digest_is_edited_and_approved(open_as, cast, crisis):
    page = open_as(cast.office, f"/lam-viec/du-luan/diem-bao/{crisis.pk}/")
    page.get_by_label("Nhận định chung").fill("Phụ huynh cần được trả lời trong ngày.")
    page.get_by_role("button", name="Lưu và duyệt").click()
    page.get_by_role("button", name="Duyệt", exact=True).click()
    page.get_by_text("Đã duyệt.").first.wait_for()
    digest = Digest.objects.get()
    assert digest.state == "approved"
    assert digest.summary == "Phụ huynh cần được trả lời trong ngày."


def test_items_are_put_into_a_digest_by_hand(open_as, cast, crisis):
    for width in (390, 1280):
        page = open_as(cast.office, f"/lam-viec/du-luan/diem-bao/{crisis.pk}/", width=width)
        page.get_by_role("button", name="Thêm tin vào Danh mục tin, bài").click()
        page.get_by_label("Từ cần tìm, hoặc dán địa chỉ bài").fill("lịch thi")
        page.get_by_role("button", name="Tìm", exact=True).click()
        check_page(page)
        add = page.get_by_role("button", name="Thêm tin đã chọn")
        assert add.is_disabled()
        page.locator("input[name=tin]").first.check()
        add.click()
        page.get_by_text("Đã thêm 1 tin").first.wait_for()
        check_page(page)
        # by its address: not heard, so it is entered
        page.get_by_role("button", name="Thêm tin vào Vụ việc nổi bật").click()
        page.get_by_label("Từ cần tìm, hoặc dán địa chỉ bài").fill(f"https://bao.example/chua-nghe-{width}")
        page.keyboard.press("Enter")
        page.get_by_text("Loa chưa nghe bài ở địa chỉ này").first.wait_for()
        check_page(page)
        page.get_by_label("Tiêu đề").fill(f"Học sinh trồng rau {width}")
        page.get_by_label("Câu tóm tắt trong điểm báo").fill("Đáng khen.")
        page.get_by_role("button", name="Thêm vào điểm báo").click()
        page.get_by_text("vào mục “Vụ việc nổi bật”").first.wait_for()
        check_page(page)
        page.locator("button[name=bo]", has_text=f"Học sinh trồng rau {width}").click()
        page.get_by_text("Đã lưu và bỏ tin khỏi điểm báo.").first.wait_for()
    assert crisis.lines.filter(added_by=cast.office, story=False).count() == 2
    assert not crisis.lines.filter(title__startswith="Học sinh trồng rau").exists()


def test_two_with_one_digest_open_put_their_words_together(open_as, cast, crisis):
    path = f"/lam-viec/du-luan/diem-bao/{crisis.pk}/"
    mine, theirs = open_as(cast.office, path), open_as(cast.editor, path)
    mine.get_by_label("Nhận định chung").fill("Phụ huynh cần được trả lời trong ngày.")
    mine.get_by_role("button", name="Lưu bản nháp").click()
    mine.wait_for_load_state("networkidle")
    theirs.get_by_label("Nhận định chung").fill("Nhà trường đã trả lại tiền.")
    theirs.get_by_role("button", name="Lưu bản nháp").click()
    theirs.wait_for_load_state("networkidle")
    assert theirs.get_by_label("Nhận định chung").input_value() == "Nhà trường đã trả lại tiền."
    assert theirs.locator(".lis-saved .pre").all_inner_texts() == ["Phụ huynh cần được trả lời trong ngày."]
    assert "409" in theirs.console_errors.pop()
    check_page(theirs)
    together = "Phụ huynh cần được trả lời trong ngày. Nhà trường đã trả lại tiền."
    theirs.get_by_label("Nhận định chung").fill(together)
    theirs.get_by_role("button", name="Lưu bản nháp").click()
    theirs.wait_for_load_state("networkidle")
    crisis.refresh_from_db()
    assert crisis.summary == together
    # Approved meanwhile: what was typed can be copied from the page.
    services.digest_approve(actor=cast.editor, digest=crisis)
    mine.get_by_label("Đề xuất").fill("Công khai các khoản thu.")
    mine.get_by_role("button", name="Lưu bản nháp").click()
    mine.wait_for_load_state("networkidle")
    assert mine.locator("textarea[readonly]").count() == 1
    assert mine.locator("textarea[readonly]").input_value() == "Công khai các khoản thu."
    assert "409" in mine.console_errors.pop()
    check_page(mine)
