"""Our own files have nothing to mend; each breach put into one is found, and nothing else."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.shared import Mm, Pt

from loa.lib.vanban.lint import obsolete_names
from loa.lib.vanban.write import Style, lint_docx, write_docx

from .samples import letter, parts, report

DAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize("document", [report(), letter(), parts()], ids=["BC", "CV", "KH"])
def test_what_we_write_breaks_nothing(document: Any) -> None:
    assert lint_docx(write_docx(document), day=DAY) == []


def test_the_largest_sizes_are_allowed_too() -> None:
    style = Style(nation_pt=13, motto_pt=14, agency_pt=13, date_pt=14, left_mm=35, right_mm=20, top_mm=25)
    assert lint_docx(write_docx(report(), style), day=DAY) == []


def broken(change: Callable[[Any], None], document: Any = None) -> list[str]:
    file = docx.Document(io.BytesIO(write_docx(document or report(appendices=()))))
    change(file)
    out = io.BytesIO()
    file.save(out)
    return [finding.code for finding in lint_docx(out.getvalue(), day=DAY)]


def cell(file: Any, row: int, column: int) -> Any:
    return file.tables[0].rows[row].cells[column]


def set_text(paragraph: Any, text: str) -> None:
    paragraph.runs[0].text = text


def body(file: Any) -> Any:
    return next(p for p in file.paragraphs if p.style.name == "VB Nội dung" and len(p.text) > 60)


BREACHES: dict[str, Callable[[Any], None]] = {
    "page.size": lambda f: setattr(f.sections[0], "page_width", Mm(216)),
    "page.margin.left": lambda f: setattr(f.sections[0], "left_margin", Mm(25)),
    "page.margin.right": lambda f: setattr(f.sections[0], "right_margin", Mm(25)),
    "page.first_number": lambda f: setattr(f.sections[0], "different_first_page_header_footer", False),
    "page.number_place": lambda f: setattr(f.sections[0].header.paragraphs[0], "alignment", 2),
    "nation.bold": lambda f: setattr(cell(f, 0, 1).paragraphs[0].runs[0], "bold", False),
    "nation.size": lambda f: setattr(cell(f, 0, 1).paragraphs[0].runs[0].font, "size", Pt(14)),
    "motto.text": lambda f: set_text(cell(f, 0, 1).paragraphs[1], "Độc lập – Tự do – Hạnh phúc"),
    "motto.missing": lambda f: set_text(cell(f, 0, 1).paragraphs[1], "Độc lập - Tự do"),
    "number.zero": lambda f: set_text(cell(f, 1, 0).paragraphs[0], "Số: 5/BC-SGDĐT"),
    "number.spaces": lambda f: set_text(cell(f, 1, 0).paragraphs[0], "Số: 05 / BC-SGDĐT"),
    "number.capitals": lambda f: set_text(cell(f, 1, 0).paragraphs[0], "Số: 05/BC-SGDđt"),
    "number.missing": lambda f: set_text(cell(f, 1, 0).paragraphs[0], "05"),
    "date.zero": lambda f: set_text(cell(f, 1, 1).paragraphs[0], "Sông Lam, ngày 5 tháng 2 năm 2026"),
    "date.impossible": lambda f: set_text(cell(f, 1, 1).paragraphs[0], "Sông Lam, ngày 31 tháng 02 năm 2026"),
    "space.double": lambda f: set_text(body(f), "Hai  dấu cách."),
    "unicode": lambda f: set_text(body(f), "Sở Giáo dục va\u0300 Đào tạo."),
    "body.align": lambda f: setattr(body(f), "alignment", 0),
    "ending": lambda f: set_text(next(p for p in f.paragraphs if p.text.endswith("./.")), "Hết."),
    "recipients.obsolete": lambda f: set_text(
        f.tables[2].rows[0].cells[0].paragraphs[2], "- Sở Thông tin và Truyền thông;"
    ),
}


@pytest.mark.parametrize("code", sorted(BREACHES))
def test_each_breach_is_found_and_nothing_else(code: str) -> None:
    assert broken(BREACHES[code]) == [code]


def test_a_wrong_font_is_named_once() -> None:
    def change(file: Any) -> None:
        for paragraph in file.paragraphs[:6]:
            for run in paragraph.runs:
                run.font.name = "Arial"

    assert broken(change) == ["font"]


def test_a_body_too_small_is_found() -> None:
    def change(file: Any) -> None:
        for run in body(file).runs:
            run.font.size = Pt(12)

    assert broken(change) == ["body.size"]


def test_a_file_that_says_nothing_of_itself_is_judged_by_its_styles() -> None:
    file = docx.Document()
    file.add_paragraph("Một đoạn văn đủ dài để được coi là nội dung của văn bản, không có định dạng gì riêng cả.")
    out = io.BytesIO()
    file.save(out)
    codes = {finding.code for finding in lint_docx(out.getvalue(), day=DAY)}
    assert {"nation.missing", "motto.missing", "number.missing", "page.number", "recipients.missing"} <= codes
    assert {"page.size", "body.size", "body.align"} <= codes


def test_names_end_on_their_day_and_the_longest_is_meant() -> None:
    text = "Phòng GD&ĐT; UBND các huyện; Trung tâm Văn hóa - Thông tin - Thể thao huyện"
    assert obsolete_names(text, dt.date(2025, 6, 30)) == []
    assert [b.phrase for b in obsolete_names(text, dt.date(2025, 7, 1))] == [
        "Trung tâm Văn hóa - Thông tin - Thể thao huyện",
        "UBND các huyện",
        "Phòng GD&ĐT",
    ]
    assert obsolete_names("Sở Khoa học và Công nghệ; Phòng GDĐTX", DAY) == []


@pytest.mark.parametrize("data", [b"", b"x", b"PK\x03\x04rubbish"])
def test_what_is_no_word_file_is_said_so(data: bytes) -> None:
    with pytest.raises(ValueError, match="không phải văn bản Word"):
        lint_docx(data)
