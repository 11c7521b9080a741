"""What the demo's Sở hears in a year: papers, a parents' group, two crises. Invented; nobody and no paper is real."""

from __future__ import annotations

import datetime as dt
import random
from urllib.parse import urlsplit

from loa.core import clock
from loa.demo.heard_texts import ADVERTS, BESIDE, FEES, MEAL, PEOPLE, PRESS, RUDE, article
from loa.demo.people import Cast
from loa.lib.vi import fold, slugify_vi
from loa.listening import selectors, services, themes
from loa.listening.models import Fetch, Item, Source
from loa.listening.readers.model import Found
from loa.listening.rules import FETCHED, Outlet, SourceKind, keep_days, key_of_remark
from loa.listening.selectors import StreamFilter
from loa.listening.services.health import renew_habit
from loa.newsroom import indexing
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.models import Unit
from loa.plans.models import Plan
from loa.plans.rules import PlanStatus

#: (name, sort, how it is read, address)
SOURCES = [
    (
        "Báo và phát thanh, truyền hình Sông Lam",
        Outlet.LOCAL,
        SourceKind.FEED,
        "https://baosonglam.example/rss/giao-duc",
    ),
    ("Tuần báo Thầy và Trò", Outlet.PRESS, SourceKind.FEED, "https://thayvatro.example/rss"),
    ("Nhật báo Bến Thủy", Outlet.PRESS, SourceKind.SITEMAP, "https://benthuy.example/sitemap-news.xml"),
    ("Cổng thông tin tỉnh Sông Lam", Outlet.STATE, SourceKind.PAGE, "https://songlam.example/giao-duc"),
    ("Hội phụ huynh Trường Vinh (nhóm công khai)", Outlet.SOCIAL, SourceKind.HAND, ""),
    ("Diễn đàn Người Sông Lam", Outlet.SOCIAL, SourceKind.HAND, ""),
]
#: read from the stand-in for YouTube by the worker, like any channel
FILMS = (
    "Truyền hình Sông Lam (YouTube)",
    Outlet.VIDEO,
    SourceKind.YOUTUBE,
    "https://www.youtube.com/@truyenhinhsonglam",
)
#: one that said something every other day and then no more
SILENT = ("Tạp chí Giáo dục Sông Lam", Outlet.PRINT, SourceKind.FEED, "https://tapchigiaoduc.example/feed")
SILENT_DAYS, SILENT_ITEMS = 16, 24
#: items people judged (too few to learn from: remarks made of the same parts would teach those parts alone), of
#: them items they gave a topic
JUDGED, RETOLD = 90, 3
#: adverts, most of which the office called no matter of education: with what it judged enough to teach Loa that
#: one question
ADVERTISED = 48
#: meant by an advert that is about education all the same
LEFT_IN = "about"
#: what the models of the demo say of their data
LICENCE = "mẫu dựng cho bản dùng thử"


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


class _Year:
    """What is heard in a year, before it is stored: by source, and in which tone a reader would call it."""

    def __init__(self, rng: random.Random, sources: dict[str, list[Source]]) -> None:
        self.rng, self.sources = rng, sources
        self.heard: dict[int, list[Found]] = {}
        #: external number → tone; None: not about education here; LEFT_IN: it is, whatever its tone
        self.meant: dict[str, str | None] = {}

    def say(
        self, who: str, line: str, school: Unit, at: dt.datetime, *, key: str = "", source: Source | None = None
    ) -> str:
        """One item; its number."""
        rng, source = self.rng, source or self.rng.choice(self.sources[who])
        number = f"demo-{sum(map(len, self.heard.values())) + 1}"
        words = {
            "school": school.name,
            "place": school.parent.short_name if school.parent else school.name,
            "n": rng.randint(12, 60),
        }
        said, press = line.format(**words), who == "press"
        self.heard.setdefault(source.pk, []).append(
            Found(
                url=address(source, said, number) if press else "",
                external=number,
                title=said if press else "",
                text=article(key, rng).format(**words) if press else said,
                author="" if press else f"Người {rng.randint(1, 90)}",
                published_at=at,
            )
        )
        return number


def address(source: Source, title: str, number: str) -> str:
    """Where the paper has the article: a name that never leads anywhere."""
    return f"https://{urlsplit(source.url).netloc}/{slugify_vi(title)[:80].strip('-')}-{number.rsplit('-', 1)[-1]}.html"


