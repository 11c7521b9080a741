"""Who must act, what, and towards whom — as the words nearest to a duty say it.

Nearest first: "(đối với X)" or "(X phụ trách)" around the number · the subject of the last words before it
("…, GVCN nộp trước ngày …") · "mỗi trường" inside the clause, or the list it counts ("Tổ Văn và tổ Sử: mỗi tổ") ·
a unit that begins the clause, or stands behind its "hằng tuần, …" · "do X làm" · a unit that begins the sentence,
the one before it or the item · the section the item stands in ("3. Phòng GD&ĐT huyện, thành phố; các đơn vị").
None if nowhere.

Of "Cử cán bộ làm đầu mối … thường xuyên kết nối" the officer acts, for whoever sends him (`acting`).
"""

from __future__ import annotations

import re

from .document import Document, clause_bounds, sentence_bounds
from .labels import read_label, strip_bullet
from .letters import LOW
from .outline import BODY
from .source.model import Block
from .units import RECEIVER, UNIT_START, heading_unit, in_short, unit_at

#: "(đối với các đơn vị trực thuộc Sở)", "đối với Phòng GD&ĐT và 2 bài/năm…"
_TOWARDS_AFTER = re.compile(
    r"\s*[(,]?\s*(?:đối với|dành cho|áp dụng (?:đối )?với|của)\s+(?P<who>[^;().]{3,160}?)"
    r"(?=\s*(?:[;().]|$|,?\s+(?:và|,)?\s*(?:ít nhất|tối thiểu|không dưới|\d{1,3}\s+["
    + LOW
    + r"])|,\s*(?:trước|chậm nhất|gửi|đối với|riêng|hằng|hàng|mỗi|để|nhằm)|"
    r"\s+(?:(?:và|còn)\s+)?(?:gửi về|gửi|trước ngày|chậm nhất|để|nhằm)\b))",
    re.I,
)
#: "đối với các đơn vị trực thuộc Sở, trung tâm GDNN-GDTX: ít nhất 01 bài/quý"; a colon closes a list of units,
#: else a comma or a verb
_TOWARDS_BEFORE = re.compile(
    r"(?:đối với|riêng|dành cho)\s+(?P<who>[^;():.]{3,160}?)\s*(?::|(?=\)))"
    r"|(?:đối với|riêng|dành cho)\s+(?P<who2>[^;():.]{3,160}?)\s*(?:,(?!\s+(?:các\s+)?(?:trường|đơn vị|"
    r"phòng|trung tâm|cơ sở)\b)|(?=\s(?:có|phải|cung cấp|đăng|"
    r"viết|gửi|mỗi|ít nhất|tối thiểu|"
    r"báo cáo|trước|chậm nhất|hoàn thành)))",
    re.I,
)
#: "báo cáo tháng của đơn vị" is the report of whoever reports
_ITSELF = re.compile(r"(?:các )?(?:đơn vị|trường|nhà trường|cơ quan|tổ|lớp|địa phương)(?: mình)?", re.I)
_EACH = re.compile(
    r"\b(?P<who>(?:mỗi|từng)\s+(?:trường|đơn vị|cơ sở|nhà trường|phòng|cán bộ|giáo viên|"
    r"cộng tác viên|cụm|tổ|lớp|CLB|chi đoàn|chi đội|khối|thành viên|khoa|bộ môn|bộ phận|liên đội|nhóm|"
    r"điểm(?: trường)?|công đoàn|học sinh)"
    r"[^,;:.()]{0,60}?)(?=\s+(?:có|phải|đăng|viết|gửi|góp|đóng góp|cung cấp|xây dựng|sản xuất|thực hiện|"
    r"hằng|hàng|mỗi|ít nhất|tối thiểu|tổ chức|trong|đạt|bảo đảm|đảm bảo|cần)|[,;:.(]|$)",
    re.I,
)
#: "phân công nhiệm vụ cho từng thành viên": to whom it is done, not who does it
_DONE_TO = re.compile(r"(?<!giao )(?<!công )(?:cho|đến|tới|của|với|về|trong|ở|tại)\s+$", re.I)
#: "mỗi tổ" alone, after the list it counts
_EACH_OF = re.compile(r"(?:mỗi|từng)\s+(?:\w+|đơn vị|bộ phận|cơ sở|chi đoàn|chi đội|nhà trường)", re.I)
#: "(thầy Phó Hiệu trưởng phụ trách)", ", người làm: thầy Minh"
_NAMED_AFTER = re.compile(
    r"[^;.()]{0,60}\((?:do\s+)?(?P<who>[^();:.]{3,80}(?:\([^()]*\))?)\s+(?:phụ trách|đảm nhiệm|chịu trách nhiệm|"
    r"thực hiện)\)|"
    r"[^;.()]{0,60}?,\s+(?:người|đơn vị|bộ phận)\s+(?:làm|phụ trách|thực hiện|chịu trách nhiệm|chủ trì)\s*:\s*"
    r"(?P<who2>[^;:.]{3,120})",
    re.I,
)
#: "Thể lệ do Báo soạn và công bố …", "mỗi tháng 04 video do Tổ Nghề thực hiện"; brackets are an aside
_DONE_BY = re.compile(r"(?<!\w)do\s+(?P<who>(?:[^();:.]|\([^()]*\)){3,160})", re.I)
_ASKED = re.compile(
    r"\b(?:[Đđ]ề nghị|[Yy]êu cầu|[Gg]iao(?: cho)?(?! ban)|[Pp]hân công|"
    r"[Cc]hỉ đạo)\s+(?P<rest>(?:(?:[Cc]ác|[Mm]ỗi|[Tt]ất cả)\s)?\w.*)",
    re.S,
)
#: "gửi … về Văn phòng Sở", "báo cáo Sở GD&ĐT", "gửi về Trung tâm Truyền thông của Bộ GD&ĐT"
_TO = re.compile(
    # of "gửi báo cáo về Sở" the report is what is sent
    r"(?:gửi về|về|gửi tới|gửi đến|gửi cho|gửi|nộp về|nộp cho|(?<!gửi )(?<!nộp )báo cáo về|báo cáo|cho|tới|đến)"
    r"\s+(?P<to>(?:" + RECEIVER.pattern + r")[^,;:.()]*)",
    re.I,
)
_TO_END = re.compile(
    r"\s+(?:trước|chậm nhất|muộn nhất|vào|để|qua|theo|hằng|hàng|định kỳ|ít nhất|tối thiểu|"
    r"trong|cùng|khi|mỗi|bằng|và (?=gửi|báo|tổng)|kèm|tổng hợp|"
    r"xem xét|lựa chọn|phê duyệt|thẩm định|đăng|hạn|\d)\b.*$",
    re.S,
)


