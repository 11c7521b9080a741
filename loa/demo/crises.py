"""Two crises as the detector meets them: fees three weeks ago, dealt with; a school kitchen since yesterday, open.

And the digests of the last days: approved ones, today's to approve, the opinion report of the 25th.
"""

from __future__ import annotations

import datetime as dt
import random

from loa.core import clock
from loa.demo import listening
from loa.demo.heard_texts import article
from loa.demo.people import Cast
from loa.incidents import handover
from loa.lib.calendar.workdays import is_working_day
from loa.listening import services
from loa.listening.digest.model import MONTH_DAY, Kind
from loa.listening.events import matter_of_spike
from loa.listening.models import Alert, Case, Digest, Source
from loa.listening.readers.model import Found
from loa.listening.rules import Outlet, SourceKind
from loa.org.models import Unit

#: (hours after it began, who, sentence)
FEES = [
    (0.0, "people", "{school} thu tiền điều hòa, tiền máy chiếu rồi cả tiền vệ sinh, phụ huynh bức xúc quá"),
    (0.4, "people", "Con tôi học {school}, đầu năm đóng đủ thứ, hỏi thì bảo tự nguyện, tự nguyện kiểu gì vậy"),
    (0.7, "people", "lam thu o {school} qua nhieu, phu huynh khong dam noi"),
    (
        0.9,
        "people",
        "Bảng kê khoản thu của {school} hơn ba triệu, có khoản nào đúng quy định không các bác, quá sai",
    ),
    (1.3, "press", "Phụ huynh {school} bức xúc vì nhiều khoản thu đầu năm ngoài quy định"),
    (1.5, "people", "Ủng hộ phụ huynh {school} lên tiếng, các khoản thu vô lý như vậy là lạm thu"),
    (1.8, "press", "Phụ huynh {school} bức xúc vì nhiều khoản thu đầu năm ngoài quy định, nhà trường nói gì"),
    (2.2, "people", "Họp phụ huynh {school} mà cãi nhau về các khoản thu, chán thật sự"),
    (2.6, "people", "Quỹ lớp, quỹ trường ở {school} thu mà không công khai, thất vọng"),
    (4.0, "press", "Lãnh đạo {school} lên tiếng về các khoản thu đầu năm bị phụ huynh phản ánh"),
    (20.0, "press", "Sở yêu cầu {school} dừng và trả lại các khoản thu đầu năm sai quy định"),
    (26.0, "press", "{school} trả lại tiền, công khai các khoản thu đầu năm sau phản ánh của phụ huynh"),
    (30.0, "people", "Cảm ơn Sở đã vào cuộc, {school} trả lại tiền rồi các bác ạ"),
]
MEAL = [
    (0.0, "people", "Cháu nhà em ở {school} trưa ăn bán trú về đau bụng, nôn liên tục, lo quá"),
    (0.3, "people", "Nghi ngộ độc thực phẩm ở {school}, nhiều cháu nôn, đau bụng, các phụ huynh kiểm tra con gấp"),
    (0.6, "people", "Lớp con em ở {school} có sáu bạn nghỉ vì đau bụng sau bữa ăn bán trú, bức xúc quá"),
    (0.9, "people", "Bữa ăn bán trú của {school} có ai kiểm tra không, để các cháu ngộ độc thế này, quá tệ"),
    (1.1, "people", "bep an ban tru {school} bẩn lắm, nói mãi rồi mà nhà trường không sửa"),
    (1.4, "press", "Hàng chục học sinh {school} nhập viện nghi ngộ độc sau bữa ăn bán trú"),
    (
        1.6,
        "press",
        "Hàng chục học sinh {school} nhập viện nghi ngộ độc sau bữa ăn bán trú, cơ quan chức năng vào cuộc",
    ),
    (1.9, "people", "{school} im lặng từ chiều đến giờ, phụ huynh phẫn nộ"),
    (2.3, "people", "Mong các cháu {school} bình an, ai có tin gì báo với, lo lắng quá"),
    (2.8, "press", "Vụ học sinh {school} nghi ngộ độc: 32 em đang được theo dõi tại bệnh viện"),
    (3.4, "people", "Phải làm rõ trách nhiệm nhà cung cấp suất ăn cho {school}, không thể chấp nhận"),
    (5.0, "press", "{school} tạm dừng bếp ăn bán trú, lấy mẫu thức ăn xét nghiệm sau vụ nghi ngộ độc"),
    (13.0, "press", "Sức khỏe học sinh {school} ổn định dần sau vụ nghi ngộ độc bữa ăn bán trú"),
]


