"""How long a plan of fifty pages takes to read, against taking its text out alone. Run by `loa bench reader`."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import docx
import pypdfium2

from .reading import read_document
from .write import (
    Appendix,
    Clause,
    Dash,
    OfficialDocument,
    Section,
    Signature,
    Table,
    write_docx,
    write_pdf,
)

#: the bar of issue 3, seconds for fifty pages
BAR = 2.0
PAGES = 50
_RUNS = 5

_TOPIC = (
    "Truyền thông về việc triển khai Kế hoạch số {n}/KH-UBND ngày 15/3/2025 của UBND tỉnh Sông Lam, kết quả "
    "sơ kết 05 năm thực hiện Đề án giai đoạn 2021-2025 và các hoạt động của ngành trong năm 2026; nắm bắt, xử lý "
    "kịp thời các vấn đề mà báo chí, dư luận xã hội quan tâm, báo cáo cơ quan có thẩm quyền theo quy định."
)
_DUTIES = (
    "Gửi ít nhất {k} tin, bài/tháng về Văn phòng Sở trước ngày 25 hằng tháng; tối thiểu 02 video/năm.",
    "Báo cáo kết quả thực hiện về Sở Giáo dục và Đào tạo trước ngày 15/{m}/2026 (đối với đơn vị trực thuộc Sở).",
    "Thường xuyên theo dõi, nắm bắt thông tin báo chí; xử lý chậm nhất 24 giờ kể từ khi nhận được thông tin.",
)


def plan(chapters: int) -> OfficialDocument:
    """A dense plan: about two pages a chapter, and a task table of eight rows a chapter."""
    body: list[Any] = []
    for chapter in range(1, chapters + 1):
        body.append(Section(f"Nội dung thứ {chapter}"))
        for clause in range(1, 4):
            body.append(Clause(title=f"Các trường nhóm {clause}"))
            body += [Dash(_TOPIC.format(n=chapter * 10 + clause)) for _ in range(2)]
            body += [Dash(duty.format(k=clause + 1, m=chapter % 12 + 1)) for duty in _DUTIES]
    rows = [
        (
            str(n),
            f"Truyền thông nhiệm vụ {n} của ngành",
            "Tin, bài",
            f"Tháng {n % 12 + 1}",
            "Văn phòng Sở",
            "Các trường",
        )
        for n in range(1, chapters * 8 + 1)
    ]
    columns = ("STT", "Nội dung", "Sản phẩm", "Thời gian", "Chủ trì", "Phối hợp")
    return OfficialDocument(
        parent="Ủy ban nhân dân tỉnh Sông Lam",
        issuer="Sở Giáo dục và Đào tạo",
        type_code="KH",
        symbol="KH-SGDĐT",
        number=45,
        place="Sông Lam",
        date=dt.date(2026, 1, 8),
        subject="Truyền thông về giáo dục và đào tạo năm 2026",
        bases=["Căn cứ Kế hoạch số 30/KH-UBND ngày 02 tháng 02 năm 2025 của Ủy ban nhân dân tỉnh Sông Lam"],
        body=body,
        recipients=["Bộ Giáo dục và Đào tạo", "Các đơn vị trực thuộc Sở"],
        signature=Signature(("GIÁM ĐỐC",), "Trần Văn Sơn"),
        appendices=[Appendix("Phân công thực hiện kế hoạch", [Table(columns, rows)])],
    )


def _pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def _docx_text(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def times(function: Callable[[], object]) -> list[float]:
    """What each of a few runs takes, in seconds of this process: a shared machine does not count."""
    found = []
    for _ in range(_RUNS):
        start = time.process_time()
        function()
        found.append(time.process_time() - start)
    return found


def of_fifty_pages() -> tuple[OfficialDocument, bytes]:
    """A plan of at least `PAGES` printed pages, and its PDF."""
    chapters = 12
    while True:
        document = plan(chapters)
        data = write_pdf(document)
        pages = len(pypdfium2.PdfDocument(data))
        if pages >= PAGES:
            return document, data
        chapters += max(1, (PAGES - pages) // 2)


@dataclass(frozen=True, slots=True)
class Format:
    """The plan of fifty pages in one format, and the work its reading is measured against."""

    extension: str
    data: bytes
    baseline_name: str
    baseline: Callable[[], object]


def formats() -> list[Format]:
    """The same plan as .pdf, .docx and .txt; to decode a text takes no time, so it has the baseline of its PDF."""
    document, pdf = of_fifty_pages()
    word = write_docx(document)
    text = read_document(pdf, "a.pdf").source.text.encode()
    return [
        Format("pdf", pdf, "pypdfium2 text only", lambda: _pdf_text(pdf)),
        Format("docx", word, "python-docx text only", lambda: _docx_text(word)),
        Format("txt", text, "pypdfium2 text only, of its .pdf", lambda: _pdf_text(pdf)),
    ]


def run(out: Callable[..., None]) -> None:
    measured = formats()
    pdf, _, txt = measured
    out("size", f"{len(pypdfium2.PdfDocument(pdf.data))} pages", "characters", str(len(txt.data.decode())))
    for each in measured:
        mine = median(times(lambda each=each: read_document(each.data, f"a.{each.extension}")))  # type: ignore[misc]
        theirs = median(times(each.baseline))
        name = f"read .{each.extension} (bar {BAR:.0f} s)"
        out(name, f"{mine:.2f} s", each.baseline_name, f"{theirs:.3f} s", f"{mine / theirs:.1f}")
