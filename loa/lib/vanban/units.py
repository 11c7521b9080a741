"""Names of units in running text: which phrase names who must act, and where that phrase ends.

Names stay as printed; which unit of the tree they mean is decided later, by the plans domain.
"""

from __future__ import annotations

import re

from .letters import LOW, UP

#: the noun a unit's name begins with. Example: "Văn phòng Sở", "Các phòng chuyên môn", "Thủ trưởng các đơn vị"
_HEADS = (
    r"văn phòng|phòng|ban|tổ|bộ phận|trung tâm|nhà trường|trường|(?:các )?TT\b|"
    r"cơ sở giáo dục|cơ quan|đơn vị|sở|"
    r"UBND|ủy ban nhân dân|uỷ ban nhân dân|(?:ban thường trực )?(?:ủy|uỷ) ban (?:MTTQ|mặt trận)|MTTQ|HĐND|"
    r"thư ký|thư viện(?! số| điện tử)|"
    r"chuyên viên|nhân viên|BGH|công an|trưởng (?:các )?(?:bản|thôn|ban|tổ|khoa|khối)|tổ trưởng|"
    r"khối trưởng|quản trị viên|hội cha mẹ|ban đại diện|phóng viên|công đoàn|đoàn thanh niên|đoàn trường|"
    r"hội đồng|hội khuyến học|đài|báo|"
    r"lãnh đạo|thủ trưởng|hiệu trưởng|giám đốc|trưởng (?:các )?phòng|trưởng (?:các )?đơn vị|chánh văn phòng|"
    r"cán bộ|công chức|viên chức|giáo viên|cộng tác viên|tổng phụ trách|thanh tra|cụm|khối|"
    r"bộ(?=\s+(?-i:[" + UP + r"])|\s*$)|tỉnh|người phát ngôn|"
    r"kế toán|khoa(?! học| giáo)|bộ môn|thôn|tổ dân phố|chi hội|"
    r"điểm trường|chi đội|(?<=mỗi )học sinh|hệ thống truyền thanh|bí thư|thư kí|y tế (?:trường học|học đường)|"
    r"đội(?=\s+(?:(?-i:[" + UP + r"])|phát thanh|tuyên truyền|truyền thông|xung kích|tình nguyện))|"
    r"đoàn (?:xã|phường)|bộ đội|GVBM|P?\.?HT|TPT|thầy cô (?=trực|phụ trách|chủ nhiệm|bộ môn)|"
    r"nhóm|THPT|THCS|GDNN|PTDTNT|cấp học|chi đoàn|liên đội|chi bộ|đảng ủy|trạm|cổng thông tin điện tử tỉnh|lớp|"
    r"CBQL|GVCN|phó (?:giám đốc|hiệu trưởng|trưởng phòng)|xã|phường|huyện|đội ngũ|bậc|câu lạc bộ|CLB|"
    r"cấp (?:học|mầm|tiểu|"
    r"trung|THCS|THPT)"
)
_QUANTIFIERS = r"(?:(?:tất cả|toàn bộ)\s+)?(?:các|những|mỗi|từng|toàn thể|tập thể|một số)"
UNIT_START = re.compile(rf"(?:{_QUANTIFIERS}\s+)?(?:{_HEADS})\b", re.I)
#: look-alikes: "Phòng, chống…", "Tổ chức…", "Báo cáo…", "Ban hành…", "Hội nghị…", "Trường hợp…"
_NOT_UNITS = re.compile(
    rf"(?:{_QUANTIFIERS}\s+)?(?:phòng,? (?:chống|ngừa|tránh)|tổ chức|báo cáo|báo chí|"
    rf"báo hiệu|ban hành|trường hợp|sở hữu|"
    r"đơn vị (?:học tập|tính)|bộ (?:quy tắc|tiêu chí|sách|luật|tài liệu|công cụ|nhận diện)|"
    r"cụm từ|nhóm (?:nội dung|giải pháp|nhiệm vụ|chủ đề|zalo|facebook)|"
    r"khối lượng|lớp (?:học|tập huấn|bồi dưỡng|thứ)|xã hội|tỉnh hình|báo động|đội ngũ|trường lớp|"
    r"phòng học|phòng thí nghiệm|đơn giản|đơn thư|báo (?:ngay|cho|về|kịp))",
    re.I,
)
#: words that end the name and begin what the unit does
_VERBS = (
    r"chủ trì|phối hợp|tham mưu|có trách nhiệm|có nhiệm vụ|chịu trách nhiệm|là\s|"
    r"tổ chức (?!chính trị|cán bộ|hành chính|-)|(?-i:xây dựng)|"
    r"thực hiện|hướng dẫn|chỉ đạo|căn cứ|báo cáo|gửi|bố trí|cử\s|(?-i:quản lý) (?!chất lượng|"
    r"giáo dục|nhà nước|khoa học|thi)|tiếp nhận|cung cấp|"
    r"đăng|viết|phân công|rà soát|cập nhật|(?<!giáo dục )(?<!bồi dưỡng )thường xuyên|"
    r"định kỳ|hằng|hàng (?:ngày|tuần|tháng|quý|năm)|(?<!trưởng )mỗi|ít nhất|"
    r"tối thiểu|chủ động|tăng cường|tiếp tục|triển khai|đảm bảo|bảo đảm|theo dõi|"
    r"kiểm tra(?!,)|đôn đốc|(?<!- )(?<!– )(?<!-)(?<!dịch vụ )(?-i:tổng hợp)|"
    r"(?<!công )(?<!dân )(?<!độc )(?<!thành )lập\s|đề xuất|"
    r"hoàn thành|nộp|đưa|giới thiệu|kịp thời|nghiêm túc|phải|cần|được|"
    r"đóng góp|góp\s|công khai|công bố|(?<!truyền )thông báo|quay\s|lồng ghép|"
    r"có(?!\s+nhiều (?:cấp|lớp|điểm))(?=\s|$)|sản xuất|"
    r"duy trì|chia sẻ|nắm bắt|phát hiện|khuyến khích|đẩy mạnh|tuyên truyền|trực tiếp|"
    r"làm đầu mối|họp\s|đối thoại|gặp gỡ|trả lời|giúp(?! việc)|vận hành|thẩm định|"
    r"(?<!ban )biên tập|không\b|sẽ|đạt (?!chuẩn|danh)|(?<!khoa học )tự|tích cực|tham gia|trước ngày|chậm nhất|"
    # in small letters only, for they also stand in names: "Đại học Mở", "Ban Quản trị"
    r"(?-i:(?:ra quyết định|dự thảo|trang trí|quyên góp|trao(?! đổi)|dự thi|(?<!ban )chấm(?! thi)|"
    r"(?<![Tt]hư )ký|làm|mở|(?<!kiểm )(?<!xét )duyệt|phê duyệt|chuẩn bị|dành|quét|"
    r"chuyển(?! đổi| giao)|thẩm định|(?<![Pp]hòng )(?<![Bb]an )tổ chức(?=$)|"
    r"phát(?=\s+(?:\d|bản tin|sóng\s|lại|các|bằng)|$)|thành lập|ban hành|kiện toàn|(?<!Xây )dựng|mời|"
    r"(?<!CLB )(?<!lạc bộ )đọc|ghi|thay|(?<![Tt]ổ )sửa|nhắc|lên sóng|tiếp sóng|liên hệ|đặt hàng|"
    r"(?<![Tt]ổ )(?<![Bb]an )(?<![Pp]hòng )(?<!hội đồng )tư vấn|"
    r"sao lưu|(?<!biên )soạn|dán|chọn|(?<![Bb]an )(?<![Tt]ổ )(?<![Nn]hóm )biên soạn|đi(?=\s)|"
    r"đến(?=\s+(?:từng|các|thăm))|(?<![Bb]an )(?<![Tt]ổ )kiểm duyệt|"
    r"(?<![Pp]hòng )(?<![Bb]an )(?<!phận )(?<!- )thống kê|"
    r"(?<!chương )(?<!Chương )(?<!công )(?<!lộ )(?<!quy )(?<!giáo )trình|"
    r"(?<![Bb]an )(?<![Pp]hòng )(?<![Bb]ộ phận )(?<!- )quản trị(?! viên| mạng| nhà| trường))(?!\w))|"
    r"(?:từ )?\d{1,3} (?:tin|bài|lần|video|phóng sự|sản phẩm|đến)"
)
_NAME_END = re.compile(rf"\s*(?:[:;.(]|,?\s*(?<!\w)(?=(?:{_VERBS}))|$)", re.I)
#: who holds an office: the name goes on with what the office is for, else the next small word is what he does
_OFFICE = re.compile(
    rf"(?:{_QUANTIFIERS}\s+)?(?:(?:phó )?hiệu trưởng|ban giám hiệu|BGH|GVCN|GVBM|P?\.?HT|TPT(?: đội)?|"
    rf"tổng phụ trách(?: đội)?)(?!\w)(?:\s+(?:các\s+)?(?:lớp|khối)\s+(?-i:[{UP}\d])\w*)?",
    re.I,
)
_DOES = re.compile(
    rf"\s+(?!(?:các|những|toàn|của|và|hoặc|kiêm|phụ trách|trường|nhà|lớp|khối|điểm|thuộc|trực|cụm|tại|cấp)"
    rf"(?!\w))(?=[{LOW}])"
)
_ITS_OFFICE = (
    rf"(?:PHT|P\.HT|HT|(?:[Pp]hó )?[Hh]iệu trưởng|TPT(?: Đội)?|GV(?:CN)?(?: [{UP}]\w*(?: [{LOW}\d]\w*)?)?|"
    rf"(?:[Pp]hó |[Tt]rưởng )[Bb]an|[Tt]ổ (?:trưởng|phó)(?: [^\s,;:.()]+){{0,4}})"
)
#: a person, by name or by office: "Thầy Trần Quốc Bảo (GV Tin học)", "Đ/c Nguyễn Thị Lụa - PHT", "cô TPT Đội"
_PERSON = re.compile(
    rf"(?:[Tt]hầy|[Cc]ô|Đ/c|đ/c|[Đđ]ồng chí|[Ôô]ng|[Bb]à)(?:\s+[{UP}][\w.]*)+(?:\s+trưởng(?!\w))?"
    rf"(?:\s*\((?:GV|PHT|HT|TPT|[Tt]ổ|[Gg]iáo viên|[Pp]hó|[Tt]rưởng|[Bb]í thư|[Nn]hân viên|[Kk]ế toán|[Vv]ăn thư|"
    rf"[Tt]hư ký|[Yy] tế|[Cc]hủ tịch|[Hh]iệu trưởng)"
    rf"[^()]{{0,60}}\)|"
    rf"\s+[-–]\s+{_ITS_OFFICE}|,\s+{_ITS_OFFICE}(?=\s*[:(-]))?(?!\w)"
)
#: "mỗi trường tiểu học, mỗi trường THCS"
_AND_EACH = re.compile(rf"\s*(?:,|và)\s+(?=mỗi\s+(?:{_HEADS})\b)", re.I)
_PREFIX = re.compile(
    r"^(?:(?:Đối với|Trách nhiệm của|Nhiệm vụ của|Đề nghị|Yêu cầu|Giao cho|Giao|Phân công|Về phía|Tại)\s+)",
    re.I,
)