def hear(cast: Cast, units: list[Unit], today: dt.date, rng: random.Random, *, count: int = 320) -> int:
    """Fill the stream. Returns how many items."""
    by_who: dict[str, list[Source]] = {"press": [], "people": []}
    for row in SOURCES:
        by_who["people" if row[1] == Outlet.SOCIAL else "press"].append(_source(cast, *row))
    silent = _source(cast, *SILENT)
    _source(cast, *FILMS)
    schools = [unit for unit in units if unit.kind in ("tieu_hoc", "thcs", "thpt", "mam_non") and unit.parent_id]
    # Half the themes of the plan are followed; the others are offered to whoever looks.
    services.themes_follow(
        actor=cast.personas["phuong"], topics=selectors.plan_themes(cast.personas["phuong"])[::2]
    )
    themes.forget()
    year, start = _Year(rng, by_who), today - dt.timedelta(days=364)
    for _item in range(count):
        day = start + dt.timedelta(days=rng.randrange(365))
        pool = PRESS if rng.random() < 0.55 else PEOPLE
        subject = rng.choice([one for one in pool if day.month in one.months] or [PEOPLE[-1]])
        line = rng.choice(subject.lines)
        number = year.say(subject.who, line, rng.choice(schools), _hour(day, rng), key=subject.key)
        if subject.who == "people":
            year.meant[number] = subject.tone
    for lines, tone in ((RUDE, "neg"), (BESIDE * 3, None)):
        for line in lines:
            day = today - dt.timedelta(days=rng.randrange(2, 90))
            number = year.say("people", line, rng.choice(schools), _hour(day, rng))
            year.meant[number] = tone
    for n in range(SILENT_ITEMS):
        day = today - dt.timedelta(days=SILENT_DAYS + 2 * n)
        subject = rng.choice([one for one in PRESS if day.month in one.months])
        line = rng.choice(subject.lines)
        year.say("press", line, rng.choice(schools), _hour(day, rng), key=subject.key, source=silent)
    for crisis, month, length in ((FEES, 9, 12), (MEAL, 11, 5)):
        school = rng.choice([unit for unit in schools if unit.kind == ("tieu_hoc" if crisis is MEAL else "thcs")])
        first = dt.date(today.year if month <= today.month else today.year - 1, month, 8)
        for offset, (who, line) in enumerate(crisis):
            day = first + dt.timedelta(days=offset * length // len(crisis))
            if day <= today:
                year.say(who, line, school, _hour(day, rng), key="bep" if crisis is MEAL else "thu")
        answer(cast, first, FEES_ANSWER if crisis is FEES else MEAL_ANSWER)
    for _advert in range(ADVERTISED):
        opening, what, offer = (rng.choice(parts) for parts in ADVERTS)
        line = f"{opening.replace('{what}', what)}, {offer}"
        day = today - dt.timedelta(days=rng.randrange(2, 170))
        # Where a language is learnt the office looks, however it is advertised.
        meant = LEFT_IN if what.startswith("tiếng") else None
        year.meant[year.say("people", line, rng.choice(schools), _hour(day, rng))] = meant
    added = 0
    for pk, found in year.heard.items():
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
    _judge(cast, year)
    _bring_file(cast, today)
    services.note_stories()
    while services.read_answers():
        pass
    return added


def _source(cast: Cast, name: str, outlet: Outlet, kind: SourceKind, url: str) -> Source:
    return Source.objects.create(
        unit=cast.so, name=name, kind=kind, outlet=outlet, url=url, keep_days=keep_days(outlet, kind),
        created_by=cast.personas["phuong"],
    )  # fmt: skip


def teach(cast: Cast) -> bool:
    """Let Loa learn from what the office took out; whether the model is in use. Outside a transaction."""
    taught = services.train_office(actor=cast.personas["phuong"], task="relevant", licence=LICENCE)
    return taught is not None and taught.live


def _judge(cast: Cast, year: _Year) -> None:
    """The officer judged what Loa was unsure of, took the driving schools out, gave some items a topic."""
    officer = cast.personas["phuong"]
    keys = {
        key_of_remark(pk, "", one.external): year.meant[one.external]
        for pk, found in year.heard.items()
        for one in found
        if one.external in year.meant
    }
    items = list(
        Item.objects.filter(unit=cast.so, key__in=keys, relevant=True, copy_of=None).order_by("-published_at")
    )
    judged = 0
    for item in items:
        tone = keys[item.key]
        if tone is None:
            services.item_correct(actor=officer, item=item, field="relevant", value="0")
        elif tone == LEFT_IN:
            services.item_confirm(actor=officer, item=item, field="relevant")
        elif judged < JUDGED:
            judged += 1
            # People do not agree with themselves either: one in ten is called otherwise another day.
            tone = "neu" if judged % 10 == 0 else tone
            if item.tone == tone:
                services.item_confirm(actor=officer, item=item, field="tone")
            else:
                services.item_correct(actor=officer, item=item, field="tone", value=tone)
    gates = [item for item in items if item.text.startswith("Hàng rong bủa vây")][:RETOLD]
    for item in gates:
        if not item.topics.filter(code="an-toan").exists():
            services.item_correct(actor=officer, item=item, field="topics", value="+an-toan")


def settle(cast: Cast, now: dt.datetime, rng: random.Random) -> None:
    """How the sources stand: looked at all day, one of them silent for two weeks, its alarm raised.

    Their addresses lead nowhere, so that no worker is ever sent there: they are never due. The channel of films
    leads to a stand-in: it is.
    """
    fetches: list[Fetch] = []
    for source in Source.objects.filter(unit=cast.so):
        if source.kind == SourceKind.YOUTUBE:
            source.next_at = now
            source.save()
            continue
        renew_habit(source)
        if source.kind in FETCHED:
            source.last_fetch_at = source.last_ok_at = now - dt.timedelta(minutes=rng.randint(1, 25))
            fetches += _looks(source, source.last_fetch_at, rng)
        if source.name != SILENT[0]:
            source.silent_from = None
        source.save()
    Fetch.objects.bulk_create(fetches)
    services.sweep_silent()
    plan = Plan.objects.filter(unit=cast.so, status=PlanStatus.ISSUED).order_by("pk").first()
    if plan is not None:
        services.tell_of_plan_themes(plan=plan)


def _looks(source: Source, last: dt.datetime, rng: random.Random) -> list[Fetch]:
    """The last day of looks at a source: mostly nothing new, seldom slow."""
    found = []
    for n in range(24):
        quiet = source.name == SILENT[0] or rng.random() < 0.75
        fate = "slow" if n and rng.random() < 0.05 else "same" if quiet else "ok"
        found.append(
            Fetch(
                source=source,
                at=last - dt.timedelta(minutes=source.every * n),
                outcome=fate,
                status={"ok": 200, "same": 304, "slow": None}[fate],
                size=rng.randint(18_000, 64_000) if fate == "ok" else 0,
                found=rng.randint(15, 30) if fate == "ok" else 0,
                added=rng.randint(1, 2) if fate == "ok" else 0,
                ms=15_000 if fate == "slow" else rng.randint(90, 900),
            )
        )
    return found


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