def responsible(doc: Document, block: Block, start: int, end: int) -> str | None:
    """The unit that must do what stands at block.text[start:end], as printed; None when the text does not say."""
    text = block.text
    left, right = clause_bounds(text, start, end)
    before, after = text[left:start], text[end:right]
    return (
        towards_after(after)
        or _named_after(after)
        or listed_unit(text[:start])
        or _towards_before(before)
        or _last_subject(before, text[start:end])
        or _each(before)
        or _passed_on(doc, block, start, end)
        or clause_unit(before)
        or _after_colon(before)
        or _led_by_time(before, after)
        or _done_by(before, after)
        or _sentence_unit(text, start, end)
        or _earlier_sentence(text, start, end)
        or item_unit(text)
        or _parent_item_unit(doc, block)
        or section_unit(doc, block)
        or _asked(text[:start])
    )


#: "Cử cán bộ làm đầu mối phụ trách truyền thông ", "Phân công 01 giáo viên làm cán bộ đầu mối "; a comma would end
#: what the officer does
_OFFICER_SENT = re.compile(
    r"(?:Cử|Phân công|Bố trí)\s+(?:(?:ít nhất\s+|tối thiểu\s+)?(?:\d{1,2}|một)\s+)?(?:đồng chí\s+)?"
    r"(?P<who>cán bộ|công chức|viên chức|giáo viên|nhân viên|người)(?:\s+[^\s,;:.()]+){0,4}?\s+"
    r"làm\s+(?:(?P<as>cán bộ|công chức|viên chức|giáo viên|nhân viên|người)\s+)?đầu mối(?!\w)"
    r"(?:[^,;:.()]|,(?=\s+(?:bài|ảnh|video|phóng sự)\b))*",
    re.I,
)
#: what the unit does itself after sending him: "và hằng tháng gửi báo cáo", "và gửi báo cáo hằng tháng"
_AND_ALSO = re.compile(r"(?<!\w)(?:(?:và|đồng thời)\s+(?:(?:gửi|nộp|báo cáo|đăng ký)\b.*)?|(?:để|nhằm)\s+)$", re.I)