#: someone outside who may follow "gửi", "báo cáo", "về"
RECEIVER = re.compile(
    r"(?:Văn phòng|Sở|Phòng|phòng|Ban|Bộ|UBND|Ủy ban|Uỷ ban|Trung tâm|Tổ|Lãnh đạo|lãnh đạo|"
    r"Trang|Cổng|Website|website|Hội|"
    r"Công đoàn|Đoàn|Đảng|Trường|Hiệu trưởng|hiệu trưởng|địa chỉ|email|e-mail|hộp thư)\b"
)


def unit_at(text: str) -> str | None:
    """The unit name `text` begins with (after "Đối với", "Trách nhiệm của"…), or None.

    >>> unit_at("Phòng Kế hoạch tài chính chủ trì, phối hợp với Văn phòng Sở")
    'Phòng Kế hoạch tài chính'
    >>> unit_at("Phòng, chống bạo lực học đường") is None
    True
    >>> unit_at("Đối với các trường THPT: ít nhất 02 bài/tháng")
    'các trường THPT'
    """
    prefix = _PREFIX.match(text)
    if prefix:
        text = text[prefix.end() :]
    if person := _PERSON.match(text):
        return person.group(0)
    if _NOT_UNITS.match(text) or not UNIT_START.match(text):
        return None
    start = UNIT_START.match(text)
    assert start is not None
    office = _OFFICE.match(text)
    ends = (_NAME_END.search(text, start.end()), office and _DOES.match(text, office.end()))
    name = text[: min(end.start() for end in ends if end)] if any(ends) else text
    if more := _AND_EACH.match(text, len(name)) if name[:4].lower() == "mỗi " else None:
        name = text[: more.end()] + (unit_at(text[more.end() :]) or "")
    if name[:4].lower() == "mỗi ":
        name = name.partition(" phụ trách")[0]
    name = name.strip(" ,-–")
    return name if 2 < len(name) <= 160 else None


