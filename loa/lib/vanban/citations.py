"""Legal references: every numbered document the text cites, and laws cited by name only.

A number is recognised by its shape, not by the words around it:
  42/2022/NĐ-CP · 36/2017/TT-BGDĐT · 88/2014/QH13     number / year / symbols
  1909/KH-BGD&ĐT · 07/CT-TTg · 1652/SGDĐT-VP          number / symbols
  29-NQ/TW · 132-KH/TU                                 number - symbols / organ (the Party's form)
It is kept as printed, even when it cannot be right ("37/2024/NQ/QH11"); warnings.py questions it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .dates import FULL_DAY, from_match, make
from .document import Document
from .issuers import issuer_at
from .letters import UP
from .model import LegalRef, NamedLaw, Span
from .outline import BASES, BODY, HEAD, OPENING
from .source.model import NOTE, ROW, Block

_SYMBOL = r"[A-ZĐƯƠÂÊÔĂ][A-Za-zĐđƯưƠơÂÊÔĂ0-9&]*"
NUMBER = re.compile(
    r"(?<![\w/.\-])(?:"
    rf"(?P<full>\d{{1,5}}\s?/\s?(?:19|20)\d{{2}}\s?/\s?{_SYMBOL}(?:\s?[-–/]\s?{_SYMBOL})*)"
    rf"|(?P<party>\d{{1,5}}\s?[-–]\s?{_SYMBOL}\s?/\s?{_SYMBOL}(?:[-–]{_SYMBOL})*)"
    rf"|(?P<short>\d{{1,5}}\s?/\s?{_SYMBOL}(?:\s?[-–]\s?{_SYMBOL})+)"
    r")(?![\w])"
)

#: printed word → type; longer first so that "Thông tư liên tịch" wins over "Thông tư"
TYPES = (
    "Thông tư liên tịch",
    "Văn bản hợp nhất",
    "Nghị quyết liên tịch",
    "Chương trình hành động",
    "Chương trình phối hợp",
    "Chương trình công tác",
    "Kế hoạch phối hợp",
    "Kế hoạch liên ngành",
    "Kế hoạch liên tịch",
    "Quy chế phối hợp",
    "Hướng dẫn liên ngành",
    "Kế hoạch",
    "Quyết định",
    "Nghị quyết",
    "Nghị định",
    "Thông tư",
    "Chỉ thị",
    "Kết luận",
    "Thông báo",
    "Công văn",
    "Văn bản",
    "Hướng dẫn",
    "Bộ luật",
    "Luật",
    "Pháp lệnh",
    "Chương trình",
    "Đề án",
    "Dự án",
    "Phương án",
    "Công điện",
    "Tờ trình",
    "Báo cáo",
    "Quy định",
    "Quy chế",
    "Thông tri",
    "Lệnh",
    "Giấy mời",
    "Thư",
)
_TYPE_ALTERNATION = "|".join(re.escape(name) for name in TYPES)
#: "Kế hoạch số ", "Thông tư ", "Luật Giáo dục số ", "Kế hoạch liên ngành số "
_TYPE_BEFORE = re.compile(
    rf"(?:^|"
    rf"(?<=[\s(“\"¹²³⁴⁵⁶⁷⁸⁹⁰/,;:.-]))(?P<type>{_TYPE_ALTERNATION})(?P<name>\s+(?:[^,;.()\d]{{1,70}}?))??(?:\s+số\s*:?|"
    rf"\s*:|\s+)\s*$",
    re.I,
)
_SO_BEFORE = re.compile(r"(?:^|[\s(,;])số\s*:?\s*$", re.I)
_LIST_BEFORE = re.compile(r"(?:,|;|và|/|hoặc)\s*(?:số\s*:?\s*)?$")
#: type ← first symbol, for numbers printed without a word ("theo 42/2022/NĐ-CP")
TYPE_BY_SYMBOL = {
    "NĐ": "Nghị định",
    "NQ": "Nghị quyết",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "KL": "Kết luận",
    "KH": "Kế hoạch",
    "TB": "Thông báo",
    "HD": "Hướng dẫn",
    "BC": "Báo cáo",
    "TTR": "Tờ trình",
    "CTR": "Chương trình",
    "CTRPH": "Chương trình phối hợp",
    "CĐ": "Công điện",
    "ĐA": "Đề án",
    "VBHN": "Văn bản hợp nhất",
    "CV": "Công văn",
}

_DATE_AFTER = re.compile(rf"\s*[,(]?\s*(?:ban hành\s+|ký\s+)?ngày\s+{FULL_DAY}")
_BLANK_DAY_AFTER = re.compile(r"\s*[,(]?\s*ngày\s*[.…_]*\s*tháng\s*(?P<m>\d{1,2})\s*năm\s*(?P<y>(?:19|20)\d{2})")
_YEAR_AFTER = re.compile(r"\s+năm\s+(?P<y>(?:19|20)\d{2})\b(?!\s*[-–]\s*\d{4})")
_ISSUER_AFTER = re.compile(r"\s*[,(]?\s*(?:do|của)\s+")
#: "theo yêu cầu của Thủ tướng Chính phủ tại Chỉ thị số …"
_ISSUER_BEFORE = re.compile(r"của\s+(?P<issuer>[^,;.()]{3,60}?)\s+(?:tại|trong|theo)\s+(?:các\s+)?$")
_SUBJECT_AFTER = re.compile(
    r"\s*(?:\([^()]{1,30}\)\s*)?,?\s*(?:(?:quy định|ban hành|hướng dẫn|"
    r"phê duyệt)\s+(?=về))?(?:về việc|về|V/v)\s+"
    r"(?P<subject>[^;]{4,400})",
    re.I,
)
#: how a line of the preamble begins that names the basis
_BASIS_OPENING = re.compile(
    r"^[-–+*•\s]*(?:Căn cứ|Thực hiện|Theo|Trên cơ sở|Xét|Để (?:tiếp tục )?(?:triển khai|"
    r"thực hiện)|Tiếp tục thực hiện|Triển khai(?: thực hiện)?|"
    r"Nhằm (?:triển khai|thực hiện)|Thi hành)\b",
    re.I,
)
#: "về việc thực hiện Chỉ thị số 10…": a reference inside the title of another
_NESTED = re.compile(
    r"\b(?:thực hiện|triển khai|sửa đổi|bổ sung|thi hành|hướng dẫn|quán triệt|thay thế|theo|"
    r"tại|của)(?:\s+các)?(?:\s+nội dung)?\s*$",
    re.I,
)


#: "… và chỉ đạo của UBND tỉnh tại Văn bản số …" is a basis of its own
_TOLD = re.compile(
    r"(?:\bvà|,)\s+(?:theo\s+)?(?:ý kiến|sự)?\s*(?:chỉ đạo|yêu cầu|đề nghị|kết luận|thống nhất)[^;,]{0,80}?\s"
    r"tại(?:\s+các)?\s*$",
    re.I,
)


@dataclass(slots=True)
class _Mention:
    """One printed number with what stands around it."""

    key: str
    number: str
    type: str | None
    date: str | None
    issuer: str | None
    subject: str | None
    role: str
    span: Span


def normal_number(printed: str) -> str:
    """The number without the spaces an optical reader put in: "29 - NQ/TW" → "29-NQ/TW"."""
    return re.sub(r"\s+", "", printed).replace("–", "-")


def find_references(doc: Document, own_number: str | None) -> list[LegalRef]:
    """All numbered references in order of first mention; also fills `doc.citations`."""
    mentions: list[_Mention] = []
    for block in doc.source.blocks:
        if doc.outline.zone(block) == HEAD and not _cites(block):
            continue
        for part, offset in _parts(block):
            mentions.extend(_mentions_in(doc, block, part, offset))
    doc.citations = sorted((m.span.start, m.span.end) for m in mentions)
    own = normal_number(own_number) if own_number else None
    return _merge([m for m in mentions if m.key != own])


def _cites(block: Block) -> bool:
    return bool(_BASIS_OPENING.match(block.text)) and len(block.text) > 40


def _parts(block: Block) -> Iterator[tuple[str, int]]:
    if block.kind == ROW:
        for cell in block.cells:
            if not cell.merged and cell.text:
                yield cell.text, cell.start
    else:
        yield block.text, block.start


def _mentions_in(doc: Document, block: Block, text: str, offset: int) -> Iterator[_Mention]:
    previous: _Mention | None = None
    previous_end = 0
    basis = _is_basis_block(doc, block)
    matches = list(NUMBER.finditer(text))
    for index, match in enumerate(matches):
        number = normal_number(match.group(0))
        printed = normal_number(doc.source.text[offset + match.start() : offset + match.end()])
        if not _plausible(match, number):
            continue
        start = match.start()
        before = text[max(previous_end, start - 120) : start]
        kind, type_start = _type_before(before)
        if kind is not None:
            start -= len(before) - type_start
        elif _SO_BEFORE.search(before):
            so = _SO_BEFORE.search(before)
            assert so is not None
            start -= len(before) - so.start() - (0 if before[so.start()] in "sS" else 1)
        if kind is None and previous is not None and _LIST_BEFORE.search(before) and len(before) < 60:
            kind = previous.type
        if kind is None:
            kind = _type_by_symbol(number)
        limit = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        end, date, issuer = _date_and_issuer(text, match.end(), limit)
        date = date or _date_of_the_list(text, end, matches[index + 1 : index + 6])
        if issuer is None:
            named = _ISSUER_BEFORE.search(text[max(0, start - 90) : start])
            issuer = issuer_at(named["issuer"])[0] if named else None
        subject_match = _SUBJECT_AFTER.match(text, end)
        subject = " ".join(subject_match["subject"].split()).rstrip(" .,") if subject_match else None
        role = "basis" if basis and not _is_nested(text, start) else "cited"
        mention = _Mention(
            number.upper(), printed, kind, date, issuer, subject, role, doc.span(offset + start, offset + end)
        )
        yield mention
        previous, previous_end = mention, end


#: between the numbers of one list: " và Nghị định số "
_LISTED_ON = re.compile(r"\s*(?:,|và)\s*[^;.()\d]{0,60}")
_ONE_DAY = re.compile(rf"\s*(?:,\s*)?(?:đều|cùng)\s+(?:ban hành\s+|ký\s+)?(?:cùng\s+)?ngày\s+{FULL_DAY}")


def _date_of_the_list(text: str, end: int, following: list[re.Match[str]]) -> str | None:
    """The day behind a list, of all its documents: "142/2025/NĐ-CP và 143/2025/NĐ-CP cùng ngày 12/6/2025"."""
    for match in following:
        if not _LISTED_ON.fullmatch(text, end, match.start()):
            return None
        end = match.end()
        if day := _ONE_DAY.match(text, end):
            printed = from_match(day)
            return printed.iso if printed else None
    return None


def _plausible(match: re.Match[str], number: str) -> bool:
    """Not "24/7-A", not a class or telephone: the symbols after the slash hold two capitals."""
    symbols = re.sub(r"^\d+(?:[/-](?:19|20)\d{2})?[/-]", "", number)
    return sum(1 for char in symbols if char.isupper()) >= 2 and "TCVN" not in symbols


def _type_before(before: str) -> tuple[str | None, int]:
    """(type with its first letter capital, where it begins in `before`)."""
    found = None
    for match in re.finditer(rf"(?<!\w)(?:{_TYPE_ALTERNATION})(?!\w)", before, re.I):
        rest = before[match.end() :]
        if re.fullmatch(r"\s*(?:số)?\s*:?\s*", rest, re.I):
            found = match
        elif (
            match.group(0).lower() in ("luật", "bộ luật", "pháp lệnh")
            # "Luật Phòng, chống ma túy số": the name of a law may hold a comma, but no other document
            and re.fullmatch(r"\s+[^;.()\d]{2,80}?\s+(?:\(sửa đổi\)\s+)?số\s*:?\s*", rest, re.I)
            and not re.search(rf",.*(?<!\w)(?:{_TYPE_ALTERNATION})(?!\w)", rest, re.I)
        ):
            found = match
            break
        elif re.fullmatch(r"\s+(?:của\s+)?[^,;.()\d]{2,50}\s+số\s*:?\s*", rest, re.I):
            found = match
    if found is None:
        return None, 0
    name = found.group(0).lower()
    canonical = next(t for t in TYPES if t.lower() == name)
    return canonical, found.start()


def _type_by_symbol(number: str) -> str | None:
    symbols = re.sub(r"^\d+(?:/(?:19|20)\d{2})?[/-]", "", number)
    first, *rest = re.split(r"[-/]", symbols)
    if first.upper().startswith("QH") and first[2:].isdigit():
        return None  # a law or a resolution: the number alone does not say which
    known = TYPE_BY_SYMBOL.get(first.upper())
    if known is None and rest and re.fullmatch(r"\d+", number.split("/", 1)[0]):
        return "Công văn"  # 1652/SGDĐT-VP: agency and drafting office
    return known


def _date_and_issuer(text: str, at: int, limit: int) -> tuple[int, str | None, str | None]:
    """Reads "ngày … của …" or "của … ngày …" after a number; returns (end, ISO date, issuer)."""
    end, date, issuer = at, None, None
    for _ in range(2):
        if date is None:
            match = _DATE_AFTER.match(text, end)
            if match:
                printed = from_match(match)
                date = printed.iso if printed else None
                end = match.end()
                continue
            match = _BLANK_DAY_AFTER.match(text, end) or _YEAR_AFTER.match(text, end)
            if match:
                printed = make(None, match.groupdict().get("m"), match["y"])
                date = printed.iso if printed else None
                end = match.end()
                continue
        if issuer is None:
            match = _ISSUER_AFTER.match(text, end)
            if match:
                name, length = issuer_at(text[match.end() : min(len(text), match.end() + 160)])
                if name:
                    issuer = name
                    end = match.end() + length
                    continue
        break
    if date is None:
        # "…29-NQ/TW, Hội nghị Trung ương 8 khóa XI ngày 04/11/2013"
        late = re.compile(rf"[^;.]{{0,80}}?\bngày\s+{FULL_DAY}").match(text, end, min(limit, end + 110))
        if late and not re.search(r"\b(?:về|trước|đến|gửi|từ)\b", late.group(0)):
            printed = from_match(late)
            if printed:
                date, end = printed.iso, late.end()
    return end, date, issuer


def _is_basis_block(doc: Document, block: Block) -> bool:
    zone = doc.outline.zone(block)
    if block.kind in (ROW, NOTE):
        return False
    if zone == BODY and doc.outline.theme(block) == BASES:
        return True
    if zone in (OPENING, HEAD) and not doc.outline.path(block):
        return bool(_BASIS_OPENING.match(block.text)) or _continues_bases(doc, block)
    return False


def _continues_bases(doc: Document, block: Block) -> bool:
    """A line without "Căn cứ" of its own inside the preamble list: "Nghị định số …;"."""
    return bool(re.match(rf"^[-–+*•\s]*(?:{_TYPE_ALTERNATION})\b", block.text)) and block.text.rstrip().endswith(
        (";", ",", ".")
    )


def _is_nested(text: str, start: int) -> bool:
    """Is the reference at `start` part of another's title?

    "Căn cứ Kế hoạch số 1946 … về việc thực hiện Chỉ thị số 10 …": the Chỉ thị is only cited.
    """
    clause = text[text.rfind(";", 0, start) + 1 : start]
    if _TOLD.search(clause):
        return False
    opening = _BASIS_OPENING.match(clause.strip())
    if opening:
        clause = clause.strip()[opening.end() :]
    return bool(NUMBER.search(clause)) and bool(_NESTED.search(clause))


def _merge(mentions: list[_Mention]) -> list[LegalRef]:
    """One reference per number; two dates under one number are two documents."""
    groups: dict[str, list[list[_Mention]]] = {}
    order: list[list[_Mention]] = []
    for mention in mentions:
        home = None
        for group in groups.get(mention.key, []):
            dates = {m.date for m in group if m.date}
            if not mention.date or not dates or mention.date in dates:
                home = group
                break
        if home is None:
            home = []
            groups.setdefault(mention.key, []).append(home)
            order.append(home)
        home.append(mention)
    return [
        LegalRef(
            span=group[0].span,
            type=next((m.type for m in group if m.type), None),
            number=group[0].number,
            date=next((m.date for m in group if m.date), None),
            issuer=next((m.issuer for m in group if m.issuer), None),
            role="basis" if any(m.role == "basis" for m in group) else "cited",
            mentions=len(group),
            subject=next((m.subject for m in group if m.subject), None),
            places=tuple(m.span for m in group),
        )
        for group in order
    ]


#: laws by name, longest first; the list only helps to know where a name ends
LAW_NAMES = (
    "Giáo dục nghề nghiệp",
    "Giáo dục đại học",
    "Giáo dục quốc phòng và an ninh",
    "Giáo dục",
    "Nhà giáo",
    "Học tập suốt đời",
    "Công nghệ thông tin",
    "Giao dịch điện tử",
    "An toàn thông tin mạng",
    "An ninh mạng",
    "Tiếp cận thông tin",
    "Báo chí",
    "Trẻ em",
    "Thanh niên",
    "Bình đẳng giới",
    "Phòng, chống bạo lực gia đình",
    "Phòng, chống ma túy",
    "Phòng, chống tác hại của thuốc lá",
    "Phòng, chống tham nhũng",
    "Viên chức",
    "Cán bộ, công chức",
    "Tổ chức chính quyền địa phương",
    "Thi đua, khen thưởng",
    "Thực hiện dân chủ ở cơ sở",
    "Bảo vệ dữ liệu cá nhân",
    "Bảo vệ bí mật nhà nước",
    "Chuyển đổi số",
    "Dữ liệu",
    "Lưu trữ",
    "Khiếu nại",
    "Tố cáo",
    "Tiếp công dân",
    "Phổ biến, giáo dục pháp luật",
    "Trật tự, an toàn giao thông đường bộ",
    "Giao thông đường bộ",
    "Bảo hiểm y tế",
    "Bảo hiểm xã hội",
    "Ngân sách nhà nước",
    "Đầu tư công",
    "Di sản văn hóa",
    "Xuất bản",
    "Quảng cáo",
    "Viễn thông",
    "Căn cước",
    "Cư trú",
    "Biên phòng",
    "Lao động",
    "Hình sự",
    "Dân sự",
)
_LAW = re.compile(
    r"(?<!\w)(?P<kind>Bộ luật|Luật|Pháp lệnh)\s+(?P<name>(?:sửa đổi, bổ sung (?:một số điều "
    r")?(?:của )?(?:các )?(?:Bộ luật|Luật)\s+)?"
    + "(?:"
    + "|".join(re.escape(name) for name in LAW_NAMES)
    + r"|["
    + UP
    + r"]\w*(?:\s+(?!và\b|của\b|về\b|để\b|năm\b|số\b|được\b|có\b|trong\b|tại\b|đến\b|cho\b|đối\b|này\b|["
    + UP
    + r"])\w+){0,4})"
    r")(?P<year>\s+(?:năm\s+)?(?:19|20)\d{2})?"
)


def find_named_laws(doc: Document) -> list[NamedLaw]:
    """Laws cited without a number, in order; "Luật" alone or inside a numbered reference is none."""
    found: dict[str, list[Span]] = {}
    for block in doc.source.blocks:
        for part, offset in _parts(block):
            for match in _LAW.finditer(part):
                start, end = offset + match.start(), offset + match.end()
                if doc.is_cited(start, end):
                    continue
                name = " ".join(match.group(0).split())
                found.setdefault(name, []).append(doc.span(start, end))
    return [NamedLaw(span=spans[0], name=name, mentions=len(spans)) for name, spans in found.items()]
