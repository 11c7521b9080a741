"""The whole loop in a real browser, with six people, from a signed plan to a filed report.

The officer uploads a plan (the real one of Hoà Bình where it is at hand, else one of our own), checks every
finding and issues it; a contributor writes on a phone; the head of the school approves; an editor publishes; a
visitor reads; what the school owes turns "Đạt"; the report is written, signed and exported. A picture of every
step is kept in the folder named by LOA_SCREENSHOTS.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from pathlib import Path

import pytest
from docx import Document
from PIL import Image

from loa.core import clock
from loa.lib.vanban.tests.real_plans import folder as real_plans
from loa.newsroom.models import Story
from loa.org.rules import Kind, Role
from loa.org.seeds import seed_unit_classes
from loa.org.tests.factories import make_unit, make_user
from loa.plans.models import Finding, Plan
from loa.plans.rules import FindingState, PlanStatus
from loa.portal.models import MemberSite
from loa.reporting.models import Report
from loa.reporting.tests.conftest import make_story
from tests.browser.check import check_page

ROOT = Path(__file__).resolve().parent.parent.parent
OWN = ROOT / "loa/lib/vanban/tests/fixtures/song-lam-2026.docx"
LEAD = (
    "Không mua sách mới, lớp 8A bắt đầu bằng bốn mươi hai cuốn sách cũ các gia đình mang tới và một quyển sổ mượn "
    "tự kẻ. Sau một học kỳ, bảy lớp khác đã xin mẫu sổ để làm theo."
)
BODY = [
    "Cô chủ nhiệm kê lại chiếc tủ đựng đồ cũ, xếp sách theo độ dày chứ không theo môn.",
    "Mỗi thứ Hai, học sinh mang sách về. Tối thứ Năm, cả nhà đọc chung hai mươi phút.",
    "Nhà trường dành một tiết sinh hoạt mỗi tháng để học sinh giới thiệu sách trước sân trường.",
]


class World:
    """A small Sở whose units the plan speaks of."""

    def __init__(self, plan: Path, today: dt.date) -> None:
        self.plan, self.today = plan, today
        seed_unit_classes()
        self.so = make_unit("Sở Giáo dục và Đào tạo tỉnh Sông Lam", Kind.SO, short_name="Sở GD&ĐT Sông Lam")
        for name in (
            "Phòng Tổ chức cán bộ",
            "Phòng Kế hoạch tài chính",
            "Phòng Giáo dục mầm non và Giáo dục tiểu học",
            "Phòng Giáo dục trung học",
            "Phòng Quản lý chất lượng giáo dục",
            "Phòng Thanh tra",
            "Phòng Chính trị tư tưởng và Giáo dục thường xuyên, chuyên nghiệp",
        ):
            make_unit(name, Kind.PHONG_SO, self.so)
        make_unit("Văn phòng Sở", Kind.VAN_PHONG, self.so)
        closed = dt.date(2025, 7, 1) if today < dt.date(2025, 7, 1) else None
        if closed:
            for name in ("Phòng GD&ĐT huyện Mường Sai", "Phòng GD&ĐT thành phố Sông Lam"):
                make_unit(name, Kind.PHONG_GDDT, self.so)
        else:
            for name in ("Xã Mường Sai", "Phường Lam Giang"):
                make_unit(name, Kind.UBND_XA, self.so)
        self.school = make_unit("Trường THPT Lam Giang", Kind.THPT, self.so)
        make_unit("Trường THPT Sơn Hạ", Kind.THPT, self.so)
        MemberSite.objects.create(unit=self.so, slug="so", name=self.so.name, is_main=True)
        MemberSite.objects.create(unit=self.school, slug="thpt-lam-giang", name=self.school.name)
        self.officer = make_user("Lê Mai Phương", (Role.FOCAL, self.so))
        self.writer = make_user("Lương Thị Mến", (Role.CONTRIBUTOR, self.school))
        self.head = make_user("Hà Văn Toàn", (Role.UNIT_LEAD, self.school))
        self.editor = make_user("Trần Đức Minh", (Role.EDITOR, self.so))
        self.director = make_user("Phạm Quốc Bảo", (Role.LEADER, self.so))
        #: the period whose share is met by the story of this journey
        self.period = f"Tháng {today.month}/{today.year}"
        if plan == OWN:
            # That plan asks for three a quarter: two are public already, from before it was issued.
            self.period = f"Quý II/{today.year}"
            for day in (10, 20):
                make_story(self.school, self.writer, f"{today.year}-04-{day}", title=f"Ngày hội đọc sách {day}/4")


@pytest.fixture
def world(transactional_db, monkeypatch):
    real = real_plans() / "hoa-binh-2025.txt"
    if real.is_file():
        plan, today = real, dt.date(2025, 5, 12)
    else:
        plan, today = OWN, dt.date(2026, 5, 12)
    moment = dt.datetime.combine(today, dt.time(9), tzinfo=clock.VIETNAM).astimezone(dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return World(plan, today)


@pytest.fixture
def keep(request):
    """`keep(page, name)`: a picture of the step; fails when the page is not clean."""
    target = os.environ.get("LOA_SCREENSHOTS")
    counter = iter(range(1, 100))

    def kept(page, name: str) -> None:
        size = page.viewport_size
        check_page(page)
        page.set_viewport_size(size)
        number = next(counter)
        if target:
            folder = Path(target)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(folder / f"{number:02d}-{name}.png"), full_page=False)

    return kept


def photo() -> bytes:
    out = io.BytesIO()
    Image.open(ROOT / "loa/demo/art/tu-sach.webp").convert("RGB").save(out, "JPEG")
    return out.getvalue()


def settle(page, base: str, plan: Plan) -> None:
    """Confirm by group what is clear, then look at each doubt: take the first answer, else leave it out."""
    group = page.get_by_role("button", name="mục đã rõ")
    if group.count():
        group.first.click()
        page.wait_for_load_state("networkidle")
    for finding in Finding.objects.filter(plan=plan, state=FindingState.PROPOSED).order_by("position"):
        finding.refresh_from_db()
        if finding.state != FindingState.PROPOSED:
            continue
        for _attempt in range(4):
            finding.refresh_from_db()
            if finding.state != FindingState.PROPOSED:
                break
            card = page.locator(f"#m{finding.position}")
            card.evaluate("card => { card.open = true }")
            if card.locator("input[name=choice]").count():
                card.locator("input[name=choice]").first.check()
                button = card.get_by_role("button", name="Chọn và xác nhận")
            elif card.get_by_role("button", name="sang mục sau").count():
                button = card.get_by_role("button", name="sang mục sau")
            else:
                button = card.get_by_role("button", name="Bỏ mục này")
            with page.expect_response(lambda answer: "/muc/" in answer.url):
                button.first.click()
            page.wait_for_load_state("networkidle")


def test_from_a_signed_plan_to_a_filed_report(world, open_as, keep):
    # 1. the officer uploads the plan; a job reads it; every finding is looked at; it is issued
    page = open_as(world.officer, "/lam-viec/ke-hoach/moi/")
    keep(page, "ke-hoach-dua-len")
    page.set_input_files("input[name=file]", str(world.plan))
    page.get_by_role("button", name="Đưa lên và đọc").click()
    page.wait_for_url("**/doi-chieu/**", timeout=20_000)
    keep(page, "ke-hoach-doi-chieu")
    plan = Plan.objects.get()
    settle(page, page.base, plan)
    page.goto(f"{page.base}/lam-viec/ke-hoach/{plan.pk}/thong-tin/")
    page.fill("input[name=number]", "21/KH-SGDĐT")
    page.fill("input[name=signed_on]", f"{world.today.year}-01-16")
    if not page.input_value("[name=signer]"):
        page.fill("[name=signer]", "Phạm Quốc Bảo")
    page.get_by_role("button", name="Lưu").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{page.base}/lam-viec/ke-hoach/{plan.pk}/ban-hanh/")
    keep(page, "ke-hoach-ban-hanh")
    page.get_by_role("button", name="Ban hành, giao việc").click()
    page.wait_for_load_state("networkidle")
    plan.refresh_from_db()
    assert plan.status == PlanStatus.ISSUED
    keep(page, "ke-hoach-da-ban-hanh")
    page = open_as(world.officer, "/lam-viec/tien-do/")
    assert "Trường THPT Lam Giang" in page.content()
    keep(page, "tien-do")

    # 2. the school writes on a phone
    page = open_as(world.writer, "/lam-viec/", width=390)
    keep(page, "truong-viec-cua-toi")
    page.goto(f"{page.base}/lam-viec/tin-bai/moi/")
    keep(page, "truong-bai-moi")
    page.get_by_role("button", name="Bắt đầu viết").click()
    page.wait_for_url("**/viet/**")
    page.fill("#title", "Tủ sách lớp 8A và tối thứ Năm đọc chung")
    page.fill("#lead", LEAD)
    page.locator("[data-rich] [contenteditable], [data-rich][contenteditable]").first.click()
    for paragraph in BODY:
        page.keyboard.insert_text(paragraph)
        page.keyboard.press("Enter")
    page.set_input_files("input[name=photo]", {"name": "tu-sach.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.locator("[data-photo] textarea[name=alt]").fill("Kệ sách nhiều màu trong lớp học")
    page.locator("[data-photo] textarea[name=caption]").fill("Tủ sách do học sinh và phụ huynh cùng làm")
    page.locator("[data-photo] input[name=source]").fill("Lương Thị Mến")
    with page.expect_response(lambda answer: "/tin-bai/anh/" in answer.url and answer.request.method == "POST"):
        page.locator("[data-photo] select[name=consent]").select_option("no_people")
    page.wait_for_load_state("networkidle")
    keep(page, "truong-viet-bai")
    page.get_by_role("button", name="Gửi duyệt").click()
    page.wait_for_load_state("networkidle")
    story = Story.objects.get(live=False)
    assert story.stage == "unit_review"
    page.goto(f"{page.base}/lam-viec/tin-bai/{story.pk}/")
    keep(page, "truong-theo-doi-bai")

    # 3. the head approves in two taps
    page = open_as(world.head, f"/lam-viec/tin-bai/{story.pk}/duyet/", width=390)
    keep(page, "hieu-truong-duyet")
    page.get_by_text("Duyệt bài", exact=True).first.click()
    page.locator("dialog#xac-nhan button").first.click()
    page.wait_for_load_state("networkidle")
    story.refresh_from_db()
    assert story.stage == "board_review"

    # 4. the editor publishes
    page = open_as(world.editor, "/lam-viec/tin-bai/bien-tap/")
    keep(page, "ban-bien-tap-hang-cho")
    page.goto(f"{page.base}/lam-viec/tin-bai/{story.pk}/bien-tap/")
    keep(page, "ban-bien-tap-duyet")
    page.locator("[data-open=dang]").first.click()
    page.locator("dialog#dang").get_by_role("button", name="Đồng ý").click()
    page.wait_for_load_state("networkidle")
    story.refresh_from_db()
    assert story.stage == "published"

    # 5. everybody reads it
    page = open_as(None, "/")
    assert "Tủ sách lớp 8A" in page.content()
    keep(page, "cong-so")
    page.get_by_role("link", name="Tủ sách lớp 8A").first.click()
    page.wait_for_load_state("networkidle")
    assert BODY[0] in page.content()
    keep(page, "cong-bai-viet")

    # 6. what the school owes is met by it, without anybody typing anything
    page = open_as(world.writer, f"/lam-viec/tien-do/don-vi/{world.school.pk}/", width=390)
    assert page.locator(".slot.done", has_text=world.period).count() >= 1
    keep(page, "truong-dat-chi-tieu")

    # 7. the report: prefilled, sent, signed by the head, exported
    page = open_as(world.writer, "/lam-viec/bao-cao/", width=390)
    keep(page, "bao-cao")
    page.locator("summary", has_text="Lập báo cáo kỳ khác").click()
    page.get_by_role("button", name="Lập báo cáo").last.click()
    page.wait_for_load_state("networkidle")
    report = Report.objects.get()
    keep(page, "bao-cao-dien-san")
    page.locator("button", has_text="Gửi").last.click()
    page.wait_for_load_state("networkidle")
    report.refresh_from_db()
    assert report.status == Report.Status.SUBMITTED
    page = open_as(world.head, f"/lam-viec/bao-cao/{report.pk}/", width=390)
    page.locator("[data-open=ky]").first.click()
    page.locator("dialog#ky").get_by_role("button", name="Ký duyệt").click()
    page.wait_for_load_state("networkidle")
    report.refresh_from_db()
    assert report.status == Report.Status.APPROVED
    keep(page, "bao-cao-da-ky")
    answer = page.request.get(f"{page.base}/lam-viec/bao-cao/{report.pk}/tai/docx/")
    text = "\n".join(
        cell.text
        for table in Document(io.BytesIO(answer.body())).tables
        for row in table.rows
        for cell in row.cells
    )
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert page.request.get(f"{page.base}/lam-viec/bao-cao/{report.pk}/tai/pdf/").body().startswith(b"%PDF-")

    # the director sees the year on one page
    page = open_as(world.director, "/lam-viec/")
    keep(page, "lanh-dao")