_SAYS_WHAT = re.compile(rf"(?:^|[\s,])(?:{_VERBS})", re.I)


def heading_unit(title: str) -> str | None:
    """The unit(s) a heading addresses: the whole heading when it is a list of units.

    >>> heading_unit("Phòng Giáo dục và Đào tạo huyện, thành phố; các đơn vị, trường học")
    'Phòng Giáo dục và Đào tạo huyện, thành phố; các đơn vị, trường học'
    >>> heading_unit("Tổ chức Đại hội Đảng") is None
    True
    """
    title = title.strip(" .:")
    prefix = _PREFIX.match(title)
    body = title[prefix.end() :] if prefix else title
    if _NOT_UNITS.match(body) or not UNIT_START.match(body):
        return None
    parts = re.split(r";\s*", body)
    if len(parts) > 1 and all(UNIT_START.match(p) or len(p) < 40 for p in parts) and len(body) <= 200:
        if not _SAYS_WHAT.search(body):
            return body
    elif len(body) <= 140 and not _SAYS_WHAT.search(body):
        return body
    return unit_at(body)


_QUANTIFIER = re.compile(rf"{_QUANTIFIERS}\s+", re.I)
_GDDT = r"GD\s?(?:[&-]|và)?\s?ĐT(?!\w)"
_PHONG = re.compile(rf"(?<=[Pp]hòng )(?:Giáo dục và Đào tạo|{_GDDT})")
_DISTRICT = r"(?:quận|huyện|thị xã|thành phố)"
#: every Phòng Giáo dục và Đào tạo is of a district
_OF_DISTRICTS = re.compile(rf"({_PHONG.pattern})\s+(?:các\s+)?{_DISTRICT}(?:(?:\s*[,/]\s*|\s+và\s+){_DISTRICT})+$")
_PHONG_SHORT = re.compile(rf"[Pp]hòng ({_GDDT})")