def live(cast: Cast, units: list[Unit], now: dt.datetime, rng: random.Random) -> tuple[int, int]:
    """Both crises, their alerts and the digests. Returns (alerts, digests)."""
    local = clock.local(now)
    thcs = rng.choice([unit for unit in units if unit.kind == "thcs" and unit.parent_id])
    primary = rng.choice([unit for unit in units if unit.kind == "tieu_hoc" and unit.parent_id])
    old = (local - dt.timedelta(days=22)).replace(hour=9, minute=10, second=0, microsecond=0)
    _say(cast, thcs, FEES, old, now, rng)
    services.watch(cast.so.pk, old + dt.timedelta(hours=6))
    _dealt_with(cast, old)
    began = (local - dt.timedelta(days=1)).replace(hour=17, minute=20, second=0, microsecond=0)
    _say(cast, primary, MEAL, began, now, rng)
    services.watch(cast.so.pk, now)
    _made_hot(cast)
    listening.settle(cast, now, rng)
    return Alert.objects.count(), _digests(cast, now)


def _say(
    cast: Cast,
    school: Unit,
    lines: list[tuple[float, str, str]],
    began: dt.datetime,
    now: dt.datetime,
    rng: random.Random,
) -> None:
    sources = list(Source.objects.filter(unit=cast.so).exclude(kind=SourceKind.OURS).order_by("pk"))
    private = [source for source in sources if source.outlet == Outlet.SOCIAL]
    papers = [source for source in sources if source.outlet in (Outlet.LOCAL, Outlet.PRESS)]
    heard: dict[int, list[Found]] = {}
    for at, (hours, who, sentence) in enumerate(lines):
        moment = began + dt.timedelta(hours=hours)
        if moment > now:
            continue
        said = sentence.format(school=school.name)
        press = who == "press"
        source = papers[at % len(papers)] if press else rng.choice(private)
        number = f"{began:%m%d}-{at}"
        heard.setdefault(source.pk, []).append(
            Found(
                url=listening.address(source, said, number) if press else "",
                external=f"demo-vu-viec-{number}",
                title=said if press else "",
                text=_body(school, lines, rng) if press else said,
                author="" if press else f"Người {rng.randint(100, 190)}",
                published_at=moment,
            )
        )
    for pk, found in heard.items():
        services.store(Source.objects.get(pk=pk), found)
    while services.analyse_waiting():
        pass


def _body(school: Unit, lines: list[tuple[float, str, str]], rng: random.Random) -> str:
    place = school.parent.short_name if school.parent else school.name
    return article("bep" if lines is MEAL else "thu", rng).format(
        school=school.name, place=place, n=rng.randint(6, 40)
    )


def _made_hot(cast: Cast) -> None:
    """The gravest alert that waits became a hot issue by one tap, with all that was heard attached."""
    waiting = Alert.objects.filter(unit=cast.so, state="open").select_related("spike__case")
    alert = waiting.order_by("-level", "-spike__items", "pk").first()
    if alert is not None:
        matter = matter_of_spike(alert.spike, level=alert.level)
        handover.make(cast.personas["phuong"], matter)