def acting(doc: Document, block: Block, start: int, end: int) -> tuple[str | None, str | None]:
    """Who does what stands at block.text[start:end]; of an officer whom a unit sends, also the unit as printed.

    "Cử cán bộ làm đầu mối truyền thông thường xuyên kết nối với Sở" in the section of "Các trường THPT" gives
    ("cán bộ đầu mối của trường THPT", "Các trường THPT").
    """
    text = block.text
    left, _ = clause_bounds(text, start, end)
    label = read_label(text)
    left = max(left, label.length) if label else left
    left += len(text[left:start]) - len(strip_bullet(text[left:start])[0])
    sent = _OFFICER_SENT.fullmatch(text, left, start)
    if sent is None or _AND_ALSO.search(sent.group(0)):
        return responsible(doc, block, start, end), None
    unit = (
        item_unit(text[:left])
        or _earlier_sentence(text, left, left)
        or _parent_item_unit(doc, block)
        or section_unit(doc, block)
    )
    officer = f"{(sent['as'] or sent['who']).lower()} đầu mối"
    return (f"{officer} của {in_short(unit, doc.source.text)}", unit) if unit else (officer, None)


def _named_after(after: str) -> str | None:
    """Who is named behind what is due: "01 bài/quý (thầy Phó Hiệu trưởng phụ trách)"."""
    match = _NAMED_AFTER.match(after)
    return unit_at((match["who"] or match["who2"]).strip()) if match else None


#: a bullet or a label: "- ", "b) ", "2.1. "
_NOTHING_BEFORE = re.compile(r"\W*(?:[\da-zđ.]{1,6}[.)]\s*)?\W*", re.I)
#: "Khi có yêu cầu của Sở, …": what goes before a comma is no list of units
_WHEN = re.compile(r"\W*(?:[\da-zđ.]{1,6}[.)]\s*)?(?:khi|sau khi|nếu|trường hợp|căn cứ|theo|trên cơ sở)\s", re.I)


def _last_subject(before: str, due: str) -> str | None:
    """The subject of the last words before what is due: "…, GVCN nộp cho TPT Đội", "khi …, phòng phải gửi"."""
    head, comma, last = before.rpartition(", ")
    unit = unit_at(last) if comma and head.count("(") <= head.count(")") else None
    # it must do something there: "gửi Phòng GDTrH, Văn phòng Sở trước ngày" names two receivers
    if unit is None or not does(f"{last[len(unit) :]} {due}"):
        return None
    return unit if _WHEN.match(head) or not _goes_on(before, head) else None


def does(rest: str) -> bool:
    """Does a clause go on with what its unit does?"""
    return bool(re.match(rf"\s+(?!(?:trước|chậm|vào|ngày|trong|để|và|hằng|hàng|mỗi)\b)[{LOW}]", rest))


