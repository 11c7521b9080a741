"""What the demo's readers write below articles: shown, answered, waiting, refused, appealed, taken back; invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from loa.channels.inbound.models import Action
from loa.channels.rules import Status
from loa.core import clock
from loa.demo.people import Cast
from loa.feedback import services as inbox
from loa.feedback.models import Ground, Remark, Thread
from loa.newsroom.models import Story
from loa.portal.comments import services, talk
from loa.portal.comments.access import stories_of
from loa.portal.comments.rules import KIND, code_of
from loa.portal.models import Comment, MemberSite


@dataclass(frozen=True)
class Said:
    """One comment. `ago`: hours; `does`: what became of it; `answer`: what the office said."""

    ago: float
    name: str
    text: str
    does: str = "waits"
    answer: str = ""


#: words of the title → what is said below the newest such article
BELOW: list[tuple[str, list[Said]]] = [
    (
        "bếp ăn bán trú",
        [
            Said(
                150,
                "Một phụ huynh lớp 2",
                "Kết luận chung chung quá. Bao nhiêu mẫu được gửi đi, bao giờ có kết quả, ai chịu trách nhiệm? "
                "Phụ huynh chúng tôi cần câu trả lời rõ.",
                "answered",
                "Đã lấy 06 mẫu thức ăn và 02 mẫu nước; kết quả kiểm nghiệm đăng tại trang này trong ngày nhận được. "
                "Trong lúc chờ, bếp dừng nấu, trường đặt suất ăn của đơn vị đủ điều kiện. Người trả lời phụ huynh "
                "là hiệu trưởng, số điện thoại ở mục Liên hệ.",
            ),
            Said(
                148,
                "Ba cháu Bo",
                "Cảm ơn các bác sĩ và thầy cô đã đưa các cháu đi khám ngay trong đêm.",
                "shown",
            ),
            Said(
                126,
                "Người làm bếp đã nghỉ hưu",
                "Tôi nấu bếp ăn tập thể ba mươi năm. Đề nghị Sở bắt buộc mọi bếp lưu mẫu đủ 24 giờ và có tủ lạnh "
                "riêng cho mẫu; nhiều nơi để chung với thức ăn.",
                "answered",
                "Cảm ơn bác. Quy định lưu mẫu đã có; từ tháng 12 đoàn kiểm tra ghi thêm mục tủ lưu mẫu riêng vào biên "
                "bản theo góp ý của bác.",
            ),
            Said(
                99,
                "PHHS",
                "Nói thì hay, tháng trước tôi phản ánh cơm nguội có ai trả lời đâu. Làm ăn tắc trách!",
                "answered",
                "Chúng tôi đã tìm lại: phản ánh ngày 12 gửi vào hộp thư cũ nên không ai đọc, đây là lỗi của Sở. Hộp "
                "thư cũ đã chuyển tiếp về hộp thư chung; việc cơm nguội trường đã thay nồi giữ nhiệt từ tuần trước.",
            ),
            Said(
                80,
                "Hóng",
                "Con mụ hiệu trưởng ăn chặn tiền ăn của trẻ con, nhà nó ở ngõ 9, gặp là đánh cho chừa.",
                "refused",
            ),
            Said(
                30,
                "Chị Lài",
                "Cho hỏi trường nghỉ ăn bán trú mấy hôm nay có trả lại tiền ăn không ạ?",
                "given",
            ),
            Said(
                5,
                "Phụ huynh lớp 3A",
                "Sáng nay lại có hai cháu đau bụng sau giờ ăn phụ, số tôi 0912 345 678. Nhà trường kiểm tra gấp!",
            ),
        ],
    ),
    (
        "khoản thu",
        [
            Said(
                210,
                "Bố có hai con đi học",
                "Bảng công khai rất rõ, mong trường nào cũng làm như thế này.",
                "shown",
            ),
            Said(
                205,
                "Một người dân",
                "Công khai nhưng vẫn thu “tự nguyện” chia đều đầu người thì khác gì bắt buộc. Sở có biết không?",
                "answered",
                "Tài trợ không được chia bình quân đầu học sinh. Ông/bà cho biết tên lớp qua hộp thư của Sở, thanh tra "
                "sẽ đến trong tuần; nếu đúng, khoản đã thu phải trả lại.",
            ),
            Said(
                9,
                "Vay nhanh 24h",
                "Thiếu tiền đóng học đã có chúng tôi, vay lãi 0 đồng, nhận tiền sau 5 phút, nạp phí hồ sơ trước 200 "
                "nghìn vào tài khoản.",
                "asked",
            ),
            Said(190, "Mai", "Tôi gửi nhầm bài.", "taken_back"),
            Said(
                120,
                "Một kế toán trường",
                "Bên tôi cũng muốn làm bảng như vậy, cho tôi xin biểu mẫu được không ạ?",
                "answered",
                "Biểu mẫu ở mục Văn bản, tên “Bảng công khai các khoản thu”, tệp Excel tải về điền được ngay.",
            ),
        ],
    ),
    (
        "thuốc lá điện tử",
        [
            Said(
                300,
                "Một học sinh cũ",
                "Vở kịch hay, nhưng ngay cổng trường vẫn có người bán. Trường và phường đã làm gì?",
                "answered",
                "Công an phường đã lập biên bản hai điểm bán, thu 46 thiết bị. Thấy bán lại xin báo 113 hoặc hộp thư này.",
            ),
            Said(
                296,
                "Thầy giáo về hưu",
                "Thằng D lớp 8 con ông bán tạp hoá đầu ngõ đứng ra bán cho cả lớp, ai cũng biết mà trường bao che.",
                "appealed",
            ),
            Said(290, "Cô Hằng", "Chúc mừng các em, kịch tự dựng mà diễn rất đạt.", "shown"),
        ],
    ),
]


class Stage:
    """Readers and the office, moved together through the past."""

    def __init__(self, cast: Cast, now: dt.datetime) -> None:
        self.cast, self.now, self.count = cast, now, 0

    def at(self, hours: float) -> Any:
        return clock.frozen(self.now - dt.timedelta(hours=hours))

    def say(self, story: Story, one: Said) -> tuple[Comment, str]:
        """A reader writes."""
        self.count += 1
        code = code_of(services._mac(f"demo {self.count}"))
        row = services.comment_take(story=story, name=one.name, text=one.text, address=None, code=code)
        return row, code

    def settle(self) -> None:
        """What the office decided happens at once."""
        for action in Action.objects.filter(account__kind=KIND, status=Status.PENDING).order_by("pk"):
            outcome = talk.do(None, action)
            action.status, action.done_at, action.external_id = Status.SENT, clock.now(), outcome.external_id
            action.save()
            inbox.action_settled(action)

    def play(self, story: Story, one: Said, *, staff: Any, chief: Any) -> None:
        """One comment, and what became of it."""
        with self.at(one.ago):
            row, code = self.say(story, one)
        thread = Thread.objects.get(account=row.account, key=row.key)
        deed = getattr(self, f"_{one.does}", None)
        if deed is not None:
            deed(one, thread, code, staff, chief)
        self.settle()

    def _shown(self, one: Said, thread: Thread, code: str, staff: Any, chief: Any) -> None:
        with self.at(one.ago - 2):
            inbox.thread_show(actor=staff, thread_id=thread.pk, done=True)
            self.settle()

    def _answered(self, one: Said, thread: Thread, code: str, staff: Any, chief: Any) -> None:
        with self.at(one.ago - 4):
            inbox.thread_reply(actor=staff, thread_id=thread.pk, text=one.answer, turn=0)
            self.settle()

    def _given(self, one: Said, thread: Thread, code: str, staff: Any, chief: Any) -> None:
        with self.at(one.ago - 1):
            inbox.thread_show(actor=staff, thread_id=thread.pk)
            inbox.thread_assign(actor=chief, thread_id=thread.pk, user_id=staff.pk)
            self.settle()

    def _taken_back(self, one: Said, thread: Thread, code: str, staff: Any, chief: Any) -> None:
        with self.at(one.ago - 0.5):
            services.comment_take_back(code=code)

    def _propose(self, one: Said, thread: Thread, staff: Any, klass: str, ground: str, reason: str) -> Any:
        remark = Remark.objects.get(thread=thread, external_id=thread.key)
        with self.at(one.ago - 1):
            return inbox.ruling_propose(
                actor=staff,
                remark_id=remark.pk,
                klass=klass,
                deed="hide",
                ground_id=Ground.objects.get(code=ground).pk,
                reason=reason,
            )

    def _refused(self, one: Said, thread: Thread, code: str, staff: Any, chief: Any) -> None:
        reason = "Bịa chuyện ăn chặn, xúc phạm và đe doạ đánh một người cụ thể, nêu cả chỗ ở."
        ruling = self._propose(one, thread, staff, "slander", "anm-2025-bia-dat", reason)
        with self.at(one.ago - 3):
            inbox.ruling_decide(actor=chief, ruling_id=ruling.pk, agree=True, opinion="Đồng ý.")
            self.settle()

    def _asked(self, one: Said, thread: Thread, code: str, staff: Any, chief: Any) -> None:
        reason = "Mời vay, đòi nạp phí trước: dấu hiệu lừa đảo, không liên quan bài viết."
        self._propose(one, thread, staff, "fraud", "anm-2025-hang-hoa", reason)

    def _appealed(self, one: Said, thread: Thread, code: str, staff: Any, chief: Any) -> None:
        reason = "Chỉ ra được một học sinh cụ thể (lớp, nhà ở đâu) và gán việc vi phạm pháp luật."
        ruling = self._propose(one, thread, staff, "child", "dlcn-2025-tre-em", reason)
        with self.at(one.ago - 3):
            inbox.ruling_decide(actor=chief, ruling_id=ruling.pk, agree=True)
            self.settle()
        with self.at(20):
            services.comment_appeal(
                code=code,
                text="Tôi không nêu tên cháu. Tôi muốn nhà trường biết để dạy cháu, không muốn bêu ai. Xin cho hiện "
                "phần nói về nhà trường.",
            )


def fill(cast: Cast, now: dt.datetime) -> int:
    """Open comments on the portal. Returns how many there are; school sites have theirs off, as they begin."""
    stage = Stage(cast, now)
    chief, editor = cast.personas["ha"], cast.personas["minh"]
    main = MemberSite.objects.get(is_main=True)
    with stage.at(480):
        services.site_switch(actor=chief, unit_id=main.unit_id, on=True, days=30)
    for words, lines in BELOW:
        story = (
            stories_of(main).filter(title__icontains=words, published_at__lt=now - dt.timedelta(hours=1)).first()
        )
        if story is not None:
            _below(stage, main, story, lines, actor=chief, staff=editor)
    return Comment.objects.count()


def _below(stage: Stage, site: MemberSite, story: Story, lines: list[Said], *, actor: Any, staff: Any) -> None:
    since = (stage.now - (story.published_at or stage.now)).total_seconds() / 3600
    oldest = max(line.ago for line in lines)
    # An article younger than its oldest comment: everything comes later, in the same order.
    shrink = min(1.0, since / (oldest + 1) * 0.95) if since else 0.1
    with stage.at(oldest * shrink + 0.2):
        services.story_switch(actor=actor, unit_id=site.unit_id, story_id=story.pk, on=True)
    for line in lines:
        # What the office does an hour or four later must not lie ahead of now.
        ago = max(line.ago * shrink, 4.2 if line.does != "waits" else 0.5)
        stage.play(story, Said(ago, line.name, line.text, line.does, line.answer), staff=staff, chief=actor)
