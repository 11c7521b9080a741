"""What the demo's people write: comments below posts, chats with the OA, some answered, some not; invented throughout.

The simulators are given the same comments and chats, so that answering, hiding and asking again work on them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.conf import settings

from loa.channels.facebook.sim import FacebookSim
from loa.channels.inbound.models import Action
from loa.channels.inbound.reading import Said
from loa.channels.inbound.rules import Verb, Words
from loa.channels.models import ChannelAccount, Delivery
from loa.channels.rules import Status
from loa.channels.services import post_queue
from loa.channels.zalo.sim import ZaloSim
from loa.core import clock
from loa.demo.people import Cast
from loa.feedback import services
from loa.feedback.models import Ground, Remark, Thread
from loa.newsroom.channels import draft_of
from loa.newsroom.models import Story

#: (post, hours ago, who, words, answer or "", hours after which it was answered)
COMMENTS = [
    (0, 99, 1, "Tự hào quá, con em năm nào cũng được tham gia. Cảm ơn các thầy cô!", "", 0),
    (
        0,
        97,
        2,
        "Trường ở vùng cao mà làm được thế này là quý lắm, hay quá.",
        "Sở cảm ơn bạn đã động viên thầy trò.",
        3,
    ),
    (
        0,
        95,
        3,
        "Cho hỏi năm sau trường khác có được tham gia không ạ?",
        "Năm sau kế hoạch mở rộng cho mọi trường THCS; trường bạn đăng ký với xã trước tháng 9 nhé.",
        5,
    ),
    (
        0,
        30,
        4,
        "Làm phong trào thì giỏi, còn nhà vệ sinh học sinh thì hai năm nay chưa sửa. Đề nghị Sở trả lời.",
        "",
        0,
    ),
    (0, 21, 5, "Đúng đấy, nhà vệ sinh bẩn lắm, các cháu nhịn cả buổi.", "", 0),
    (
        1,
        75,
        6,
        "Lịch thi học kỳ của khối 9 khi nào có ạ?",
        "Lịch thi chung của tỉnh công bố trước ngày 10/12 trên cổng của Sở, mục Thông báo.",
        4,
    ),
    (1, 70, 7, "Cảm ơn Sở đã thông báo sớm để phụ huynh chủ động.", "", 0),
    (
        1,
        19,
        8,
        "Sao các trường vẫn bắt học thêm chiều thứ bảy vậy, các cháu mệt quá. Sở có kiểm tra không?",
        "",
        0,
    ),
    (1, 4.2, 9, "Hôm qua cổng trường tắc đường, xe máy lao cả lên vỉa hè, rất nguy hiểm cho các cháu.", "", 0),
    (
        2,
        60,
        10,
        "Cháu nhà tôi kêu cơm trưa thứ Tư nguội, canh ít rau. Nhà trường kiểm tra giúp.",
        "Trường đã kiểm tra: hôm đó mất điện 40 phút nên cơm nguội. Bếp đã có máy phát dự phòng, phụ huynh yên tâm.",
        6,
    ),
    (2, 58, 11, "Bữa ăn bán trú dạo này ngon hơn trước rồi, cảm ơn nhà bếp.", "", 0),
    (2, 5.1, 12, "Ba cháu lớp 2A đau bụng sau bữa trưa nay, nhà trường cho phụ huynh biết có sao không?", "", 0),
    (2, 5.0, 13, "Con tôi cũng đau bụng, số tôi 0912 345 678, trường gọi lại giúp.", "", 0),
    (
        3,
        130,
        14,
        "Thư viện lưu động có đến điểm trường bản Khe Ngậu không ạ?",
        "Xe thư viện đến Khe Ngậu thứ Năm tuần thứ hai mỗi tháng.",
        8,
    ),
    (3, 128, 15, "Ý nghĩa quá, chúc mừng các em nhỏ.", "", 0),
    (
        3,
        44,
        16,
        "Sách ủng hộ thì gửi về đâu, cho tôi địa chỉ.",
        "Bạn gửi về Văn phòng Sở, ghi rõ “Tủ sách vùng cao”; Sở sẽ đăng danh sách tặng.",
        10,
    ),
    (
        4,
        26.5,
        17,
        "Danh sách thu đầu năm của trường có khoản “xã hội hoá” 700 nghìn, thu như vậy có đúng quy định không? Mong Sở trả lời rõ.",
        "",
        0,
    ),
    (4, 25, 18, "Lạm thu cả thôi, nói mãi không ai nghe.", "", 0),
    (
        4,
        23.4,
        19,
        "Bà hiệu trưởng đó là đồ ăn cắp, nhà ở ngõ 12, số 0987 654 321, ai gặp thì cho một trận.",
        "",
        0,
    ),
    (4, 22, 20, "Mọi người bình tĩnh, đợi Sở trả lời đã.", "", 0),
    (4, 3, 21, "VAY TIỀN NHANH không cần thế chấp, giáo viên giải ngân trong ngày, nhắn zalo 0909 000 111", "", 0),
    (5, 52, 22, "Trường tôi mưa là dột, phòng học xuống cấp, kiến nghị Sở cho sửa trước mùa mưa.", "", 0),
    (5, 50, 23, "Bao giờ có kết quả thi học sinh giỏi tỉnh ạ?", "Kết quả công bố ngày 05/12 trên cổng của Sở.", 2),
    (5, 8, 24, "Cho em hỏi hồ sơ chuyển trường cho cháu lớp 7 gồm những gì ạ?", "", 0),
    (5, 2.5, 25, "Chúc mừng thầy trò nhà trường.", "", 0),
    (5, 0.7, 26, "Con tôi bị bạn bắt nạt ở nhà để xe, báo cô giáo mà chưa ai giải quyết.", "", 0),
]
#: chats with the OA: (hours ago, who, [words of the person]); the chatbot answers
CHATS = [
    (70, "Hoà", ["Xin chào", "1", "trường tiểu học ở {place}"]),
    (49, "Lý", ["chào Sở", "2"]),
    (47, "Ba", ["cho hỏi trường nào ở {place}"]),
    (26, "Thu", ["alo", "tuyển sinh lớp 10 năm nay thế nào"]),
    (20, "Đức", ["Chào", "3", "Xã tôi chưa có xe đưa đón học sinh bản xa, cháu đi bộ 7 km. Mong Sở xem giúp."]),
    (9, "Mai", ["chào", "chuyển trường", "gặp cán bộ"]),
    (6, "Sáng", ["menu", "5", "hôm nay nghỉ học không ạ", "trời mưa to quá"]),
    (1.2, "Vân", ["Xin chào", "gặp cán bộ", "Tôi muốn hỏi chế độ bán trú cho học sinh bản"]),
]
CANNED = [
    (
        "Đã ghi nhận, sẽ trả lời",
        "Cảm ơn anh/chị đã phản ánh. Sở đã ghi nhận và chuyển đơn vị phụ trách kiểm tra; kết quả sẽ trả lời anh/chị tại đây.",
    ),
    (
        "Chuyển trường",
        "Hồ sơ chuyển trường gồm: đơn xin chuyển, học bạ, giấy giới thiệu chuyển trường của trường đi. Anh/chị nộp tại trường xin đến; trường trả lời trong 02 ngày làm việc.",
    ),
    (
        "Các khoản thu đầu năm",
        "Các khoản thu phải công khai, có biên nhận; khoản tài trợ là tự nguyện, không chia bình quân. Anh/chị gửi giúp tên trường và ảnh thông báo thu để Sở kiểm tra.",
    ),
    (
        "Lịch thi, lịch nghỉ",
        "Lịch được đăng ở mục Thông báo trên cổng của Sở và trang của trường; thay đổi do thời tiết được báo trước 06:30.",
    ),
    (
        "Bữa ăn bán trú",
        "Nhà trường đã kiểm tra bếp và sổ lưu mẫu. Anh/chị có thể dự bữa ăn bất kỳ ngày nào, báo trước với giáo viên chủ nhiệm.",
    ),
    ("Cảm ơn", "Sở cảm ơn anh/chị đã quan tâm, động viên thầy trò."),
]
NODES = [
    (
        "Tuyển sinh lớp 10",
        "text",
        "Thi tuyển ba môn Toán, Ngữ văn, Tiếng Anh vào đầu tháng 6. Học sinh đăng ký ba nguyện vọng tại trường THCS đang học trước ngày 15/5. Hướng dẫn đầy đủ ở mục Thi và tuyển sinh trên cổng của Sở.",
        "tuyển sinh, lớp 10, thi vào 10",
    ),
    (
        "Chuyển trường",
        "text",
        "Hồ sơ gồm đơn xin chuyển, học bạ, giấy giới thiệu của trường đi; nộp tại trường xin đến, trả lời trong 02 ngày làm việc.",
        "chuyển trường, hồ sơ chuyển",
    ),
]


class Stage:
    """The simulators and the inbox, moved together through the past."""

    def __init__(self, cast: Cast, now: dt.datetime) -> None:
        self.cast, self.now = cast, now
        folder = settings.DATA_DIR / "sim"
        self.facebook = FacebookSim(folder=folder / "facebook", clock=lambda: clock.now().timestamp())
        self.zalo = ZaloSim(folder=folder / "zalo", clock=lambda: clock.now().timestamp())
        accounts = {row.kind: row for row in ChannelAccount.objects.filter(unit=cast.so)}
        self.page, self.oa = accounts["facebook"], accounts["zalo"]

    def posted(self, story: Story, at: dt.datetime) -> Delivery:
        """A story that stands on the page since `at`."""
        draft = replace(draft_of(story), pictures=[])
        editor = self.cast.personas["minh"]
        with clock.frozen(at):
            row = post_queue(actor=editor, account_id=self.page.pk, draft=draft, key=f"demo-old-{story.pk}")
            text, link = row.post.payload["text"], row.post.payload["link"]
            post = self.facebook._add(self.page.external_id, text, link, [])
        row.status, row.external_id, row.sent_at = Status.SENT, post["id"], at
        row.permalink = f"{settings.LOA_CHANNEL_URLS['facebook']}/#{post['id']}"
        row.save()
        return row

    def comment(self, row: Delivery, at: dt.datetime, who: int, text: str) -> Thread:
        """A visitor's comment, at the channel and in the inbox."""
        with clock.frozen(at):
            writer = f"77{who:06}"
            key = self.facebook.say(row.external_id, text, who=writer, name=f"Người dùng {who}")
            words = Words("comment", "add", key, key, clock.now(), author=writer, text=text, place=row.external_id)
            post = row.post
            services.hear(Said(self.page, words, post.title, row.permalink, post.source, post.source_id))
        return Thread.objects.get(account=self.page, key=key)

    def chat(self, person: str, at: dt.datetime, text: str) -> None:
        """A message to the OA, with what the chatbot answers."""
        with clock.frozen(at):
            key = self.zalo.write(person, text)
            services.hear(
                Said(self.oa, Words("message", "add", key, person, clock.now(), author=person, text=text))
            )
            self.settle()

    def settle(self) -> None:
        """Let what waits happen at the simulators, at the moment the clock shows."""
        for action in Action.objects.filter(status=Status.PENDING).order_by("pk"):
            text = str(action.payload.get("text") or "")
            if action.verb == Verb.MESSAGE:
                action.external_id = self.zalo._line(action.target, text, ours=True)
            elif action.verb == Verb.REPLY:
                above = self.facebook._comment(action.target)
                page = self.page.external_id
                action.external_id = self.facebook.say(
                    above["post"], text, who=page, name=self.page.name, parent=above["id"]
                )
            elif action.verb == Verb.HIDE:
                self.facebook._comment(action.target)["hidden"] = True
            elif action.verb == Verb.TAG:
                self.zalo.state["people"][action.target]["tags"].append(action.payload["tag"])
            action.status, action.done_at = Status.SENT, clock.now()
            action.save()
            services.action_settled(action)

    def close(self) -> None:
        """Keep what the simulators know."""
        for sim in (self.facebook, self.zalo):
            sim.save()