def in_short(units: str, document: str) -> str:
    """Units as a sentence names them: without "các", districts and semicolons, abbreviated where `document` does.

    >>> in_short("Phòng Giáo dục và Đào tạo huyện, thành phố; các đơn vị, trường học", "Phòng GD&ĐT")
    'Phòng GD&ĐT, đơn vị, trường học'
    >>> in_short("Các trường THPT", "")
    'trường THPT'
    """
    short = _PHONG_SHORT.search(document)
    parts = []
    for part in re.split(r"\s*;\s*", units.strip(" ;.")):
        name = _QUANTIFIER.sub("", part, count=1) if _QUANTIFIER.match(part) else part
        name = _OF_DISTRICTS.sub(r"\1", name)
        parts.append(_PHONG.sub(short[1], name) if short else name)
    return ", ".join(parts)


#: heads that begin a full name after a comma, "và" or an inline dash
_FULL = (
    r"(?:Phòng|Văn phòng|Ban|Trung tâm|Thanh tra|Công đoàn|Đoàn|Hội|Sở|UBND|Trường|Báo|Đài|"
    r"Các|các|VP|P\.|Bộ phận|Tổ|Tất cả|Website|Khoa(?! học)|Bộ môn|Khối|Đội|Liên đội|Chi đoàn|"
    r"Giáo viên|Nhân viên|GV(?:CN|BM)?|BGH|CBQL|Kế toán|Hiệu trưởng|Phó Hiệu trưởng|P\.?HT|HT|Tổng phụ trách|TPT|"
    r"Thư ký|Thư viện|Y tế|Bí thư|Chuyên viên|Đảng ủy|Chi bộ|Tỉnh đoàn|Thành đoàn|"
    r"Huyện đoàn|BCH|Công an|MTTQ|Bưu điện|Bảo hiểm|CLB|Câu lạc bộ|Cha mẹ|Phụ huynh|Công ty|"
    r"Nhà trường|Viễn thông|Trạm|Cụm)"
)
#: "- A; - B" and "- A - B", but not "Phòng Kế hoạch - Tài chính"
_BULLETS = re.compile(rf"(?:^|(?<=[;,.\n]))\s*[-–+•*]\s*(?=\S)|\s[-–+•*]\s+(?={_FULL}\b)")
#: "Phòng Hành chính" over "- Tổng hợp" in a cell without bullets: a hyphen that the line was broken at
_BULLET_LINE, _HYPHEN_LINE = re.compile(r"[-–+•*]"), re.compile(r"(?<![;,.:])\n(?=[-–] )")
#: a comma or "và" that separates two full names: "Phòng GDMN, Phòng GDTH" but not "Phòng CTTT&GDTX,CN"
_NEXT_NAME = re.compile(rf"(?:\s*[,;/]\s*|\s+và\s+)(?={_FULL}\s?[{UP}\w])")