def _goes_on(before: str, head: str) -> bool:
    """Does a list of units go on over the last comma: "Hiệu trưởng các trường mầm non, tiểu học, THCS gửi"?"""
    for at in UNIT_START.finditer(head):
        if not head[: at.start()].endswith((" ", "(", "-")) and at.start():
            continue
        if head[: at.start()].endswith("giữa "):
            continue  # "giữa nhà trường, học sinh và gia đình, các trường hoàn thành …"
        name = unit_at(before[at.start() :])
        if name is not None and at.start() + len(name) >= len(head.rstrip()):
            return True
    return False


def _led_by_time(before: str, after: str) -> str | None:
    """The subject behind "Hằng tuần, …" that begins its clause: "Hằng tuần, nhân viên y tế thay bảng tin"."""
    if not _NOTHING_BEFORE.fullmatch(before):
        return None
    rest = after.lstrip(" ,")
    unit = unit_at(rest)
    return unit if unit and does(rest[len(unit) :]) else None


def _done_by(before: str, after: str) -> str | None:
    """Who does what is due, behind "do": "bộ ấn phẩm do tổ Ngữ văn làm, hoàn thành trước ngày …"."""
    for words in (before, re.sub(r"\([^()]*\)?", " ", after)):
        for match in reversed(list(_DONE_BY.finditer(words))):
            unit = unit_at(match["who"])
            if unit and does(match["who"][len(unit) :]):
                return unit
    return None


def towards_after(after: str) -> str | None:
    """The unit named directly after a number or date: "(đối với Phòng GD&ĐT các huyện)"."""
    match = _TOWARDS_AFTER.match(after)
    if not match:
        return None
    who = match["who"].strip(" ,")
    if _ITSELF.fullmatch(who) or re.match(r"báo cáo\b", who, re.I):
        return None
    # "của" and "đối với" also introduce things: "đối với báo cáo năm"
    return who if UNIT_START.match(who) else None


def end_with_unit(text: str, end: int) -> tuple[str | None, int]:
    """The unit named directly after what ends at `end`, if any, and where both of them end."""
    after = text[end:]
    unit = towards_after(after)
    if unit is None:
        return None, end
    end += after.index(unit) + len(unit)
    return unit, end + 1 if text[end : end + 1] == ")" else end


def _towards_before(before: str) -> str | None:
    last = None
    for match in _TOWARDS_BEFORE.finditer(before):
        who = match["who"] or match["who2"]
        if UNIT_START.match(who):
            last = who.strip(" ,")
    return last


def _each(before: str) -> str | None:
    last, reach = None, 0
    for match in _EACH.finditer(before):
        if match.start() < reach or _DONE_TO.search(before, 0, match.start()):
            continue  # "mỗi trường tiểu học, mỗi trường THCS" is one list
        last = unit_at(before[match.start() :]) or match["who"].strip(" ,")
        reach = match.start() + len(last)
        if whole := clause_unit(before):
            at = before.find(whole)
            if at < match.start() < at + len(whole):
                last = whole  # "Tổ trưởng mỗi khối"
        if _EACH_OF.fullmatch(last):
            last = _counted_list(before[: match.start()]) or last
    return last


def _counted_list(before: str) -> str | None:
    """The list "mỗi tổ" counts: "Tổ Văn - GDCD và tổ Sử - Địa: mỗi tổ"; a place ("Tại …") is none."""
    label = read_label(before)
    head = before[label.length if label else 0 :].strip()
    return None if not head.endswith(":") or head.startswith("Tại ") else listed_unit(head)


def clause_unit(clause: str) -> str | None:
    """The unit a clause begins with: "Các trường THPT đăng ít nhất…"."""
    body, _ = strip_bullet(clause.strip())
    body = re.sub(r"^(?:(?:và|riêng|đồng thời|trong đó)[,:]?\s+)", "", body, flags=re.I)
    return _subject(body)


def _subject(body: str) -> str | None:
    """The unit some words begin with; "Trưởng ban Biên tập; lập lịch …" only says what somebody is."""
    unit = unit_at(body)
    return None if unit and body[len(unit) :].startswith(";") else unit


