"""Loa's own publish checks: what an editor would look for first. Registered in `ready()` (see checks.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.lib.vanban.lint import NOTE, STORY
from loa.newsroom import rules
from loa.newsroom.body import blocks_of, plain
from loa.newsroom.checks import Finding, Level, publish_checks
from loa.newsroom.rules import Consent, Genre
from loa.plans.selectors.legal import notices_of

if TYPE_CHECKING:
    from loa.newsroom.models import Story

_DOUBLE = re.compile(r"\S(?: {2,}|\u00a0 | \u00a0)\S")
_EMPTY_LINK_WORDS = {"tại đây", "ở đây", "link", "xem thêm", "bấm vào đây", "click", "đây"}


def check_title(story: Story) -> Iterator[Finding]:
    """There is a title, it can be read at a glance, and it does not shout."""
    if not story.title:
        yield Finding(Level.BLOCK, "newsroom.title.none", _("Bài chưa có tiêu đề."), field="title")
        return
    words = rules.count_words(story.title)
    if words > rules.TITLE_WORDS:
        yield Finding(
            Level.WARN,
            "newsroom.title.long",
            _("Tiêu đề dài %(words)d chữ.") % {"words": words},
            _("Nên gọn trong %(limit)d chữ để không bị cắt trên điện thoại.") % {"limit": rules.TITLE_WORDS},
            field="title",
        )
    if rules.all_capitals(story.title):
        yield Finding(
            Level.BLOCK,
            "newsroom.title.capitals",
            _("Tiêu đề viết HOA toàn bộ."),
            _("Hãy viết chữ thường, chỉ viết hoa đầu câu và tên riêng."),
            field="title",
        )
    elif story.title.endswith("."):
        yield Finding(Level.WARN, "newsroom.title.stop", _("Tiêu đề có dấu chấm ở cuối."), field="title")


def check_text(story: Story) -> Iterator[Finding]:
    """Lead and body are there, of a fair length, and neatly typed."""
    words = rules.count_words(story.lead)
    if not story.lead and story.genre not in (Genre.VIDEO, Genre.INFOGRAPHIC, Genre.PHOTO, Genre.NOTICE):
        yield Finding(Level.WARN, "newsroom.lead.none", _("Bài chưa có sa-pô."), field="lead")
    elif words > rules.LEAD_WORDS:
        yield Finding(
            Level.WARN,
            "newsroom.lead.long",
            _("Sa-pô dài %(words)d chữ.") % {"words": words},
            _("Nên gọn trong %(limit)d chữ.") % {"limit": rules.LEAD_WORDS},
            field="lead",
        )
    text = plain(story.body)
    if not text and not story.video_url and not story.photos.all():
        yield Finding(Level.BLOCK, "newsroom.body.none", _("Bài chưa có nội dung."), field="body")
    if story.genre == Genre.VIDEO and not story.video_url:
        yield Finding(Level.BLOCK, "newsroom.video.none", _("Video chưa có đường dẫn."), field="video_url")
    doubled = _DOUBLE.search(f"{story.title}\n{story.lead}\n{text}")
    if doubled:
        yield Finding(
            Level.WARN,
            "newsroom.spaces",
            _("Có chỗ gõ hai dấu cách liền nhau."),
            field="body",
            quote=doubled.group(),
        )


def check_validity(story: Story) -> Iterator[Finding]:
    """A notice ends some day; one that is over is not published."""
    if story.past:
        yield Finding(
            Level.BLOCK,
            "newsroom.notice.over",
            _("Ngày hết hiệu lực của thông báo đã qua."),
            _("Hãy chọn ngày khác, hoặc để trống."),
            field="valid_until",
        )
    elif story.is_notice and story.valid_until is None:
        yield Finding(
            Level.WARN,
            "newsroom.notice.endless",
            _("Thông báo chưa có ngày hết hiệu lực."),
            _("Có ngày thì thông báo tự rời danh sách khi hết hạn."),
            field="valid_until",
        )


def check_links(story: Story) -> Iterator[Finding]:
    """The words of a link say where it leads."""
    for block in blocks_of(story.body):
        for words in re.findall(r"<a [^>]*>(.*?)</a>", block):
            text = re.sub(r"<[^>]+>", "", words).strip()
            if text.casefold() in _EMPTY_LINK_WORDS:
                yield Finding(
                    Level.WARN,
                    "newsroom.link.empty",
                    _("Đường dẫn “%(text)s” không nói dẫn đến đâu.") % {"text": text},
                    _("Hãy đặt đường dẫn vào tên của trang hoặc văn bản."),
                    field="body",
                    quote=text,
                )


def check_people(story: Story) -> Iterator[Finding]:
    """No private number or address, no child who could be found."""
    text = f"{story.title}\n{story.lead}\n{plain(story.body)}"
    for number in rules.phone_numbers(text):
        if story.is_notice:
            # A hotline is what many notices are about; whose number it is only people know.
            yield Finding(
                Level.WARN,
                "newsroom.notice.phone",
                _("Có số điện thoại “%(number)s” trong thông báo.") % {"number": number},
                _("Hãy chắc chắn đây là số trực của đơn vị, không phải số riêng."),
                field="body",
                quote=number,
                icon="alert",
            )
            continue
        yield Finding(
            Level.BLOCK,
            "newsroom.private.phone",
            _("Có số điện thoại “%(number)s” trong bài.") % {"number": number},
            _("Hãy bỏ số riêng; cần liên hệ thì ghi văn thư hoặc trang của đơn vị."),
            field="body",
            quote=number,
            icon="alert",
        )
    for address in rules.mail_addresses(text):
        official = address.lower().endswith((".gov.vn", ".edu.vn"))
        if not official:
            yield Finding(
                Level.BLOCK,
                "newsroom.private.mail",
                _("Có thư điện tử riêng “%(address)s” trong bài.") % {"address": address},
                _("Hãy dùng địa chỉ công vụ của đơn vị."),
                field="body",
                quote=address,
            )
    captions = "\n".join(f"{photo.caption}\n{photo.alt}" for photo in story.photos.all())
    for place, where in ((text, "body"), (captions, "photo")):
        for words in rules.pupils_named(place):
            yield Finding(
                Level.WARN,
                "newsroom.child.named",
                _("“%(words)s”: nêu cả họ tên và lớp của học sinh.") % {"words": words},
                _("Nên chỉ nêu tên hoặc chỉ nêu lớp, trừ khi gia đình đã đồng ý."),
                field=where,
                quote=words,
                icon="child",
            )


def check_photos(story: Story) -> Iterator[Finding]:
    """Each photo has words for those who do not see it, and the consent of those in it; else it is held back."""
    photos = list(story.photos.all())
    for number, photo in enumerate(photos, 1):
        missing = []
        if photo.consent == Consent.UNKNOWN:
            missing.append(_("chưa xác nhận sự đồng ý"))
        elif photo.consent == Consent.REFUSED:
            missing.append(_("không được đồng ý"))
        if not photo.alt.strip():
            missing.append(_("thiếu mô tả"))
        if missing:
            yield Finding(
                Level.HOLD,
                "newsroom.photo.held",
                _("Ảnh %(number)d tạm giữ lại: %(why)s.") % {"number": number, "why": ", ".join(missing)},
                _("Bài vẫn đi tiếp; ảnh tự vào bài khi đủ."),
                field="photo",
                photo_id=photo.pk,
                icon="photo",
            )
        elif not photo.caption.strip() or not photo.source.strip():
            yield Finding(
                Level.WARN,
                "newsroom.photo.words",
                _("Ảnh %(number)d thiếu chú thích hoặc tên người chụp.") % {"number": number},
                field="photo",
                photo_id=photo.pk,
                icon="photo",
            )
    if story.genre == Genre.PHOTO and sum(photo.publishable for photo in photos) < 3:
        yield Finding(
            Level.WARN, "newsroom.photo.few", _("Phóng sự ảnh nên có ít nhất 3 ảnh đăng được."), field="photo"
        )


def check_citations(story: Story) -> Iterator[Finding]:
    """Documents that no longer hold, numbers that cannot be, bodies that are no more (the common linter)."""
    text = f"{story.title}\n{story.lead}\n{plain(story.body)}"
    for notice in notices_of(text, scope=STORY):
        if notice.severity == NOTE:
            continue
        words = _("“%(quote)s”: %(message)s") if notice.quote not in notice.message else "%(message)s"
        yield Finding(
            Level.WARN,
            notice.code,
            words % {"quote": notice.quote, "message": notice.message},
            notice.todo,
            field="body",
            quote=notice.quote,
            icon="law",
        )


_GOOD = (
    ("title", "newsroom.title.ok", gettext_lazy("Tiêu đề gọn, viết hoa đúng")),
    (
        "people",
        "newsroom.private.ok",
        gettext_lazy("Không có số điện thoại riêng, không nêu họ tên kèm lớp"),
    ),
    ("photos", "newsroom.photo.ok", gettext_lazy("Ảnh đủ chú thích, mô tả và sự đồng ý")),
    ("text", "newsroom.text.ok", gettext_lazy("Có sa-pô và nội dung, gõ gọn gàng")),
)

_CHECKS = {
    "title": check_title,
    "text": check_text,
    "validity": check_validity,
    "links": check_links,
    "people": check_people,
    "photos": check_photos,
    "citations": check_citations,
}


def look_over(story: Story) -> Iterator[Finding]:
    """All of the above, and a good word where there was nothing to say."""
    silent = set(_CHECKS)
    for name, check in _CHECKS.items():
        for finding in check(story):
            silent.discard(name)
            yield finding
    if not story.photos.all():
        silent.discard("photos")
    for name, code, text in _GOOD:
        if name in silent:
            yield Finding(Level.OK, code, text, icon="check")


def register() -> None:
    """Put the checks of the newsroom into the registry (from `ready()`)."""
    publish_checks.register("newsroom", look_over, order=10)
