"""What the demo's Sở hears in a year: papers, a parents' group, two crises. Invented; nobody and no paper is real."""

from __future__ import annotations

import datetime as dt
import random

from loa.core import clock
from loa.demo.people import Cast
from loa.lib.vi import fold, slugify_vi
from loa.listening import services
from loa.listening.models import Source
from loa.listening.readers.model import Found
from loa.listening.rules import Outlet, SourceKind, keep_days
from loa.listening.selectors import StreamFilter
from loa.newsroom import indexing
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.models import Unit

SOURCES = [
    ("Báo và phát thanh, truyền hình Sông Lam", Outlet.LOCAL),
    ("Tuần báo Thầy và Trò", Outlet.PRESS),
    ("Nhật báo Bến Thủy", Outlet.PRESS),
    ("Cổng thông tin tỉnh Sông Lam", Outlet.STATE),
    ("Hội phụ huynh Trường Vinh (nhóm công khai)", Outlet.SOCIAL),
    ("Diễn đàn Người Sông Lam", Outlet.SOCIAL),
]
#: (months, who may say it, sentence); {school} is a school, {place} its commune
DAILY = [
    ((1, 2, 3, 4, 5, 9, 10, 11, 12), "press", "{school} đưa thư viện lưu động về các điểm trường lẻ"),
    ((1, 3, 4, 5, 10, 11), "press", "Học sinh {school} đoạt giải nhất cuộc thi khoa học kỹ thuật cấp tỉnh"),
    (
        (2, 3, 9, 10, 11, 12),
        "press",
        "Thầy trò {school} dựng lại vườn rau bán trú sau mưa lũ, phụ huynh chung tay",
    ),
    ((4, 5, 6), "press", "{place} tập huấn phòng chống đuối nước cho học sinh trước kỳ nghỉ hè"),
    ((6, 7), "press", "Thí sinh Sông Lam bước vào kỳ thi tốt nghiệp, công tác coi thi nghiêm túc, an toàn"),
    ((6, 7, 8), "press", "Tuyển sinh lớp 10: điểm chuẩn nhiều trường tăng nhẹ so với năm trước"),
    ((7, 8), "press", "{place} thiếu giáo viên tiếng Anh, tin học trước thềm năm học mới"),
    ((8, 9), "press", "{school} xuống cấp, phòng học dột mỗi khi mưa lớn"),
    ((11,), "press", "Ngày 20/11 giản dị và xúc động ở {school}"),
    (
        (1, 2, 3, 9, 10, 11, 12),
        "people",
        "Cô giáo chủ nhiệm lớp con tôi ở {school} rất tận tâm, phụ huynh biết ơn lắm",
    ),
    ((2, 3, 10, 11), "people", "Sao {school} vẫn bắt con học thêm chiều thứ bảy nhỉ, các cháu mệt quá"),
    ((9, 10, 11), "people", "nhà vệ sinh của {school} bẩn quá, đề nghị nhà trường xem lại"),
    ((3, 4, 10, 12), "people", "Cổng {school} giờ tan học tắc đường, rất nguy hiểm cho các cháu"),
    ((1, 5, 12), "people", "Cho em hỏi lịch thi học kỳ của {school} với ạ"),
    ((5, 6, 8), "people", "Cảm ơn thầy cô {school} đã giúp đỡ cháu suốt năm qua ❤️"),
    ((2, 9, 12), "people", "bữa ăn bán trú ở {school} dạo này có ngon hơn không các mẹ"),
]
FEES = [
    ("people", "Các khoản thu đầu năm ở {school} nhiều quá, phụ huynh bức xúc, ai giải thích giúp"),
    ("people", "Thế này là lạm thu: {school} thu quỹ lớp, quỹ trường rồi tiền điều hòa, có đúng quy định không"),
    ("people", "lam thu o {school}, phu huynh khong dam noi"),
    ("press", "Phụ huynh phản ánh các khoản thu đầu năm tại {school} tăng cao so với năm học trước"),
    ("press", "Phụ huynh phản ánh các khoản thu đầu năm tại {school} tăng cao, nhà trường nói đã công khai"),
    ("press", "Sở yêu cầu {school} rà soát, trả lại các khoản thu sai quy định"),
]
MEAL = [
    ("people", "Cháu nhà em ở {school} về đau bụng, nôn, nhiều bạn cùng lớp cũng vậy"),
    ("people", "Nghi ngộ độc thực phẩm ở {school}, các phụ huynh kiểm tra con giúp"),
    ("press", "Hàng chục học sinh {school} nhập viện nghi ngộ độc sau bữa ăn bán trú"),
    ("press", "Hàng chục học sinh {school} nhập viện nghi ngộ độc sau bữa ăn bán trú, cơ quan chức năng vào cuộc"),
    ("press", "{school} tạm dừng bếp ăn bán trú, chờ kết quả xét nghiệm mẫu"),
    ("press", "Học sinh {school} đã ổn định sức khỏe, trở lại lớp sau vụ nghi ngộ độc"),
    ("people", "Mong nhà trường nói rõ nguyên nhân, phụ huynh rất lo lắng"),
]


