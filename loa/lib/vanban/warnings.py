"""What a careful officer would question. Nothing is corrected; each warning points at the words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from loa.lib.vi.legacy import ENCODING_NAMES

from .document import Document
from .header import Header
from .lint.bodies import mobile_numbers, obsolete_names, private_mail
from .lint.keys import impossible_suffix
from .model import Deadline, LegalRef, Quota, Recipient, Warning
from .source.legible import TOKEN, WORD, legible_text
from .uncounted import find_odd_periods

#: code → sentence. Placeholders are filled with printed values.
MESSAGES: dict[str, str] = {
    "number_blank": "Số văn bản còn để trống. Điền số khi phát hành, hoặc dùng bản đã cấp số.",
    "date_blank": "Ngày ban hành chưa đủ ngày, tháng, năm. Kiểm tra lại bản đã ký.",
    "suffix": "Số hiệu “{number}” có vẻ sai: {why}. Loa giữ nguyên như bản in; hãy đối chiếu văn bản gốc.",
    "later_than_plan": "Văn bản {number} ghi ngày {date}, sau ngày của chính kế hoạch này. Hãy kiểm tra lại năm.",
    "two_dates": "Số {number} được dẫn với nhiều ngày khác nhau ({dates}). Hãy kiểm tra lại.",
    "personal_phone": "Có số điện thoại di động cá nhân trong văn bản. Nên thay bằng số máy cơ quan.",
    "private_email": "Có địa chỉ thư điện tử cá nhân ({address}). Nên dùng thư công vụ.",
    "obsolete_recipient": "“{name}” không còn từ {since}; nay là {now}. Hãy sửa nơi nhận.",
    "impossible_range": "Khoảng năm “{range}” đi lùi. Loa giữ nguyên như bản in.",
    "impossible_date": "“{date}” không có trong lịch.",
    "ocr": "Có dấu hiệu lỗi nhận dạng chữ: “{word}” ({count} lần), có lẽ là “{likely}”.",
    "deadline_conflict": "Cùng một việc, cùng đơn vị nhưng có hai thời hạn: {dates}.",
    "quota_without_who": "Chỉ tiêu “{quote}” không nói đơn vị nào phải thực hiện.",
    "maximum": "“{quote}” là mức tối đa, không phải số phải đạt, nên Loa không ghi thành chỉ tiêu. Nếu đơn vị "
    "phải đạt số này, hãy tự thêm chỉ tiêu.",
    "odd_period": "Loa chỉ đếm theo tuần, tháng, quý, học kỳ, năm nên không ghi “{quote}”. Hãy tự thêm việc này "
    "với kỳ gần nhất, hoặc từng thời hạn một.",
    "day_lost": "Loa ghi được việc này là định kỳ nhưng chưa giữ được “{quote}”: hạn được tính là ngày cuối kỳ. "
    "Hãy ghi ngày ấy vào tên việc.",
    "deadline_passed": "Thời hạn {date} trước cả ngày ban hành kế hoạch.",
    "tracked_changes": "Tệp còn vết sửa (Track Changes). Loa đọc theo bản đã chấp nhận mọi chỗ sửa.",
    "scanned_pages": "Có trang chỉ là ảnh chụp (scan), Loa không đọc được chữ trên trang đó. Hãy dùng bản có chữ.",
    "encoding": "Chữ trong tệp dùng bảng mã {name}; Loa đã chuyển sang Unicode. Hãy soát lại, nhất là chữ hoa.",
    "nfd": "Chữ trong tệp ở dạng tổ hợp (NFD); Loa đã chuyển sang Unicode dựng sẵn.",
}

#: what may not stand before is looked at from behind the first year: so `re` runs from year to year
_RANGE = re.compile(r"(?P<a>(?:19|20)\d{2})(?<![\d/.\-]\d{4})\s?[-–]\s?(?P<b>(?:19|20)\d{2})(?![\d/])")
_DATE = re.compile(r"ngày\s+(?P<d>\d{1,2})\s?[/.\-]\s?(?P<m>\d{1,2})\s?[/.\-]\s?(?P<y>(?:19|20)\d{2})(?!\d)")
#: optical slips met in real plans → what they likely were
OCR_SLIPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"Tuy[êế]n thông tin"), "Truyền thông"),
    (re.compile(r"SGDDĐT|SGDĐDT"), "SGDĐT"),
    (re.compile(r"GDCTX"), "GDTX"),
    (re.compile(r"Phòng Tranh tra"), "Phòng Thanh tra"),
    (re.compile(r"tuyến trình"), "tiến trình"),
)


@dataclass(slots=True)
class Found:
    """What the rules look at."""

    header: Header
    references: list[LegalRef]
    deadlines: list[Deadline]
    quotas: list[Quota]
    recipients: list[Recipient]


def find_warnings(doc: Document, found: Found) -> list[Warning]:
    """All warnings, in order of place."""
    items = [
        *_about_file(doc),
        *_about_header(doc, found.header),
        *_about_references(doc, found),
        *_about_people(doc),
        *_about_numbers(doc),
        *_about_duties(doc, found),
        *_about_recipients(doc, found),
    ]
    return sorted(items, key=lambda item: item.span.start)


def _warning(doc: Document, code: str, start: int, end: int, **data: object) -> Warning:
    return Warning(span=doc.span(start, end), code=code, message=MESSAGES[code].format(**data))


def _about_file(doc: Document) -> Iterator[Warning]:
    for repair in doc.source.repairs:
        if repair in ENCODING_NAMES:
            yield _warning(doc, "encoding", 0, 0, name=ENCODING_NAMES[repair])
        elif repair in MESSAGES:
            yield _warning(doc, repair, 0, 0)


def _about_header(doc: Document, header: Header) -> Iterator[Warning]:
    if header.number_span and header.number is None:
        yield _warning(doc, "number_blank", *header.number_span)
    if header.date and header.date.precision != "day":
        yield _warning(doc, "date_blank", header.date.span.start, header.date.span.end)


def suffix_doubt(number: str) -> str | None:
    """Why a number of the National Assembly cannot be, or None.

    >>> suffix_doubt("37/2024/NQ/QH11")
    'văn bản của Quốc hội viết dạng số/năm/QH + khóa; năm 2024 không thuộc Quốc hội khóa 11'
    >>> suffix_doubt("88/2014/QH13") is None
    True
    """
    wrong = impossible_suffix(number)
    if wrong is None:
        return None
    reasons = []
    if wrong["form"]:
        reasons.append("văn bản của Quốc hội viết dạng số/năm/QH + khóa")
    if wrong["years"]:
        reasons.append(f"năm {wrong['year']} không thuộc Quốc hội khóa {wrong['assembly']}")
    return "; ".join(reasons) or None


def _about_references(doc: Document, found: Found) -> Iterator[Warning]:
    issued = doc.issued
    dates: dict[str, list[LegalRef]] = {}
    for ref in found.references:
        why = suffix_doubt(ref.number)
        if why:
            yield _warning(doc, "suffix", ref.span.start, ref.span.end, number=ref.number, why=why)
        elif re.search(r"SGDD|ĐDT|GDDĐ", ref.number):
            yield _warning(
                doc, "suffix", ref.span.start, ref.span.end, number=ref.number, why="ký hiệu cơ quan viết lạ"
            )
        if ref.date and issued and ref.date[: len(issued)] > issued[: len(ref.date)]:
            yield _warning(
                doc,
                "later_than_plan",
                ref.span.start,
                ref.span.end,
                number=ref.number,
                date="/".join(reversed(ref.date.split("-"))),
            )
        dates.setdefault(ref.number.upper(), []).append(ref)
    for refs in dates.values():
        if len(refs) > 1 and len({ref.issuer for ref in refs}) == 1:
            printed = ", ".join("/".join(reversed(ref.date.split("-"))) for ref in refs if ref.date)
            yield _warning(
                doc, "two_dates", refs[1].span.start, refs[1].span.end, number=refs[0].number, dates=printed
            )


def _about_people(doc: Document) -> Iterator[Warning]:
    for match in mobile_numbers(doc.source.text):
        yield _warning(doc, "personal_phone", match.start(), match.end())
    for match in private_mail(doc.source.text):
        yield _warning(doc, "private_email", match.start(), match.end(), address=match.group(0))


def _about_numbers(doc: Document) -> Iterator[Warning]:
    text = doc.source.text
    for match in _RANGE.finditer(text):
        if int(match["a"]) > int(match["b"]):
            yield _warning(doc, "impossible_range", match.start(), match.end(), range=match.group(0))
    for match in _DATE.finditer(text):
        if not _exists(int(match["d"]), int(match["m"]), int(match["y"])):
            yield _warning(doc, "impossible_date", match.start(), match.end(), date=match.group(0))
    slips: dict[str, list[re.Match[str]]] = {}
    for pattern in (TOKEN, WORD):
        for match in pattern.finditer(text):
            slips.setdefault(match.group(0), []).append(match)
    for word, found in slips.items():
        start, end = found[0].span()
        yield _warning(doc, "ocr", start, end, word=word, count=len(found), likely=_legible(text, start, end))
    for pattern, likely in OCR_SLIPS:
        matches = list(pattern.finditer(text))
        if matches:
            first = matches[0]
            yield _warning(
                doc, "ocr", first.start(), first.end(), word=first.group(0), count=len(matches), likely=likely
            )


def _legible(text: str, start: int, end: int) -> str:
    """The word as it stood, which the words behind it tell."""
    return legible_text(text[start : end + 20])[: end - start]


def _exists(day: int, month: int, year: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _about_duties(doc: Document, found: Found) -> Iterator[Warning]:
    for remark in (*dict.fromkeys(doc.remarks), *find_odd_periods(doc)):
        quote = doc.span(remark.start, remark.end).quote
        yield _warning(doc, remark.code, remark.start, remark.end, quote=quote)
    for quota in found.quotas:
        if quota.who is None:
            yield _warning(doc, "quota_without_who", quota.span.start, quota.span.end, quote=quota.span.quote)
    seen: dict[tuple[str, str, str], Deadline] = {}
    for deadline in found.deadlines:
        if not deadline.date:
            continue
        if doc.issued and len(doc.issued) >= 7 and deadline.date[:7] < doc.issued[:7]:
            yield _warning(
                doc,
                "deadline_passed",
                deadline.span.start,
                deadline.span.end,
                date="/".join(reversed(deadline.date.split("-"))),
            )
        if deadline.who and deadline.what:
            key = (_fold(deadline.who), _fold(deadline.what), _fold(deadline.scope or ""))
            other = seen.setdefault(key, deadline)
            if other.date != deadline.date:
                yield _warning(
                    doc,
                    "deadline_conflict",
                    deadline.span.start,
                    deadline.span.end,
                    dates=", ".join("/".join(reversed(str(d.date).split("-"))) for d in (other, deadline)),
                )


def _fold(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def _about_recipients(doc: Document, found: Found) -> Iterator[Warning]:
    if not doc.issued:
        return
    # A date without its day is taken for the month's first: nothing is questioned too early.
    day = date.fromisoformat((doc.issued + "-01-01")[:10] if len(doc.issued) < 7 else (doc.issued + "-01")[:10])
    for recipient in found.recipients:
        for body in obsolete_names(recipient.name, day)[:1]:
            yield _warning(
                doc,
                "obsolete_recipient",
                recipient.span.start,
                recipient.span.end,
                name=recipient.name,
                since=f"{body.gone_from:%d/%m/%Y}",
                now=body.now,
            )