#: a head in capitals inside a cell: where a line break between two names may have been lost
_HEAD_INSIDE = re.compile(
    rf"(?<=\w)\s+(?=(?:(?:Phòng|Văn phòng)\s+[{UP}]|(?:Các|Văn phòng Sở|Công đoàn|Thanh tra|Trung tâm|UBND|"
    rf"Tỉnh đoàn|Bộ phận|Giáo viên|Nhân viên|GVCN|BGH|Kế toán|Tổng phụ trách|Hội Cha mẹ|Đoàn Thanh niên|"
    rf"Đoàn trường|Tổ trưởng|TPT)\s+\S|(?:GVCN|GVBM|BGH|TPT)\b))"
)
#: words a name goes on after: "Trưởng Phòng", "thuộc Văn phòng Sở", "Chủ tịch Công đoàn"
_GOES_ON = frozenset(
    re.split(
        " ",
        "trưởng phó chánh và của thuộc với các đạo cho đốc tịch thư phận bộ viên tại do là từ trực theo "
        "mỗi ban hội từng",
    )
)


#: "Bộ phận Kế toán Phòng GDĐT", "Tổ truyền thông Phòng GD&ĐT": a part, and whose it is
_PART_OF = re.compile(r"(?:Bộ phận|Tổ|Chuyên viên) \S+|(?:Kế toán|Văn thư)$")
_ITS_PHONG = re.compile(r"Phòng (?:GD&ĐT|GDĐT|GD-ĐT|GD và ĐT|Giáo dục và Đào tạo)")