def fill(cast: Cast, now: dt.datetime) -> int:
    """Fill the inbox. Returns how many threads there are."""
    stage = Stage(cast, now)
    chief, editor = cast.personas["ha"], cast.personas["minh"]
    for title, text in CANNED:
        services.canned_save(actor=chief, canned_id=None, unit_id=cast.so.pk, title=title, text=text)
    scenario(cast, [stage.oa, stage.page])
    stories = Story.objects.filter(live=True, on_main_portal=True).order_by("-published_at")[12:18]
    posts = [
        stage.posted(story, now - dt.timedelta(days=6, hours=2 * number)) for number, story in enumerate(stories)
    ]
    threads: dict[int, Thread] = {}
    for post, ago, who, text, answer, after in sorted(COMMENTS, key=lambda line: -line[1]):
        if post >= len(posts):
            continue
        at = now - dt.timedelta(hours=ago)
        threads[who] = thread = stage.comment(posts[post], at, who, text)
        if answer:
            with clock.frozen(at + dt.timedelta(hours=after)):
                services.thread_reply(actor=editor, thread_id=thread.pk, text=answer, turn=0)
                stage.settle()
    place = cast.commune.short_name
    for ago, name, lines in CHATS:
        person = stage.zalo.meet(name)
        for number, line in enumerate(lines):
            at = now - dt.timedelta(hours=ago) + dt.timedelta(minutes=number)
            stage.chat(person, at, line.format(place=place))
    sort_some(cast, stage, threads)
    with clock.frozen(now - dt.timedelta(hours=5)):
        for words, name in (("tuyển sinh", "Tuyển sinh"), ("7 km", "Đưa đón học sinh")):
            chat = Thread.objects.filter(account=stage.oa, remarks__masked__icontains=words).first()
            if chat is not None:
                services.thread_tag(actor=editor, thread_id=chat.pk, name=name, on=True)
        stage.settle()
    stage.close()
    return Thread.objects.count()


