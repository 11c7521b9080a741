"""What the demo's people write below a film on YouTube, at the stand-in and in the inbox; invented throughout."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from loa.channels.inbound.models import Action
from loa.channels.inbound.reading import Said
from loa.channels.inbound.rules import Words
from loa.channels.models import ChannelAccount
from loa.channels.rules import Status
from loa.channels.youtube.sim import CHANNEL_ID, CHANNEL_NAME, YouTubeSim
from loa.core import clock
from loa.demo.people import Cast
from loa.feedback import services
from loa.feedback.models import Thread

TITLE = "Thư viện từ thùng gỗ cũ ở điểm trường Huổi Sen"
TEXT = (
    "Hai tuần, mười hai chiếc thùng gỗ và gần bốn trăm cuốn sách: thầy trò điểm trường Huổi Sen tự dựng một góc đọc. "
    "Phim do Văn phòng Sở và nhà trường thực hiện."
)
#: (hours ago, who, name, words, answer or "", hours after which it was answered)
COMMENTS = [
    (70, 1, "@co-hanh-mam-non", "Xem mà thương các con quá. Cảm ơn thầy cô đã ở lại với bản.", "", 0),
    (
        66, 2, "@bo-cua-Bong", "Trường tôi còn hai thùng truyện tranh, gửi lên Huổi Sen bằng cách nào ạ?",
        "Anh gửi về Văn phòng Sở, ghi “Sách cho Huổi Sen”; thứ Sáu hằng tuần có xe lên điểm trường. Cảm ơn anh nhiều.", 4,
    ),
    (
        31, 3, "@tuan.dakla", "Phim đẹp nhưng tiếng thầy hiệu trưởng nhỏ, bố mẹ tôi không nghe rõ. Có phụ đề không?",
        "Phim đã có phụ đề, bạn bấm nút CC ở góc dưới nhé. Lần sau chúng tôi thu tiếng gần hơn. Cảm ơn bạn đã góp ý.", 5,
    ),
    (
        20, 4, "@phu-huynh-5A",
        "Làm thư viện là tốt, nhưng đường vào điểm trường sạt từ tháng Chín vẫn chưa sửa, các cháu đi bộ 4 km. "
        "Đề nghị Sở trả lời bao giờ sửa?",
        "", 0,
    ),
    (
        6, 5, "@minhanh-k62", "Sinh viên sư phạm muốn lên dạy hè thì đăng ký ở đâu ạ?",
        "Tháng Tư Sở thông báo nhận tình nguyện viên hè trên Cổng; em theo dõi mục Thông báo nhé.", 2,
    ),
]  # fmt: skip
#: (whose branch, hours ago, who, name, words)
REPLIES = [
    (4, 15, 6, "@nguoi-ban-Na", "Đúng rồi, hôm mưa xe máy không lên nổi."),
    (1, 40, 7, "@ky-uc-hoc-tro", "Tôi học ở đó 20 năm trước, giờ khác quá."),
]
#: YouTube keeps it back for its link: whoever answers lets it be shown
HELD = (
    3,
    8,
    "@clb-sach-nho",
    "Câu lạc bộ chúng tôi tặng thêm kệ sách, mời Sở xem mẫu ở sachnho.example/ke-sach ạ",
)


def fill(cast: Cast, now: dt.datetime) -> int:
    """A film on the channel with what people wrote below it. Returns how many threads there are."""
    account = ChannelAccount.objects.get(unit=cast.so, kind="youtube")
    tube = YouTubeSim(folder=settings.DATA_DIR / "sim" / "youtube", clock=lambda: clock.now().timestamp())
    begun = now - dt.timedelta(days=3)
    film = tube.show(TITLE, TEXT, at=begun.timestamp())
    link = str(settings.LOA_CHANNEL_PAGES["youtube"]).format(key=film)

    def said(ago: float, who: int, name: str, words: str, above: str = "", held: bool = False) -> str:
        with clock.frozen(now - dt.timedelta(hours=ago)):
            writer = f"UCnguoixem{who:04}"
            status = "heldForReview" if held else "published"
            key = tube.say(film, words, who=writer, name=name, parent=above, status=status)
            told = Words(
                "comment", "add", key, above or key, clock.now(), author=writer, name=name, text=words, place=film,
                parent=above, held=held,
            )  # fmt: skip
            services.hear(Said(account, told, TITLE, link))
        return key

    keys: dict[int, str] = {}
    for ago, who, name, words, answer, after in COMMENTS:
        keys[who] = key = said(ago, who, name, words)
        if answer:
            with clock.frozen(now - dt.timedelta(hours=ago - after)):
                thread = Thread.objects.get(account=account, key=key)
                services.thread_reply(
                    actor=cast.personas["minh"], thread_id=thread.pk, text=answer, turn=thread.turn
                )
                _settle(tube, account, film)
    for top, ago, who, name, words in REPLIES:
        said(ago, who, name, words, above=keys[top])
    ago, who, name, words = HELD
    said(ago, who, name, words, held=True)
    for who, state in ((1, "done"), (4, "elsewhere")):
        thread = Thread.objects.get(account=account, key=keys[who])
        with clock.frozen(now - dt.timedelta(hours=5)):
            if state == "elsewhere":
                note = "Đã hỏi xã về kế hoạch sửa đường, chờ trả lời bằng văn bản."
                services.thread_note(actor=cast.personas["minh"], thread_id=thread.pk, text=note)
            services.thread_set_state(actor=cast.personas["minh"], thread_id=thread.pk, state=state)
    # Listened to since the film is out: the first look finds nothing new.
    account.facts = {**account.facts, "heard_from": begun.isoformat(), "heard_at": now.isoformat()}
    account.save(update_fields=["facts"])
    return Thread.objects.filter(account=account).count()


def _settle(tube: YouTubeSim, account: ChannelAccount, film: str) -> None:
    """Let what waits happen at the stand-in, at the moment the clock shows."""
    for action in Action.objects.filter(account=account, status=Status.PENDING).order_by("pk"):
        text = str(action.payload.get("text") or "")
        action.external_id = tube.say(film, text, who=CHANNEL_ID, name=CHANNEL_NAME, parent=action.target)
        action.status, action.done_at = Status.SENT, clock.now()
        action.save()
        services.action_settled(action)
