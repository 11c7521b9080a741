"""Notices of the demo: an urgent one, some in force, one that is over, a school's own, two that wait for approval."""

from __future__ import annotations

import datetime as dt
from typing import Any

from loa.bulletins import channels as bulletin_channels
from loa.bulletins import selectors as bulletin_reads
from loa.channels import services as channels
from loa.channels.models import ChannelAccount
from loa.channels.webpush.models import PushSubscription
from loa.core import clock
from loa.demo.people import Cast
from loa.newsroom import services
from loa.newsroom.channels import draft_of
from loa.newsroom.models import Story
from loa.press import channels as press_channels
from loa.press.models import Release
from loa.press.rules import State

#: title, body, last day counted from today (None: no last day), urgent, published so many hours ago
OF_THE_SO: list[tuple[str, str, int | None, bool, float]] = [
    (
        "Tạm dừng hệ thống đăng ký dự thi từ 22 giờ để bảo trì",
        "<p>Hệ thống đăng ký dự thi học sinh giỏi tạm dừng từ 22 giờ đến 5 giờ sáng hôm sau. Hồ sơ đã nộp không bị ảnh "
        "hưởng.</p>",
        -4, False, 150,
    ),
    (
        "Đổi số điện thoại tiếp nhận phản ánh của phụ huynh",
        "<p>Từ tuần này, phụ huynh gọi số 0238 355 0190 trong giờ hành chính. Số cũ chuyển máy đến hết tháng.</p>"
        "<p>Ngoài giờ, mời nhắn qua Zalo của Sở; Văn phòng trả lời trong 24 giờ.</p>",
        45, False, 98,
    ),
    (
        "Lịch khảo sát chất lượng lớp 9 và lớp 12",
        "<p>Các trường khảo sát chung đề, chung giờ.</p><ul><li>Lớp 9: Ngữ văn, Toán, Tiếng Anh</li><li>Lớp 12: Ngữ văn, "
        "Toán và hai môn tự chọn</li></ul><p>Giờ thi và phòng thi do trường niêm yết trước ba ngày.</p>",
        20, False, 52,
    ),
    (
        "Mời phụ huynh dự buổi tư vấn trực tuyến về tuyển sinh lớp 10",
        "<p>Buổi tư vấn phát trực tiếp trên trang của Sở lúc 19 giờ 30 thứ Năm. Phụ huynh gửi câu hỏi trước qua Zalo.</p>",
        6, False, 27,
    ),
    (
        "Học sinh bảy xã vùng cao nghỉ học ngày mai do mưa lũ",
        "<p>Mưa lớn làm ngập các ngầm tràn. Học sinh bảy xã vùng cao nghỉ học ngày mai; học sinh bán trú ở lại trường, có "
        "thầy cô trực và đủ ba bữa.</p><p>Phụ huynh không đưa con qua ngầm. Giờ học lại, các trường báo trước 20 giờ.</p>",
        1, True, 2,
    ),
]  # fmt: skip


def tell(cast: Cast, now: dt.datetime) -> int:
    """Write, send and approve them by the services people use. Returns how many there are."""
    editor, chief = cast.personas["minh"], cast.personas["ha"]
    today = clock.local(now).date()
    for title, body, days, urgent, hours in OF_THE_SO:
        # A notice cannot begin after its last day: it is written when that day was still to come.
        begun = now - dt.timedelta(hours=hours)
        story = _sent(
            editor, cast.so.pk, begun, title=title, body=body, urgent=urgent, on_main_portal=True,
            valid_until=None if days is None else today + dt.timedelta(days=days),
        )  # fmt: skip
        with clock.frozen(begun + dt.timedelta(minutes=12)):
            services.story_publish(actor=chief, story_id=story.pk, version=story.version)
    school, author = cast.school, cast.contributors[cast.school.pk]
    own = _sent(
        author, school.pk, now - dt.timedelta(hours=30), title="Mời họp phụ huynh giữa học kỳ",
        body="<p>Nhà trường mời phụ huynh họp lúc 8 giờ thứ Bảy tại lớp của con. Phụ huynh ở điểm trường xa dự qua điện "
        "thoại với cô chủ nhiệm.</p>",
        on_main_portal=False, valid_until=today + dt.timedelta(days=5),
    )  # fmt: skip
    with clock.frozen(now - dt.timedelta(hours=29)):
        services.story_approve_unit(actor=cast.leads[school.pk], story_id=own.pk, version=own.version)
    _sent(
        author, school.pk, now - dt.timedelta(minutes=50), title="Đổi lịch tiêm chủng của khối 6 sang thứ Tư",
        body="<p>Trạm y tế đổi lịch tiêm sang sáng thứ Tư. Học sinh mang theo phiếu đồng ý có chữ ký của phụ huynh.</p>",
        on_main_portal=False, valid_until=today + dt.timedelta(days=4),
    )  # fmt: skip
    _sent(
        author, school.pk, now - dt.timedelta(minutes=35), title="Nhận hồ sơ học sinh chuyển trường trong học kỳ",
        body=f"<p>{school.name} nhận hồ sơ chuyển trường vào sáng thứ Hai và thứ Năm hằng tuần, tại phòng văn thư.</p>",
        on_main_portal=True, valid_until=today + dt.timedelta(days=40),
    )  # fmt: skip
    return len(OF_THE_SO) + 3


def _sent(author: Any, unit_id: int, at: dt.datetime, **fields: Any) -> Story:
    with clock.frozen(at):
        story = services.story_create(actor=author, unit_id=unit_id, fields={"genre": "notice", **fields})
        return services.story_submit(actor=author, story_id=story.pk, version=story.version)


def post_others(cast: Cast) -> int:
    """The last bulletin and the release with pictures, on Facebook and Zalo."""
    editor, count = cast.personas["minh"], 0
    issue = bulletin_reads.public().filter(mailing_list__unit=cast.so).first()
    release = Release.objects.filter(state=State.RELEASED, photos__on_channels=True).first()
    drafts = [
        *([("ban-tin", issue.pk, bulletin_channels.draft_of(issue))] if issue else []),
        *([("thong-cao", release.pk, press_channels.draft_of(release))] if release else []),
    ]
    for account in ChannelAccount.objects.filter(unit=cast.so, kind__in=("facebook", "zalo"), active=True):
        for name, pk, draft in drafts:
            channels.post_queue(
                actor=editor, account_id=account.pk, draft=draft, key=f"demo-{name}-{pk}:{account.pk}"
            )
            count += 1
    return count


def post_urgent(cast: Cast) -> int:
    """The urgent notice on every channel that takes words: as a page, an article, a message, in browsers."""
    story = Story.objects.filter(live=True, urgent=True).order_by("-published_at").first()
    if story is None:
        return 0
    draft, count = draft_of(story), 0
    kinds = ("facebook", "zalo", "sms", "webpush")
    for account in ChannelAccount.objects.filter(unit=cast.so, kind__in=kinds, active=True):
        if account.kind == "webpush" and not PushSubscription.objects.filter(account=account).exists():
            continue  # no stand-in of a push service runs: nobody has asked for notices
        channels.post_queue(
            actor=cast.personas["minh"],
            account_id=account.pk,
            draft=draft,
            key=f"demo-notice-{story.pk}:{account.pk}",
        )
        count += 1
    return count
