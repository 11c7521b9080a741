"""Plans made at random from known content: the reading must give the content back, whatever the wording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from loa.lib.vanban import DocumentError, read_document
from loa.lib.vanban.errors import EmptyFile

settings.register_profile("vanban", max_examples=60, deadline=None)
settings.load_profile("vanban")

UNITS = (
    "Văn phòng Sở",
    "Phòng Giáo dục Trung học",
    "Các trường trung học phổ thông",
    "Các đơn vị trực thuộc Sở",
    "UBND các xã, phường",
    "Phòng Kế hoạch - Tài chính",
)
COUNTED = ("bài", "tin", "video", "phóng sự", "tin, bài", "infographic")
PERIODS = {"tuần": "week", "tháng": "month", "quý": "quarter", "học kỳ": "semester", "năm": "year"}
EVERY = {
    "Hằng ngày": "daily",
    "Hằng tuần": "weekly",
    "Hằng tháng": "monthly",
    "Hằng quý": "quarterly",
    "Thường xuyên": "regular",
    "Định kỳ ngày 15 hằng tháng": "monthly@15",
}
TYPES = {
    "Kế hoạch": "{n}/KH-SGDĐT",
    "Nghị định": "{n}/{y}/NĐ-CP",
    "Quyết định": "{n}/QĐ-UBND",
    "Công văn": "{n}/SGDĐT-VP",
    "Nghị quyết": "{n}-NQ/TW",
    "Thông tư": "{n}/{y}/TT-BGDĐT",
}
DAYS = st.dates(date(2026, 2, 1), date(2026, 12, 28))


@dataclass(frozen=True)
class Written:
    """A line of a plan and what it says."""

    line: str
    kind: str
    value: tuple


@st.composite
def quotas(draw: st.DrawFn) -> Written:
    count, unit = draw(st.integers(1, 30)), draw(st.sampled_from(COUNTED))
    period, least = draw(st.sampled_from(sorted(PERIODS))), draw(st.booleans())
    minimum = draw(st.sampled_from(("ít nhất ", "tối thiểu "))) if least else ""
    number = f"{count:02d}" if draw(st.booleans()) else str(count)
    line = draw(
        st.sampled_from(
            (
                f"- Gửi {minimum}{number} {unit}/{period} về gương người tốt, việc tốt.",
                f"- Đăng {minimum}{number} {unit} mỗi {period} trên Cổng thông tin điện tử.",
                f"- Mỗi {period} gửi {minimum}{number} {unit} về Văn phòng Sở.",
            )
        )
    )
    return Written(line, "quota", (count, least, unit, PERIODS[period]))


@st.composite
def deadlines(draw: st.DrawFn) -> Written:
    day = draw(DAYS)
    printed = draw(
        st.sampled_from(
            (
                f"{day.day}/{day.month}/{day.year}",
                f"{day.day:02d}/{day.month:02d}/{day.year}",
                f"{day.day:02d} tháng {day.month:02d} năm {day.year}",
            )
        )
    )
    cue, bound = draw(
        st.sampled_from((("trước ngày", "before"), ("chậm nhất ngày", "by"), ("đến hết ngày", "by")))
    )
    return Written(f"- Gửi báo cáo kết quả về Văn phòng Sở {cue} {printed}.", "deadline", (day.isoformat(), bound))


@st.composite
def recurring(draw: st.DrawFn) -> Written:
    words = draw(st.sampled_from(sorted(EVERY)))
    what = draw(
        st.sampled_from(("cập nhật thông tin trên Fanpage", "theo dõi dư luận xã hội", "rà soát nội dung"))
    )
    return Written(f"- {words} {what}.", "recurring", (EVERY[words],))


@st.composite
def noise(draw: st.DrawFn) -> Written:
    line = draw(
        st.sampled_from(
            (
                "- Phối hợp với trung tâm giáo dục thường xuyên tổ chức hội nghị.",
                "- Bảo đảm tối thiểu 20% tổng chi ngân sách cho giáo dục được thông tin đầy đủ.",
                "- Phân công 01 cán bộ phụ trách truyền thông.",
                "- Nâng cao chất lượng tin, bài; bảo đảm chủ động, thường xuyên, kịp thời.",
            )
        )
    )
    return Written(line, "noise", ())


@st.composite
def bases(draw: st.DrawFn) -> tuple[str, str, str]:
    kind = draw(st.sampled_from(sorted(TYPES)))
    day = draw(st.dates(date(2018, 1, 1), date(2025, 12, 30)))
    number = TYPES[kind].format(n=draw(st.integers(1, 4999)), y=day.year)
    line = f"Căn cứ {kind} số {number} ngày {day.day}/{day.month}/{day.year} về công tác truyền thông;"
    return line, number, day.isoformat()


SECTION = st.tuples(
    st.sampled_from(UNITS),
    st.lists(st.one_of(quotas(), deadlines(), recurring(), noise()), min_size=1, max_size=4),
)


@given(
    st.lists(bases(), min_size=1, max_size=4, unique_by=lambda base: base[1]),
    st.lists(SECTION, min_size=1, max_size=4),
)
def test_content_comes_back(written_bases: list, sections: list) -> None:
    lines = ["Số: 77/KH-SGDĐT", "Sông Lam, ngày 05 tháng 01 năm 2026", "KẾ HOẠCH", "Truyền thông năm 2026"]
    lines += [line for line, _, _ in written_bases]
    lines += ["I. TỔ CHỨC THỰC HIỆN"]
    want: dict[str, list] = {"quota": [], "deadline": [], "recurring": []}
    for number, (unit, items) in enumerate(sections, start=1):
        lines.append(f"{number}. {unit}")
        for item in items:
            lines.append(item.line)
            if item.kind in want:
                want[item.kind].append((*item.value, unit))
    reading = read_document("\n\n".join(lines).encode(), "a.txt")
    assert [(r.number, r.date) for r in reading.legal_refs] == [
        (number, day) for _, number, day in written_bases if number != "77/KH-SGDĐT"
    ]
    assert all(ref.role == "basis" for ref in reading.legal_refs)
    assert [(q.count, q.min, q.unit, q.period, q.who) for q in reading.quotas] == want["quota"]
    assert [(d.date, d.bound, d.who) for d in reading.deadlines] == want["deadline"]
    assert [(r.recurrence, r.who) for r in reading.recurring] == want["recurring"]


@dataclass(frozen=True)
class Owed:
    """A line of a plan and all it asks for; None stands for the unit of its section, "{}" for it in short."""

    line: str
    quotas: tuple[tuple, ...] = ()
    deadlines: tuple[tuple, ...] = ()
    recurring: tuple[tuple, ...] = ()


@st.composite
def shared_out(draw: st.DrawFn) -> Owed:
    """ "… đối với A và … đối với B", in brackets or not: counts or days, each with its own unit."""
    one, other = draw(st.lists(st.sampled_from(UNITS), min_size=2, max_size=2, unique=True))
    brackets = draw(st.booleans())
    first, second = (f"(đối với {unit})" if brackets else f"đối với {unit}" for unit in (one, other))
    if draw(st.booleans()):
        few, many = draw(st.integers(1, 9)), draw(st.integers(1, 30))
        unit, period = draw(st.sampled_from(("tin", "bài"))), draw(st.sampled_from(sorted(PERIODS)))
        return Owed(
            f"- Gửi ít nhất {few:02d} {unit}/{period} {first} và ít nhất {many:02d} {unit}/{period} {second}.",
            quotas=((few, True, unit, PERIODS[period], one), (many, True, unit, PERIODS[period], other)),
        )
    early, late = draw(DAYS), draw(DAYS)
    return Owed(
        f"- Gửi báo cáo về Sở trước ngày {early:%d/%m/%Y} {first} và trước ngày {late:%d/%m/%Y} {second}.",
        deadlines=((early.isoformat(), "before", one), (late.isoformat(), "before", other)),
    )


@st.composite
def relative(draw: st.DrawFn) -> Owed:
    days, quarter = draw(st.integers(2, 30)), draw(st.sampled_from(("I", "II", "III", "IV")))
    words, line, bound = draw(
        st.sampled_from(
            [
                (words, line.format(words), bound)
                for words, line, bound in (
                    (
                        f"chậm nhất {days:02d} ngày làm việc kể từ ngày kết thúc hoạt động",
                        "- Gửi báo cáo về Văn phòng Sở {}.",
                        "by",
                    ),
                    (f"trong quý {quarter}", "- Hoàn thành việc kiện toàn Ban Biên tập {}.", "by"),
                    ("cùng với báo cáo tổng kết năm học", "- Gửi báo cáo kết quả về Văn phòng Sở {}.", "on"),
                )
            ]
        )
    )
    return Owed(line, deadlines=((words, bound, None),))


@st.composite
def once_a_period(draw: st.DrawFn) -> Owed:
    if draw(st.booleans()):
        day = draw(st.integers(1, 28))
        return Owed(
            f"- Định kỳ ngày {day} hằng tháng gửi báo cáo về Văn phòng Sở.", recurring=((f"monthly@{day}", None),)
        )
    times, (period, word) = (
        draw(st.integers(1, 3)),
        draw(st.sampled_from((("tuần", "weekly"), ("tháng", "monthly")))),
    )
    return Owed(
        f"- Rà soát nội dung trên Fanpage {times:02d} lần/{period}.",
        quotas=((times, False, "lần", PERIODS[period], None),),
        recurring=((word, None),),
    )


@st.composite
def sent(draw: st.DrawFn) -> Owed:
    """An officer whom the unit sends, and what he does."""
    verb, who = (
        draw(st.sampled_from(("Cử", "Phân công"))),
        draw(st.sampled_from(("cán bộ", "giáo viên", "viên chức"))),
    )
    number, about = draw(st.sampled_from(("", "01 "))), draw(st.sampled_from(("", "truyền thông ", "báo chí ")))
    often, word = draw(st.sampled_from((("thường xuyên", "regular"), ("hằng tuần", "weekly"))))
    return Owed(
        f"- {verb} {number}{who} làm đầu mối {about}{often} liên hệ với Văn phòng Sở.",
        recurring=((word, f"{who} đầu mối của {{}}"),),
    )


@given(
    st.sampled_from(UNITS),
    st.lists(st.one_of(shared_out(), relative(), once_a_period(), sent()), min_size=1, max_size=4),
)
def test_what_each_line_asks_comes_back(unit: str, items: list[Owed]) -> None:
    lines = ["Số: 77/KH-SGDĐT", "Sông Lam, ngày 05 tháng 01 năm 2026", "KẾ HOẠCH", "Truyền thông năm 2026"]
    lines += ["I. TỔ CHỨC THỰC HIỆN", f"1. {unit}", *(item.line for item in items)]
    reading = read_document("\n\n".join(lines).encode(), "a.txt")

    def owed(kind: str) -> list[tuple]:
        short = unit.removeprefix("Các ")
        return [
            (*row[:-1], (row[-1] or unit).replace("{}", short)) for item in items for row in getattr(item, kind)
        ]

    assert [(q.count, q.min, q.unit, q.period, q.who) for q in reading.quotas] == owed("quotas")
    assert [(d.date or d.relative, d.bound, d.who) for d in reading.deadlines] == owed("deadlines")
    assert [(r.recurrence, r.who) for r in reading.recurring] == owed("recurring")
    # two lines drawn may contradict each other; one alone never does
    allowed = {"deadline_conflict"} if len(items) > 1 else set()
    assert {warning.code for warning in reading.warnings} <= allowed


TASK = st.tuples(
    st.sampled_from(("Giáo dục mầm non", "Chuyển đổi số", "Thi đua, khen thưởng", "Kỳ thi tốt nghiệp")),
    st.lists(st.sampled_from(UNITS), min_size=1, max_size=2, unique=True),
    st.sampled_from(("Quý I", "Thường xuyên", "Tháng 9/2026", "Trước 15/12")),
)


@given(st.lists(st.lists(TASK, min_size=1, max_size=4), min_size=1, max_size=4), st.booleans(), st.integers(0, 6))
def test_table_comes_back(groups: list, tabs: bool, torn_after: int) -> None:
    """Groups with restarting numbers, as pipe or tab table, torn by a page break anywhere."""
    header = ("STT", "Nội dung", "Chủ trì", "Thời gian")
    rows: list[tuple[str, ...]] = []
    want = []
    for index, group in enumerate(groups):
        label = ("I", "II", "III", "IV")[index]
        rows.append((label, f"Nhóm nội dung {label}", "", ""))
        want.append(("heading", label, None, (), None))
        for number, (content, leads, time) in enumerate(group, start=1):
            rows.append((str(number), content, "; ".join(leads), time))
            want.append(("task", str(number), label, tuple(leads), time))

    def printed(cells: tuple[str, ...]) -> str:
        return "\t".join(cells) if tabs else "| " + " | ".join(cells) + " |"

    rule = [] if tabs else ["|---|---|---|---|"]
    lines = [printed(header), *rule]
    for index, row in enumerate(rows):
        lines.append(printed(row))
        if index == torn_after and index + 1 < len(rows):
            lines += ["", printed(header if tabs else ("", "", "", "")), *rule]
    text = "KẾ HOẠCH\n\nTruyền thông\n\nI. MỤC ĐÍCH\n\nNơi nhận:\n\n- Lưu: VT.\n\nPHỤ LỤC\n\n" + "\n".join(lines)
    (table,) = read_document(text.encode(), "a.txt").tables
    assert [(r.kind, r.number, r.group, r.lead, r.timeframe) for r in table.rows] == want


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text breaks the reader, and every span is exact."""
    try:
        reading = read_document(text.encode("utf-8", errors="ignore"), "a.txt")
    except DocumentError:
        return  # empty or unreadable: refused with its own sentence
    for warning in reading.warnings:
        assert 0 <= warning.span.start <= warning.span.end <= len(reading.source.text)


LETTERS = "Kế hoạch số/KH-NQ.;:()“” \n\t|-+*<p>0123456789 trước ngày tháng năm ít nhất bài/quý hằng mỗi (đối với)"


@given(st.text(alphabet=LETTERS, max_size=600))
def test_noise_in_the_letters_of_plans(text: str) -> None:
    if not text.strip():
        return
    try:
        read_document(text.encode(), "a.md").to_dict(with_source=True)
    except EmptyFile:
        return  # only markup