def scenario(cast: Cast, accounts: list[ChannelAccount]) -> None:
    """The chatbot of the OA and of Messenger, in its second version."""
    chief = cast.personas["ha"]
    row = services.scenario_create(actor=chief, unit_id=cast.so.pk, name="Trợ lý tự động của Sở")
    services.scenario_publish(actor=chief, scenario_id=row.pk, note="Bản đầu")
    for title, kind, text, words in NODES:
        row.refresh_from_db()
        row, key = services.node_add(
            actor=chief, scenario_id=row.pk, revision=row.revision, parent="dau", title=title, kind=kind
        )
        row = services.node_save(
            actor=chief, scenario_id=row.pk, revision=row.revision, node=key, title=title, text=text, words=words
        )
    services.scenario_publish(actor=chief, scenario_id=row.pk, note="Thêm tuyển sinh, chuyển trường")
    services.scenario_switch(
        actor=chief, scenario_id=row.pk, active=True, account_ids=[row.pk for row in accounts]
    )


def sort_some(cast: Cast, stage: Stage, threads: dict[int, Thread]) -> None:
    """Given, handed over, labelled, noted; one comment hidden by two people, one asked about, one kept."""
    chief, editor = cast.personas["ha"], cast.personas["minh"]
    now = stage.now

    def at(hours: float) -> Any:
        return clock.frozen(now - dt.timedelta(hours=hours))

    with at(18):
        services.thread_assign(actor=chief, thread_id=threads[8].pk, user_id=editor.pk)
        services.thread_tag(actor=chief, thread_id=threads[8].pk, name="Dạy thêm", on=True)
    with at(20):
        note = "Nhờ trường kiểm tra, trả lời phụ huynh trước 17 giờ mai."
        services.thread_forward(actor=editor, thread_id=threads[5].pk, unit_id=cast.school.pk, note=note)
        services.thread_tag(actor=editor, thread_id=threads[5].pk, name="Cơ sở vật chất", on=True)
    with at(4.5):
        services.thread_forward(actor=editor, thread_id=threads[12].pk, unit_id=cast.school.pk, note="Việc gấp.")
        services.thread_tag(actor=editor, thread_id=threads[12].pk, name="Bán trú", on=True)
    with at(24):
        services.thread_tag(actor=editor, thread_id=threads[17].pk, name="Các khoản thu", on=True)
        services.thread_note(
            actor=editor, thread_id=threads[17].pk, text="Đã hỏi Phòng Kế hoạch – Tài chính, chờ văn bản."
        )
        services.thread_set_state(actor=editor, thread_id=threads[17].pk, state="elsewhere")
    for who in (1, 7, 11, 15, 20):
        services.thread_set_state(actor=editor, thread_id=threads[who].pk, state="done")
    grounds = {row.code: row.pk for row in Ground.objects.all()}
    first = {who: Remark.objects.get(thread=threads[who], external_id=threads[who].key) for who in (18, 19, 21)}
    with at(23):
        services.ruling_propose(actor=editor, remark_id=first[18].pk, klass="criticism", deed="keep")
        ruling = services.ruling_propose(
            actor=editor,
            remark_id=first[19].pk,
            klass="private",
            deed="hide",
            ground_id=grounds["anm-2025-doi-tu"],
            reason="Công khai nơi ở, số điện thoại của một người và kêu gọi hành hung.",
        )
    with at(22.5):
        services.ruling_decide(
            actor=chief, ruling_id=ruling.pk, agree=True, opinion="Đồng ý ẩn; phần phê bình trả lời riêng."
        )
        stage.settle()
    services.thread_set_state(actor=editor, thread_id=threads[19].pk, state="done")
    with at(2.5):
        services.ruling_propose(
            actor=editor,
            remark_id=first[21].pk,
            klass="fraud",
            deed="hide",
            ground_id=grounds["anm-2025-hang-hoa"],
            reason="Quảng cáo vay tiền, dấu hiệu lừa đảo.",
        )
