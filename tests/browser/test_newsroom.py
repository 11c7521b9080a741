"""The newsroom in a real browser: typing, pasting, losing the network, two hands; axe on each page."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import OperationalError

from loa.newsroom import services
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage, VersionKind
from loa.newsroom.tests.factories import draft, on_board, picture, published, sent, with_photo
from loa.newsroom.workflow import ensure
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)

WORD = """<html><body><p class=MsoNormal style='color:red'><b>Đoạn từ Word</b><o:p></o:p></p>
<p class=MsoNormal>Đoạn hai<script>alert(1)</script></p></body></html>"""
PASTE = """(el, html) => {
  const data = new DataTransfer();
  data.setData('text/html', html);
  el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(autouse=True)
def _workflow(db):
    ensure()


def write_page(open_as, cast, story, width=390):
    page = open_as(cast.owner, f"/lam-viec/tin-bai/{story.pk}/viet/", width=width)
    assert page.status == 200
    return page


def saved(page, story, **wanted):
    """Wait until the page has saved these words by itself; what is there in the end is asserted by the test."""
    for _try in range(80):
        page.wait_for_timeout(250)
        try:
            story.refresh_from_db()
        except OperationalError:  # the server is writing this very moment: the database in memory does not wait
            continue
        if all(words in getattr(story, name) for name, words in wanted.items()):
            break
    page.wait_for_function("() => !document.querySelector('[data-save-status]').className.match(/busy|offline/)")


def test_typing_and_pasting_are_saved_by_themselves(open_as, cast):
    story = draft(cast, body="<p>Câu đầu.</p>")
    page = write_page(open_as, cast, story)
    page.fill("#title", "Tựa gõ trên điện thoại")
    page.click("[data-rich]")
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("Câu gõ bằng bộ gõ tiếng Việt")
    page.keyboard.press("Enter")
    page.eval_on_selector("[data-rich]", PASTE, WORD)
    saved(page, story, title="Tựa gõ", body="Đoạn hai")
    assert story.title == "Tựa gõ trên điện thoại"
    assert story.body == (
        "<p>Câu đầu.</p><p>Câu gõ bằng bộ gõ tiếng Việt</p><p><b>Đoạn từ Word</b></p><p>Đoạn hai</p>"
    )
    assert story.versions.count() == 1
    page.click("text=Gửi duyệt")
    page.wait_for_url("**/tin-bai/*/")
    story.refresh_from_db()
    assert story.stage == Stage.UNIT_REVIEW


def test_what_could_not_be_sent_waits_on_the_machine(open_as, cast):
    story = draft(cast)
    page = write_page(open_as, cast, story)
    page.context.set_offline(True)
    page.fill("#lead", "Viết khi mất mạng")
    page.wait_for_selector("[data-save-status].offline", timeout=15000)
    services.story_save(actor=cast.lead, story_id=story.pk, version=1, fields={"lead": "Thầy sửa trong lúc ấy"})
    context, address = page.context, page.url
    again = context.new_page()
    page.close(run_before_unload=False)
    context.set_offline(False)
    again.goto(address)
    again.wait_for_selector("[data-restore]:not([hidden])")
    again.click("[data-restore-use]")
    again.wait_for_url("**/xung-dot/**", timeout=15000)
    assert "Viết khi mất mạng" in again.inner_text("main")
    assert "Thầy sửa trong lúc ấy" in again.inner_text("main")
    story.refresh_from_db()
    assert story.lead == "Thầy sửa trong lúc ấy"
    assert story.versions.filter(kind=VersionKind.CONFLICT).count() == 1


def test_photos_from_the_phone(open_as, cast, tmp_path: Path):
    story = draft(cast)
    good, bad = tmp_path / "anh.jpg", tmp_path / "khong.jpg"
    good.write_bytes(picture().read())
    bad.write_bytes(b"khong phai anh")
    page = write_page(open_as, cast, story)
    page.fill("#title", "Tựa không mất khi ảnh hỏng")
    page.set_input_files("[data-photo-add] input[type=file]", [str(good), str(bad)])
    page.wait_for_selector("[data-photo-form]")
    page.wait_for_selector("[data-uploads] li.bad")
    assert "không mở được" in page.inner_text("[data-uploads]")
    page.fill("[data-photo-form] [name=alt]", "Hai cô chia cơm")
    page.select_option("[data-photo-form] [name=consent]", "public_event")
    page.wait_for_selector("[data-photo-state].ok")
    saved(page, story, title="Tựa không mất")
    photo = story.photos.get()
    assert photo.publishable
    assert Story.objects.get().title == "Tựa không mất khi ảnh hỏng"


def test_a_remark_quotes_what_is_marked(open_as, cast):
    story = on_board(cast)
    page = open_as(cast.editor, f"/lam-viec/tin-bai/{story.pk}/bien-tap/")
    page.eval_on_selector(
        "[data-rich] p:nth-of-type(2)",
        "el => { const s = getSelection(); s.removeAllRanges(); const r = document.createRange();"
        " r.selectNodeContents(el); s.addRange(r); document.dispatchEvent(new Event('selectionchange')); }",
    )
    page.fill("#gop-y-text", "Lấy số ở đâu?")
    page.click("text=Gửi ý kiến")
    page.wait_for_selector(".cm")
    assert story.comments.get().quote == "Kho chỉ còn gạo và bí đỏ."


def test_publishing_waits_for_what_was_just_typed(open_as, cast):
    story = on_board(cast)
    page = open_as(cast.editor, f"/lam-viec/tin-bai/{story.pk}/bien-tap/")
    page.fill("#title", "Tựa sửa ngay trước khi đăng")
    page.click("button:has-text('Duyệt và đăng')")
    page.click("#dang button:has-text('Đồng ý')")
    page.wait_for_url("**/tin-bai/*/")
    story.refresh_from_db()
    assert (story.live, story.title) == (True, "Tựa sửa ngay trước khi đăng")


def test_every_screen_is_clean(open_as, cast):
    story = draft(cast)
    with_photo(cast, story)
    waiting, board, live = sent(cast), on_board(cast), published(cast)
    services.story_comment(actor=cast.editor, story_id=board.pk, text="Dẫn nguồn", quote="Kho chỉ còn gạo")
    services.story_review_edit(actor=cast.editor, story_id=board.pk, version=1, fields={"lead": "Lời mới"})
    services.story_save(actor=cast.lead, story_id=story.pk, version=1, fields={"title": "của thầy"})
    with pytest.raises(services.EditConflict) as caught:
        services.story_save(actor=cast.owner, story_id=story.pk, version=1, fields={"title": "của cô"})
    base = "/lam-viec/tin-bai/"
    for who, path in (
        (cast.owner, "?xem=toi"),
        (cast.owner, "moi/"),
        (cast.owner, f"{story.pk}/viet/"),
        (cast.owner, f"{story.pk}/xung-dot/{caught.value.kept.number}/"),
        (cast.owner, f"{live.pk}/"),
        (cast.owner, f"{story.pk}/xem-truoc/"),
        (cast.lead, "cho-duyet/"),
        (cast.lead, f"{waiting.pk}/duyet/"),
        (cast.editor, "bien-tap/"),
        (cast.editor, f"{board.pk}/bien-tap/"),
        (cast.editor, f"{board.pk}/bien-tap/?cu=2&moi=3"),
        (cast.editor, f"{live.pk}/dinh-chinh/"),
        (cast.editor, f"{live.pk}/so-sanh/"),
        (cast.editor, "tat-ca/"),
    ):
        page = open_as(who, base + path)
        assert page.status == 200, path
        # The tests keep pictures in memory, where the live server does not find them.
        page.console_errors = [error for error in page.console_errors if "404" not in error]
        check_page(page, include="main", widths=(1280,) if who == cast.editor else (390,))
        page.context.close()