def _unglued(text: str) -> list[str]:
    """Two names whose line break was lost, apart.

    >>> _unglued("Văn phòng Sở Phòng GDTrH")
    ['Văn phòng Sở', 'Phòng GDTrH']
    >>> _unglued("Trưởng Phòng GDTrH")
    ['Trưởng Phòng GDTrH']
    >>> _unglued("Bộ phận Kế toán Phòng GDĐT")
    ['Bộ phận Kế toán Phòng GDĐT']
    """
    names, last = [], 0
    for match in _HEAD_INSIDE.finditer(text):
        before = text[last : match.start()]
        if before.split()[-1].lower() not in _GOES_ON and not (
            _PART_OF.match(before) and _ITS_PHONG.fullmatch(text, match.end())
        ):
            names.append(text[last : match.start()])
            last = match.end()
    return [*names, text[last:]]


def split_units(cell: str) -> list[str]:
    """The names in a table cell, as printed, without bullets and closing marks.

    >>> split_units("- Các phòng chuyên môn, nghiệp vụ Sở; - Phòng GD&ĐT huyện, thành phố;")
    ['Các phòng chuyên môn, nghiệp vụ Sở', 'Phòng GD&ĐT huyện, thành phố']
    >>> split_units("Phòng GDMN&GDTH; Phòng GDTrH")
    ['Phòng GDMN&GDTH', 'Phòng GDTrH']
    >>> split_units("PhòngCTTT&GDTX,CN")
    ['PhòngCTTT&GDTX,CN']
    >>> split_units("Phòng Hành chính\\n- Tổng hợp"), split_units("Văn phòng Sở\\n- Các trường")
    (['Phòng Hành chính - Tổng hợp'], ['Văn phòng Sở', 'Các trường'])
    """
    text = cell.strip()
    if not text:
        return []
    if not _BULLET_LINE.match(text):
        text = _HYPHEN_LINE.sub(" ", text)
    if _BULLETS.search(text):
        # lines inside a bulleted cell are wrapped, not separate: only bullets and semicolons separate
        parts = [p for part in _BULLETS.split(text) for p in part.split(";")]
    else:
        parts = [p for part in text.split(";") for p in _split_lines(part)]
    names: list[str] = []
    for part in parts:
        for piece in (p for name in _unglued(" ".join(part.split())) for p in _split_names(name)):
            name = piece.strip(" ,;.-–+•")
            if name and name not in names:
                names.append(name)
    return names


def _split_lines(part: str) -> list[str]:
    """Lines of a cell that each begin a name; a line that does not carries the one above."""
    names: list[str] = []
    for line in part.split("\n"):
        line = line.strip()
        if not line:
            continue
        if names and (
            not re.match(rf"{_FULL}\b", line)
            or names[-1].endswith((" và", " của", " thuộc"))
            or re.fullmatch(r"Sở|Phòng|Ban|Tổ|Trường|Đoàn|Hội|Khối|Báo|Đài|Đội", line)
            or (names[-1].startswith("Bộ phận ") and _ITS_PHONG.fullmatch(line))
        ):
            names[-1] = f"{names[-1]} {line}"
        else:
            names.append(line)
    return names


def _split_names(text: str) -> list[str]:
    pieces: list[str] = []
    last = 0
    for match in _NEXT_NAME.finditer(text):
        before = text[last : match.start()]
        if " và " in match.group(0) and not re.match(r"(?:Phòng|Văn phòng|Trung tâm|Ban)", before.strip()):
            continue
        if match.group(0).strip() == "và" and text[match.end() :].startswith("các"):
            continue  # "Văn phòng và các phòng thuộc Sở" stays one printed name
        if before.count("(") > before.count(")"):
            continue
        if before.endswith("HĐND") and text.startswith("UBND", match.end()):
            continue  # "Văn phòng HĐND và UBND xã" is one office
        pieces.append(before)
        last = match.end()
    pieces.append(text[last:])
    return pieces