_LISTED = re.compile(
    r"(?:^|[(;]|:(?=\s)|,\s+(?=riêng|còn))\s*(?P<who>[^();:]{3,120}?)\s*:\s*$|"
    r"[:;(,]\s+(?P<who2>đơn vị [^();:,]{3,60}?)\s*$",
    re.I,
)


def listed_unit(before: str) -> str | None:
    """The unit a colon leads from to the words after `before`: "(Phòng GDĐT: ít nhất 04 bài; trường THPT: …)"."""
    match = _LISTED.search(before)
    if not match:
        return None
    who = re.sub(
        r"^(?:(?:và|riêng|còn|đối với|với)\s+)+",
        "",
        strip_bullet((match["who"] or match["who2"]).strip())[0],
        flags=re.I,
    )
    label = read_label(who)
    if label:
        who = who[label.length :]
    return who if unit_at(who) == who else None


def _after_colon(before: str) -> str | None:
    """ "Báo cáo tổng kết: các đơn vị gửi về …"; not "gửi về: Văn phòng Sở"."""
    head, colon, rest = before.rpartition(":")
    if not colon or re.search(r"(?:gửi|về|nộp|cho|nhận|chỉ|phối hợp|liên hệ|tới|đến)(?: về)?\s*$", head):
        return None
    return unit_at(rest.strip())


def _sentence_unit(text: str, start: int, end: int) -> str | None:
    left, _ = sentence_bounds(text, start, end)
    sentence = text[left:start].strip()
    return clause_unit(sentence) or _asked(sentence)


MAX_SENTENCES_BACK = 6
#: "Chỉ đạo Phòng … phân công đầu mối, gửi danh sách": whoever is told to see to it still owes what follows
_SEES_TO_IT = re.compile(r"(?:Chỉ đạo|Phân công)\s+|Giao\s[^;.]{3,80}\slàm đầu mối(?=;)")


def _passed_on(doc: Document, block: Block, start: int, end: int) -> str | None:
    """The unit of the section where an item begins with telling others; their own is the clause that tells them.

    "Chỉ đạo Đoàn trường đăng 05 tin/tháng" is owed by Đoàn trường.
    """
    left, _ = sentence_bounds(block.text, start, end)
    label = read_label(block.text)
    told = block.text[label.length if label else 0 : start].lstrip(" -–+*•")
    match = _SEES_TO_IT.match(told)
    if match is None or left > start - len(told):
        return None
    rest = told[match.end() :]
    return section_unit(doc, block) if re.search("[,;]", rest[len(unit_at(rest) or "") :]) else None


def _earlier_sentence(text: str, start: int, end: int) -> str | None:
    """The subject of a sentence before, where this one has none: "Mỗi khối quay 01 video. Gửi trước ngày …"."""
    left, _ = sentence_bounds(text, start, end)
    for _sentence in range(MAX_SENTENCES_BACK):
        begin, _ = sentence_bounds(text, max(0, left - 2), max(0, left - 2))
        if begin >= left:
            return None
        sentence = text[begin:left].strip()
        if unit := clause_unit(sentence) or _each(sentence):
            return unit
        left = begin
    return None


def item_unit(text: str) -> str | None:
    """The unit a bullet begins with: "- Phòng Kế hoạch tài chính chủ trì…", "a) Các trường THPT: …"."""
    label = read_label(text)
    return _subject(text[label.length :] if label else text)


def _parent_item_unit(doc: Document, block: Block) -> str | None:
    """For "+ …" items: the "- Các trường THPT:" they hang under."""
    label = doc.outline.places[block.index].label
    if label is None or not label.is_bullet:
        return None
    section = doc.outline.places[block.index].section
    for index in range(block.index - 1, max(-1, block.index - 15), -1):
        other = doc.outline.places[index]
        if other.section != section or other.zone != doc.outline.zone(block):
            return None
        if other.label is None or doc.source.blocks[index].kind != "paragraph":
            continue
        if other.label.kind != label.kind:
            parent = doc.source.blocks[index].text
            return item_unit(parent) if parent.rstrip().endswith(":") else None
    return None