#: what the Sở published when it was asked: (days after the first report, title, lead, body)
FEES_ANSWER = (
    10,
    "Sở chỉ rõ khoản được thu, khoản không được thu đầu năm học",
    "Trả lời phản ánh về các khoản thu đầu năm, Sở nêu từng khoản được thu theo quy định và yêu cầu chấm dứt lạm thu.",
    "<p>Các trường công khai mức thu trước phụ huynh, trả lại khoản thu sai quy định trước ngày 30. "
    "Phụ huynh phản ánh qua đường dây nóng của Sở.</p>",
)
MEAL_ANSWER = (
    4,
    "Kết quả kiểm tra bếp ăn bán trú sau vụ học sinh nghi ngộ độc",
    "Sở cùng cơ quan y tế thông báo kết quả kiểm tra bếp ăn bán trú; học sinh đã ổn định, bếp tạm dừng để chấn chỉnh.",
    "<p>Nguyên nhân ban đầu do khâu bảo quản thực phẩm. Các trường có bếp ăn bán trú rà soát nhà cung cấp, "
    "lưu mẫu đủ 24 giờ và báo cáo về Sở.</p>",
)


def answer(cast: Cast, first: dt.date, words: tuple[int, str, str, str]) -> None:
    """A published story of the Sở in which it answers."""
    days, title, lead, body = words
    at = clock.start_of(first + dt.timedelta(days=days)) + dt.timedelta(hours=10)
    if at > clock.now():
        return
    story = Story(
        unit=cast.so, author=cast.personas["phuong"], genre="article", title=title, slug=slugify_vi(title), lead=lead,
        body=body, stage=Stage.PUBLISHED, live=True, has_unpublished_changes=False, published_at=at,
        first_published_at=at, last_published_at=at, submitted_at=at, stage_since=at, created_at=at, edited_at=at,
        version=1, folded=fold(title),
    )  # fmt: skip
    story.save()
    indexing.refresh(story)


#: (days ago, words, page, how many reacted)
EXPORT = [
    (2, "Trường báo lịch thi học kỳ sớm quá, các con ôn không kịp", "Góc phụ huynh Sông Lam", 84),
    (4, "Thầy cô vùng cao đi từng nhà vận động học sinh ra lớp, thương lắm", "Người Sông Lam", 410),
    (6, "Đường vào trường ngập, học sinh lội nước đi học, mong xã sửa sớm", "Góc phụ huynh Sông Lam", 152),
    (9, "Có ai biết bao giờ công bố điểm thi học sinh giỏi tỉnh không", "Hội ôn thi", 37),
    (12, "Bữa ăn bán trú dạo này đỡ hơn rồi, cảm ơn nhà trường", "Góc phụ huynh Sông Lam", 66),
]

#: what the office looks for again and again
SEARCHES = [
    ("Lạm thu, quỹ lớp", {"q": '"lạm thu" OR "khoản thu" OR (thu NEAR quỹ) -"làm thủ tục"'}, True),
    ("Bếp ăn bán trú", {"q": '"bán trú" OR "ngộ độc"'}, True),
    ("Phụ huynh kêu ca", {"kenh": "social", "sac-thai": "neg"}, False),
]


