"""The skeleton of a document: sections with levels, and the zone each block stands in.

Zones, top to bottom: HEAD (agency, number, date, title) · OPENING (Căn cứ …) · BODY · RECIPIENTS (Nơi nhận) ·
SIGNATURE · APPENDIX. A section has a theme (purpose, content, channels, budget, duties) inherited from the nearest
section that names one: "thường xuyên" in a purpose is a wish, in "TỔ CHỨC THỰC HIỆN" it is a duty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .headings import unnumbered
from .labels import (
    ALPHABET,
    ARABIC,
    CAPITALS,
    DOTTED,
    LETTER,
    NAMED,
    PART,
    POINT,
    ROMAN,
    Label,
    part_alone,
    read_label,
)
from .source.model import NOTE, ROW, Block, Source
from .units import unit_at

HEAD, OPENING, BODY, RECIPIENTS, SIGNATURE, APPENDIX = (
    "head",
    "opening",
    "body",
    "recipients",
    "signature",
    "appendix",
)
PURPOSE, CONTENT, CHANNELS, BUDGET, DUTIES, BASES, REPORTING, RESULTS = (
    "purpose",
    "content",
    "channels",
    "budget",
    "duties",
    "bases",
    "reporting",
    "results",
)

#: theme ← words of a heading, first match wins. Example headings in the comments.
THEMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (BASES, re.compile(r"^(?:các )?căn cứ|cơ sở pháp lý", re.I)),  # I. CĂN CỨ XÂY DỰNG KẾ HOẠCH
    (
        RESULTS,
        re.compile(
            r"^đánh giá (?:học kỳ|năm|tình hình|công tác|chung|thực trạng)|"
            r"^(?:đánh giá )?(?:kết quả (?:thực hiện|đạt được|năm|công tác|hoạt động|truyền thông)|thực trạng|"
            r"(?:đặc điểm )?tình hình\b|(?:những )?(?:tồn tại|hạn chế)\b|ưu điểm|bối cảnh)",
            re.I,
        ),
    ),  # II. KẾT QUẢ NĂM 2024
    (
        BUDGET,  # III. KINH PHÍ THỰC HIỆN, but not "2. Phòng KHTC bố trí kinh phí; hoàn thành hợp đồng …"
        re.compile(
            r"^(?:\W|về |nguồn |dự toán |dự kiến |cơ chế |đảm bảo |bảo đảm )*kinh phí|ngân sách thực hiện", re.I
        ),
    ),
    (
        REPORTING,
        re.compile(r"(?:chế độ|thời hạn|công tác|thông tin,?) báo cáo|^báo cáo$", re.I),
    ),  # 5. Chế độ báo cáo
    (
        DUTIES,
        re.compile(
            r"tổ chức thực hiện|phân công|trách nhiệm|giải pháp|nhiệm vụ của|biện pháp|chỉ tiêu|tiến độ|"
            r"nội dung (?:phối hợp|hợp tác|thực hiện|công việc)|các hoạt động",
            re.I,
        ),
    ),  # III. TỔ CHỨC THỰC HIỆN
    (
        PURPOSE,
        re.compile(
            r"mục đích|yêu cầu(?! về (?:số lượng|chỉ tiêu|sản phẩm|tin|tiến độ))|mục tiêu|quan điểm|phương châm",
            re.I,
        ),
    ),  # I. MỤC ĐÍCH, YÊU CẦU
    (CHANNELS, re.compile(r"^(?:các )?(?:kênh|hình thức|phương thức)\b", re.I)),  # 2. Các kênh truyền thông
    (
        CHANNELS,
        re.compile(r"nội dung\s*(?:,|và|-|–|&)\s*(?:các )?(?:hình thức|phương thức)", re.I),
    ),  # what and how
    (
        CONTENT,  # II. NỘI DUNG TRUYỀN THÔNG, but not "2. Sản xuất nội dung số"
        re.compile(
            r"(?<!sản xuất )(?<!xây dựng )(?<!phát triển )(?<!biên tập )(?<!sáng tạo )(?<!kiểm duyệt )"
            r"(?<!quản trị )"
            r"nội dung(?!\W+(?:và )?nhiệm vụ)|chủ đề",
            re.I,
        ),
    ),
)

_TITLE_LINE = re.compile(
    r"^(?:KẾ HOẠCH|BÁO CÁO|THÔNG BÁO|HƯỚNG DẪN|QUYẾT ĐỊNH|CHỈ THỊ|CHƯƠNG TRÌNH|ĐỀ ÁN|"
    r"PHƯƠNG ÁN|TỜ TRÌNH|NGHỊ QUYẾT|"
    r"QUY CHẾ|KẾT LUẬN|V/v)\b"
)
_TYPE_ALONE = re.compile(r"^(?:KẾ HOẠCH|BÁO CÁO|THÔNG BÁO|HƯỚNG DẪN|CHƯƠNG TRÌNH|ĐỀ ÁN|PHƯƠNG ÁN|TỜ TRÌNH)$")
_RECIPIENTS = re.compile(r"^N[ơo]i\s+nh[ậâ]n\s*:?", re.I)
_APPENDIX = re.compile(r"^(?:PHỤ LỤC|Phụ lục|BIỂU|Biểu mẫu|DANH MỤC)\b(?!.{90})")
_SIGNATURE = re.compile(
    r"^(?:(?:TM|KT|TL|TUQ|Q)\s*\.\s*)?(?:GIÁM ĐỐC|PHÓ GIÁM ĐỐC|TRƯỞNG PHÒNG|"
    r"PHÓ TRƯỞNG PHÒNG|CHỦ TỊCH|PHÓ CHỦ TỊCH|"
    r"HIỆU TRƯỞNG|PHÓ HIỆU TRƯỞNG|CHÁNH VĂN PHÒNG|PHÓ CHÁNH VĂN PHÒNG|ỦY BAN NHÂN DÂN|"
    r"UỶ BAN NHÂN DÂN|BỘ TRƯỞNG|THỨ TRƯỞNG|"
    r"TRƯỞNG BAN|PHÓ TRƯỞNG BAN|BAN GIÁM HIỆU|TỔNG BIÊN TẬP|CHÁNH THANH TRA|BÍ THƯ|CỤC TRƯỞNG)\b"
)

_RANK = {CAPITALS: 0, PART: 0, NAMED: 1, LETTER: 1, ROMAN: 2, ARABIC: 3, DOTTED: 4, POINT: 6}


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled heading or item. `level` counts from 1 by nesting; `text_start` is where its title begins."""

    index: int
    level: int
    kind: str
    label: str
    title: str
    block: int
    start: int
    end: int
    line: int | None
    page: int | None
    parent: int | None
    theme: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: its zone, its innermost section, and its bullet (if it is one)."""

    zone: str
    section: int | None
    label: Label | None


@dataclass(frozen=True, slots=True)
class Outline:
    sections: tuple[Section, ...]
    places: tuple[Place, ...]

    def path(self, block: Block) -> list[Section]:
        """Sections around a block, innermost first (a heading block begins its own section)."""
        found: list[Section] = []
        index = self.places[block.index].section
        while index is not None:
            found.append(self.sections[index])
            index = self.sections[index].parent
        return found

    def zone(self, block: Block) -> str:
        return self.places[block.index].zone

    def theme(self, block: Block) -> str | None:
        section = self.places[block.index].section
        return self.sections[section].theme if section is not None else None

    def asks(self, block: Block) -> str | None:
        """The theme a block is read under: what is done in a section of contents is no content."""
        theme = self.theme(block)
        return DUTIES if theme == CONTENT and is_deed(block.text) else theme

    def blocks_in(self, zone: str, source: Source) -> list[Block]:
        return [block for block in source.blocks if self.places[block.index].zone == zone]


def theme_of(title: str) -> str | None:
    """The theme a heading names, or None ("1. Giáo dục mầm non")."""
    for theme, pattern in THEMES:
        if pattern.search(title):
            return theme
    return None


def is_topic(text: str) -> bool:
    """Does a paragraph name what to speak about, rather than a duty? ("Tuyên thông tin về…", OCR forms too)"""
    return bool(_TOPIC.match(text))


_TOPIC = re.compile(
    r"^[-–+*•\s]*(?:Tiếp tục |Triển khai |Tăng cường |"
    r"Đẩy mạnh )?(?:T[ur]y[êề][nế]n?(?: truyền| thông)|Tuyến thông|Truyền thông|Thông tin)"
    r"(?: thông)?(?: tin)?(?:,? tuyên truyền)? (?:về|việc|các|những|kết quả|công tác|"
    r"quá trình|nâng cao|đẩy mạnh|triển khai)\b",
    re.I,
)


#: what is made or held to speak about something, wherever it is listed: "a) Xây dựng bộ tài liệu hỏi - đáp"
_SOME = r"(?:(?:các|những|bộ|\d{1,3}|một|hai|tối thiểu|ít nhất|loạt|tuyến|chùm)\s+)*"
_DEED = re.compile(
    r"^(?:[-–+*•]\s*|\(?\w{1,4}[.)]\s*|\d{1,2}(?:\.\d{1,2})+\.?\s*)?(?:Chủ trì |Phối hợp |Tiếp tục )?"
    r"(?:(?:Xây dựng|Biên soạn|Thiết kế|Sản xuất|Thực hiện|Mở|Duy trì|Phát hành|In|Đăng(?: tải)?|Phát(?: sóng)?|"
    rf"Ra mắt|Làm|Viết|Quay|Dựng|Treo|Lắp đặt|Cấp phát)(?: và \w+)?\s+{_SOME}"
    r"(?:tài liệu|infographic|video|clip|phim|phóng sự|chuyên (?:mục|trang|đề)|tin|bài|podcast|pano|"
    r"áp phích|tờ rơi|"
    r"băng rôn|khẩu hiệu|sổ tay|bản tin|ấn phẩm|sản phẩm|chương trình phát thanh|bảng tin|banner|poster|câu hỏi|"
    r"kịch bản|fanpage|trang)\b|"
    rf"Tổ chức\s+{_SOME}(?:hội nghị|hội thảo|tọa đàm|toạ đàm|họp báo|gặp mặt|giao lưu|đối thoại|tập huấn|"
    rf"lớp tập huấn|"
    r"cuộc thi|hội thi|lễ|ngày hội|chiến dịch|buổi|chuyên đề|diễn đàn|livestream|triển lãm|phát động|giao ban)\b|"
    r"(?:Tập huấn|Họp báo|Phát động|Ra quân|Gửi|Nộp|Cung cấp|Tổng hợp|Hoàn thành|Thành lập|Kiện toàn|Báo cáo)\s)",
)


def is_deed(text: str) -> bool:
    """Does an item in a section of contents say what is done, not what to speak about?

    >>> is_deed("b) Tổ chức tọa đàm chính sách định kỳ mỗi quý một lần."), is_deed("- Tổ chức kỳ thi tốt nghiệp")
    (True, False)
    """
    return bool(_DEED.match(text))


def outline(source: Source) -> Outline:
    """Sections and places of every block, in one pass."""
    sections: list[Section] = []
    places: list[Place] = []
    stack: list[Section] = []
    zone = HEAD
    above = ""
    heads = unnumbered(source.blocks)
    for position, block in enumerate(source.blocks):
        label: Label | None = None
        if block.kind == ROW:
            if any(_RECIPIENTS.match(cell.text) for cell in block.cells):
                zone, stack = RECIPIENTS, []  # the layout table "Nơi nhận | chức vụ"
            places.append(Place(zone, stack[-1].index if stack and zone == BODY else None, None))
            continue
        if block.kind == NOTE:
            places.append(Place(zone, None, None))
            continue
        titled = bool(_TYPE_ALONE.match(above)) and not block.text.startswith("Căn cứ")
        above = block.text
        if not (zone == HEAD and titled):  # "Thực hiện công tác…" below "KẾ HOẠCH" is its title
            zone = _next_zone(zone, block.text, bool(sections))
        if zone == APPENDIX:
            stack = []
        if zone in (OPENING, BODY, APPENDIX):
            alone = part_alone(block.text)
            label = alone or heads.get(block.index) or read_label(block.text)
            if label and not label.is_bullet and (zone != APPENDIX):
                kind = _settle_kind(label, stack, sections)
                zone = BODY
                below = source.blocks[position + 1 : position + 2] if alone else []
                titled_by = [one for one in below if one.kind not in (ROW, NOTE)]
                section = _make_section(sections, stack, titled_by[0] if titled_by else block, label, kind)
                while stack and stack[-1].level >= section.level:
                    stack.pop()
                sections.append(section)
                stack.append(section)
        elif zone in (RECIPIENTS, SIGNATURE):
            stack = []
        if label and not label.length:
            label = None  # a heading without a number
        places.append(Place(zone, stack[-1].index if stack and zone == BODY else None, label))
    return Outline(tuple(sections), tuple(places))


def _next_zone(zone: str, text: str, seen_sections: bool) -> str:
    if _RECIPIENTS.match(text):
        return RECIPIENTS
    if zone == HEAD:
        if _APPENDIX.match(text) and text[:7].isupper():
            return APPENDIX
        if _TITLE_LINE.match(text):
            return HEAD
        if (
            re.match(r"(?:Căn cứ|Thực hiện|Theo|Trên cơ sở|Xét|Nhằm|Để|Tiếp tục|Triển khai)\b", text)
            and len(text) > 40
        ):
            return OPENING
        label = part_alone(text) or read_label(text)
        if label and not label.is_bullet and label.kind in (PART, ROMAN, LETTER, ARABIC):
            return OPENING
        if len(text) > 220:
            return OPENING
        return HEAD
    if zone in (OPENING, BODY) and _SIGNATURE.match(text):
        return SIGNATURE
    if zone == RECIPIENTS and _SIGNATURE.match(text):
        return SIGNATURE
    if _APPENDIX.match(text) and (zone in (RECIPIENTS, SIGNATURE) or (seen_sections and text[:7].isupper())):
        return APPENDIX
    return zone


def _settle_kind(label: Label, stack: list[Section], sections: list[Section]) -> str:
    """Letters that could be Roman numbers and the reverse, by what came before at the same level.

    "i)" after "h)" is the ninth point; "C." after "B." is a letter; "I." first is a number.
    """
    if label.kind == ROMAN and label.text in ("C", "D"):
        return LETTER
    if label.kind == LETTER and label.text in ("I", "V", "X"):
        return ROMAN
    if label.kind == ROMAN and label.text in ("I", "V", "X"):
        letters = [s for s in stack if s.kind == LETTER]
        if letters and ord(letters[-1].label[0]) + 1 == ord(label.text):
            return LETTER
    return label.kind


#: a list of short names: "Các phòng: GDMN, GDPT, QLCL"
_NAMES = re.compile(r"\s*[\w&.\- ]{2,24}(?:[,;]\s*[\w&.\- ]{2,24}){2,12}\.?\s*")


def _make_section(sections: list[Section], stack: list[Section], block: Block, label: Label, kind: str) -> Section:
    rank = _RANK[kind] + (label.text.count(".") - 1 if kind == DOTTED else 0)
    parent: Section | None = None
    for candidate in reversed(stack):
        candidate_rank = _RANK[candidate.kind] + (
            candidate.label.count(".") - 1 if candidate.kind == DOTTED else 0
        )
        if candidate_rank < rank:
            parent = candidate
            break
    title = block.text[label.length :].strip() if block.text.startswith(label.text) else block.text
    head, colon, rest = title.partition(":")
    if colon and len(head) <= 90 and len(rest.strip()) > 30 and not _NAMES.fullmatch(rest):
        title = head.strip()
    theme = theme_of(title) if len(title) <= 160 and not _is_sentence(title) else None
    if theme is None and parent is not None:
        theme = parent.theme
    return Section(
        len(sections),
        parent.level + 1 if parent else 1,
        kind,
        label.text,
        title.rstrip(" :"),
        block.index,
        block.start + (label.length if block.text.startswith(label.text) else 0),
        block.end,
        block.line,
        block.page,
        parent.index if parent else None,
        theme,
    )


def _is_sentence(title: str) -> bool:
    """Does an item say what somebody does, not head a section? ("Trưởng các phòng hằng tháng rà soát …")"""
    unit = unit_at(title)
    said = title[title.index(unit) + len(unit) :] if unit and unit in title else ""
    return len(said.split()) > 5 or (len(title) > 70 and title.rstrip().endswith((".", ";")))


def follows_alphabet(before: str, after: str) -> bool:
    """Is point `after` the next letter, đ and its neighbours skippable? ("d" → "đ" or "e")"""
    if before not in ALPHABET or after not in ALPHABET:
        return False
    return 1 <= ALPHABET.index(after) - ALPHABET.index(before) <= 2