def _dealt_with(cast: Cast, began: dt.datetime) -> None:
    """The officer took the alert, had the money returned, and closed it."""
    taken = began + dt.timedelta(hours=4)
    for alert in Alert.objects.filter(unit=cast.so).select_related("spike"):
        services.alert_take(
            actor=cast.personas["phuong"], alert=alert, note="Đã gọi hiệu trưởng, yêu cầu báo cáo trong ngày."
        )
        services.alert_close(
            actor=cast.personas["phuong"],
            alert=alert,
            note="Nhà trường đã trả lại tiền và công khai các khoản thu.",
        )
        Alert.objects.filter(pk=alert.pk).update(
            at=began + dt.timedelta(hours=2), waits_since=began + dt.timedelta(hours=2), taken_at=taken
        )
        case = alert.spike.case
        if case is not None and case.state != "done":
            services.case_decide(
                actor=cast.personas["phuong"], case=case, state="done", note="Sở đã làm việc với nhà trường."
            )
            Case.objects.filter(pk=case.pk).update(decided_at=began + dt.timedelta(days=2))


#: what the officer writes beside the figures of a day
OWN_WORDS = "Không có vụ việc mới so với hôm trước; phụ huynh tiếp tục hỏi về các khoản thu và bữa ăn bán trú."
PROPOSAL = "Phòng Kế hoạch - Tài chính trả lời công khai về các khoản thu trước thứ Sáu."

#: what the officer saw on television and put into today's by hand: how long ago, hour, title, outlet, what is said of it
SEEN = (
    dt.timedelta(days=1),
    dt.time(18, 30),
    "Phóng sự: Học sinh vùng cao Sông Lam tự tay dựng vườn rau cho bếp ăn bán trú",
    "Truyền hình Sông Lam",
    "Phóng sự 4 phút trong bản tin chiều, phỏng vấn hiệu trưởng và hai phụ huynh.",
)


def _digests(cast: Cast, now: dt.datetime) -> int:
    """Those of the last three working days approved, today's (or the last working day's) waiting."""
    services.digest_plan_save(
        actor=cast.personas["phuong"], unit=cast.so, active=True, hour=dt.time(7), monthly=True,
        recipients="vanphong@so.songlam.example\nlanhdao@so.songlam.example",
    )  # fmt: skip
    today = clock.local(now).date()
    days = [day for n in range(12) if is_working_day(day := today - dt.timedelta(days=n))][:4]
    for day in reversed([day for day in days if day < today][:3]):
        until = dt.datetime.combine(day, dt.time(7), tzinfo=clock.VIETNAM)
        made = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=day, until=until)
        if made is not None:
            services.digest_edit(
                actor=cast.personas["phuong"], digest=made, summary=f"{made.summary} {OWN_WORDS}",
                proposal=PROPOSAL, texts={}, shown={line.pk for line in made.lines.all()},
            )  # fmt: skip
            _approved(cast, made, until + dt.timedelta(minutes=40))
    month = (
        today.replace(day=MONTH_DAY)
        if today.day >= MONTH_DAY
        else (today.replace(day=1) - dt.timedelta(days=1)).replace(day=MONTH_DAY)
    )
    services.digest_draft(
        unit_id=cast.so.pk,
        kind=Kind.MONTH,
        day=month,
        until=dt.datetime.combine(month, dt.time(7), tzinfo=clock.VIETNAM),
    )
    draft = services.digest_draft(unit_id=cast.so.pk, kind=Kind.DAY, day=today, until=now)
    if draft is not None:
        on, hour, title, outlet, summary = SEEN
        services.digest_clip(
            actor=cast.personas["phuong"], digest=draft, story=False, title=title, outlet=outlet,
            on=clock.local(now - on).date(), hour=hour, summary=summary,
        )  # fmt: skip
        while services.analyse_waiting():
            pass
    return Digest.objects.filter(unit=cast.so).count()


def _approved(cast: Cast, digest: Digest, at: dt.datetime) -> None:
    services.digest_approve(actor=cast.personas["phuong"], digest=digest)
    # Letters of days long gone went long ago.
    digest.mails.update(mail="sent", settled_at=at)
    Digest.objects.filter(pk=digest.pk).update(approved_at=at, made_at=at - dt.timedelta(minutes=40))