def hear(cast: Cast, units: list[Unit], today: dt.date, rng: random.Random, *, count: int = 320) -> int:
    """Fill the stream. Returns how many items."""
    sources = {"press": [], "people": []}  # type: dict[str, list[Source]]
    for name, outlet in SOURCES:
        source = Source.objects.create(
            unit=cast.so,
            name=name,
            kind=SourceKind.HAND,
            outlet=outlet,
            keep_days=keep_days(outlet),
            created_by=cast.personas["phuong"],
        )
        sources["people" if outlet == Outlet.SOCIAL else "press"].append(source)
    schools = [unit for unit in units if unit.kind in ("tieu_hoc", "thcs", "thpt", "mam_non") and unit.parent_id]
    heard: dict[int, list[Found]] = {}
    number = 0

    def say(who: str, sentence: str, school: Unit, at: dt.datetime) -> None:
        nonlocal number
        number += 1
        source = rng.choice(sources[who])
        place = school.parent.short_name if school.parent else school.name
        words = sentence.format(school=school.name, place=place)
        url = f"https://demo.example/tin-{number}" if who == "press" else ""
        found = Found(
            url=url,
            external=f"demo-{number}",
            title=words if who == "press" else "",
            text=words if who == "people" else "",
            author=f"Người {rng.randint(1, 90)}" if who == "people" else "",
            published_at=at,
        )
        heard.setdefault(source.pk, []).append(found)

    start = today - dt.timedelta(days=364)
    for _item in range(count):
        day = start + dt.timedelta(days=rng.randrange(365))
        fitting = [line for line in DAILY if day.month in line[0]]
        _months, who, sentence = rng.choice(fitting)
        say(who, sentence, rng.choice(schools), _hour(day, rng))
    for lines, month, length in ((FEES, 9, 12), (MEAL, 11, 5)):
        school = rng.choice([unit for unit in schools if unit.kind == ("tieu_hoc" if lines is MEAL else "thcs")])
        first = dt.date(today.year if month <= today.month else today.year - 1, month, 8)
        for offset, (who, sentence) in enumerate(lines * 3):
            day = first + dt.timedelta(days=offset * length // (len(lines) * 3))
            if day <= today:
                say(who, sentence, school, _hour(day, rng))
        answer(cast, first, FEES_ANSWER if lines is FEES else MEAL_ANSWER)
    added = 0
    for pk, found in heard.items():
        added += services.store(
            Source.objects.get(pk=pk), sorted(found, key=lambda one: one.published_at or clock.now())
        )
    for name, params, shared in SEARCHES:
        services.search_save(
            actor=cast.personas["phuong"],
            name=name,
            wanted=StreamFilter.from_params(params),
            unit=cast.so if shared else None,
        )
    while services.analyse_waiting():
        pass
    _bring_file(cast, today)
    services.note_stories()
    while services.read_answers():
        pass
    for source in Source.objects.filter(unit=cast.so):
        last = source.items.order_by("-published_at").values_list("published_at", flat=True).first()
        Source.objects.filter(pk=source.pk).update(last_item_at=last)
    return added


def _bring_file(cast: Cast, today: dt.date) -> None:
    """An export of a listening service, brought in as a file: one line of it is of no use and is told."""
    source = services.source_add(
        actor=cast.personas["phuong"],
        unit=cast.so,
        name="Dịch vụ nghe mạng xã hội của tỉnh",
        kind=SourceKind.PUSH,
        outlet=Outlet.SOCIAL,
    )
    lines = ["Tiêu đề;Nội dung;Ngày đăng;Nguồn;Tương tác"]
    for days, words, page, reach in EXPORT:
        lines.append(f";{words};{(today - dt.timedelta(days=days)).strftime('%d/%m/%Y')};{page};{reach}")
    lines.append(";Dòng này thiếu ngày đúng;32/13/2026;;")
    row = services.file_take(
        actor=cast.personas["phuong"], source=source, name="nghe-mang-xa-hoi.csv", data="\n".join(lines).encode()
    )
    services.file_confirm(actor=cast.personas["phuong"], row=row)
    while services.write_next_file():
        pass
    while services.analyse_waiting():
        pass


def _hour(day: dt.date, rng: random.Random) -> dt.datetime:
    at = dt.datetime.combine(day, dt.time(rng.randint(6, 21), rng.randrange(60)), tzinfo=clock.VIETNAM)
    return min(at, clock.now())