def section_unit(doc: Document, block: Block) -> str | None:
    """The unit named by the nearest section around the block."""
    path = doc.outline.path(block)
    for section in path:
        if section.block != block.index or len(section.title) < 140:
            unit = heading_unit(section.title)
            if unit:
                return unit
    return in_charge(doc, block)


_IN_CHARGE = re.compile(
    r"(?:^[-–+*•\s]*|[.;]\s+)(?:Đơn vị|Bộ phận|Phòng|Cơ quan)?\s*(?:chủ trì|phụ trách|thực hiện|"
    r"chịu trách nhiệm)(?: thực hiện| chính)?\s*:\s*(?P<who>[^.]+?)(?=[.]|;\s*(?:đơn vị|bộ phận|cơ quan|"
    r"phòng)?\s*phối hợp|$)",
    re.I,
)


def in_charge(doc: Document, block: Block) -> str | None:
    """ "Đơn vị chủ trì: Văn phòng Sở." printed in the same section as the block."""
    if not doc.in_charge:
        for other in doc.source.blocks:
            section = doc.outline.places[other.index].section
            if section is None or doc.outline.zone(other) != BODY or doc.in_charge.get(section):
                continue
            match = _IN_CHARGE.search(other.text)
            doc.in_charge[section] = match["who"].strip(" .;") if match else None
    here = doc.outline.places[block.index].section
    return None if here is None else doc.in_charge.get(here)


def _asked(before: str) -> str | None:
    last = None
    for match in _ASKED.finditer(before):
        last = unit_at(match["rest"]) or last
    return last


def receiver(before: str) -> str | None:
    """To whom, in the words before a date or recurrence.

    >>> receiver("gửi báo cáo và minh chứng về Văn phòng Sở ")
    'Văn phòng Sở'
    """
    last = None
    for match in _TO.finditer(before):
        name = _TO_END.sub("", match["to"]).strip(" ,")
        if len(name) > 3 or name == "Sở":
            last = name
    return last


_LEADING = re.compile(
    r"^(?:(?:và|đồng thời|trong đó|riêng|qua đó|tổ chức triển khai thực hiện và|"
    r"triển khai thực hiện và)[,:]?\s+)+",
    re.I,
)
_TRAILING = re.compile(
    r"(?:[\s,(:–-]+(?:về|gửi|trước|chậm nhất|vào|ngày|có|với|là|đạt|theo|cho|đến|của|từ|và|"
    r"trong|để|đảm bảo|bảo đảm|đối với(?: [^:()]{3,120})?:?))*[\s,(:–-]*$",
    re.I,
)


def action(doc: Document, block: Block, start: int, end: int) -> str | None:
    """What is to be done: the clause before the number or date, without bullet, receiver and connecting words."""
    text = block.text
    left, right = clause_bounds(text, start, end)
    before = text[left:start]
    body, _ = strip_bullet(before)
    label = read_label(body)
    if label:
        body = body[label.length :]
    body = re.sub(r"\s*\([^()]*\)\s*$", " ", body)
    to = None
    for match in _TO.finditer(body):
        to = match
    if to and to.end() >= len(body.rstrip()) - 2:
        body = body[: to.start()] + (
            " " if to.group(0).lower().startswith(("gửi", "nộp", "về", "cho", "tới", "đến")) else ""
        )
    body = re.sub(r",?\s*trước ngày\s+[\d/]+\s*\([^()]*\)\s*,?\s*$", "", body)
    body = _TRAILING.sub("", _LEADING.sub("", body.strip()))
    body = " ".join(body.split()).strip(" ,;:")
    if len(body) < 4:
        after = " ".join(text[end:right].split()).strip(" ,;:.)")
        return after or None
    return body
