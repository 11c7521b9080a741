"""The .docx is read back: page, fonts, sizes, positions, fields."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Length, Mm
from lxml import etree

from loa.lib.vanban.write import write_docx

from .samples import letter, report


@pytest.fixture(scope="module")
def made() -> Any:
    return docx.Document(io.BytesIO(write_docx(report())))


def near(length: Length | None, mm: float) -> bool:
    """Equal to a twentieth of a point."""
    assert length is not None
    return abs(length - Mm(mm)) <= 635


def looks(paragraph: Any) -> tuple[float, bool, bool, Any]:
    run = next(run for run in paragraph.runs if run.text.strip())
    return run.font.size.pt, bool(run.bold), bool(run.italic), paragraph.alignment


CENTER, LEFT, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY


def test_the_page_is_a4_with_the_margins_of_the_decree(made: Any) -> None:
    sections = list(made.sections)
    assert len(sections) == 3
    for section, wide in zip(sections, (False, True, False), strict=True):
        assert section.orientation == (WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT)
        assert near(section.page_width, 297 if wide else 210)
        assert near(section.page_height, 210 if wide else 297)
        assert near(section.top_margin, 20)
        assert near(section.bottom_margin, 20)
        assert near(section.left_margin, 30)
        assert near(section.right_margin, 15)


def test_the_page_number_is_a_field_in_the_top_margin_but_not_on_page_one(made: Any) -> None:
    for section in made.sections:
        assert section.different_first_page_header_footer
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
        assert not section.first_page_header.is_linked_to_previous
        assert section.first_page_header.paragraphs[0].text == ""
        number = section.header.paragraphs[0]
        assert number.alignment == CENTER
        assert [e.text.strip() for e in number._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert {run.font.size.pt for run in number.runs} == {13}
        assert section.header_distance < section.top_margin
        assert not section.footer.paragraphs[0].text


def test_every_run_is_times_new_roman_in_vietnamese(made: Any) -> None:
    runs = list(made.element.body.iter(qn("w:r")))
    assert len(runs) > 200
    for run in runs:
        fonts = run.rPr.find(qn("w:rFonts"))
        assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {
            "Times New Roman"
        }
        assert not run.rPr.findall(qn("w:caps"))  # capitals are letters, not a look
    defaults = made.styles.element.find(qn("w:docDefaults"))
    assert next(defaults.iter(qn("w:lang"))).get(qn("w:val")) == "vi-VN"
    assert made.core_properties.language == "vi-VN"
    assert made.core_properties.title.startswith("Báo cáo Kết quả công tác truyền thông")


def test_the_header_table_holds_cells_1_to_4_in_their_looks(made: Any) -> None:
    table = made.tables[0]
    assert {e.get(qn("w:val")) for e in table._tbl.tblPr.find(qn("w:tblBorders"))} == {"none"}
    (agency, nation), (number, date) = [row.cells for row in table.rows]
    lines = [(p.text, *looks(p)) for p in agency.paragraphs if p.text]
    assert lines == [
        ("ỦY BAN NHÂN DÂN", 12, False, False, CENTER),
        ("TỈNH SÔNG LAM", 12, False, False, CENTER),
        ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", 12, True, False, CENTER),
    ]
    lines = [(p.text, *looks(p)) for p in nation.paragraphs if p.text]
    assert lines == [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, True, False, CENTER),
        ("Độc lập - Tự do - Hạnh phúc", 13, True, False, CENTER),
    ]
    assert [(p.text, *looks(p)) for p in number.paragraphs] == [("Số: 05/BC-SGDĐT", 13, False, False, CENTER)]
    assert [(p.text, *looks(p)) for p in date.paragraphs] == [
        ("Sông Lam, ngày 05 tháng 02 năm 2026", 13, False, True, CENTER)
    ]
    assert number.paragraphs[0].paragraph_format.space_before == date.paragraphs[0].paragraph_format.space_before


def test_the_rules_are_borders_of_the_right_length(made: Any) -> None:
    table = made.tables[0]
    width = table.rows[0].cells[1].width
    rule = table.rows[0].cells[1].paragraphs[-1]
    border = rule._p.pPr.find(qn("w:pBdr")).find(qn("w:top"))
    assert (border.get(qn("w:val")), border.get(qn("w:color"))) == ("single", "000000")
    length = width - rule.paragraph_format.left_indent - rule.paragraph_format.right_indent
    assert near(Length(length), 56.14)  # as long as "Độc lập - Tự do - Hạnh phúc" at 13 pt bold
    rule = table.rows[0].cells[0].paragraphs[-1]
    width = table.rows[0].cells[0].width
    length = width - rule.paragraph_format.left_indent - rule.paragraph_format.right_indent
    assert 1 / 3 <= Length(length).mm / 56.0958 <= 1 / 2  # "SỞ GIÁO DỤC VÀ ĐÀO TẠO" at 12 pt bold


def test_title_bases_and_body_have_their_looks(made: Any) -> None:
    by_text = {p.text: p for p in made.paragraphs}
    assert looks(by_text["BÁO CÁO"]) == (14, True, False, CENTER)
    assert looks(by_text["và đào tạo học kỳ I năm học 2025-2026"]) == (14, True, False, CENTER)
    assert looks(by_text["Căn cứ tình hình thực tế."]) == (14, False, True, BOTH)
    assert looks(by_text["I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH"]) == (14, True, False, BOTH)
    assert looks(by_text["1. Ban hành văn bản"]) == (14, True, False, BOTH)
    assert looks(by_text["đ) Giáo dục thường xuyên: 06 trung tâm"]) == (14, False, False, BOTH)
    body = [p for p in made.paragraphs if p.style.name == "VB Nội dung"]
    assert len(body) >= 12
    for paragraph in body:
        form = paragraph.paragraph_format
        assert form.alignment == BOTH
        assert near(form.first_line_indent, 12.7)
        assert form.space_before.pt >= 6
        assert form.space_after.pt == 0
        assert 1.0 <= form.line_spacing <= 1.5
    assert body[-1].text.endswith("đội ngũ làm truyền thông./.")
    levels = [(p.style.name, p.text) for p in made.paragraphs if p.style.name.startswith("Heading")]
    assert levels[:2] == [("Heading 2", "I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH"), ("Heading 3", "1. Ban hành văn bản")]


def test_the_signature_table_stays_whole_and_with_the_text_before(made: Any) -> None:
    table = made.tables[2]
    left, right = table.rows[0].cells
    assert [looks(p)[:3] for p in left.paragraphs] == [(12, True, True), *[(11, False, False)] * 5]
    assert [p.text for p in left.paragraphs][-1] == "- Lưu: VT, VP. NTL.08."
    assert {p.alignment for p in left.paragraphs} == {LEFT}
    assert [(p.text, *looks(p)) for p in right.paragraphs] == [
        ("KT. GIÁM ĐỐC", 14, True, False, CENTER),
        ("PHÓ GIÁM ĐỐC", 14, True, False, CENTER),
        ("Nguyễn Thị Hồng Ngự", 14, True, False, CENTER),
    ]
    assert right.paragraphs[-1].paragraph_format.space_before.pt == 70
    assert table.rows[0]._tr.trPr.find(qn("w:cantSplit")) is not None
    last = next(p for p in made.paragraphs if p.text.endswith("./."))
    assert last.paragraph_format.keep_with_next
    between = last._p.getnext()
    assert between.pPr.find(qn("w:keepNext")) is not None
    assert between.getnext() is table._tbl


def test_ruled_tables_repeat_their_header_row_and_keep_rows_whole(made: Any) -> None:
    table = made.tables[3]
    assert len(table.rows) == 40
    flags = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert flags == [True] + [False] * 39
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert {e.get(qn("w:val")) for e in table._tbl.tblPr.find(qn("w:tblBorders"))} == {"single"}
    assert [looks(cell.paragraphs[0]) for cell in table.rows[0].cells] == [(12, True, False, CENTER)] * 6
    group = table.rows[1]._tr.tc_lst
    assert [tc.grid_span for tc in group] == [6]
    assert near(Length(sum(column.width for column in table.columns)), 252)


def test_a_link_is_a_hyperlink(made: Any) -> None:
    cell = made.tables[4].rows[1].cells[3]
    link = cell.paragraphs[0].hyperlinks[0]
    assert (link.text, link.address) == ("songlam.edu.vn/t/1", "https://songlam.edu.vn/t/1")


def test_a_letter_has_a_red_frame_and_a_contact_line_on_page_one() -> None:
    made = docx.Document(io.BytesIO(write_docx(letter())))
    cell = made.tables[0].rows[1].cells[0]
    assert [looks(p)[:3] for p in cell.paragraphs if p.text] == [(13, False, False), *[(12, False, False)] * 2]
    frame = cell.tables[0]
    assert frame.rows[0].cells[0].text == "KHẨN"
    assert near(frame.rows[0].height, 8)
    assert near(frame.columns[0].width, 20)
    assert {e.get(qn("w:color")) for e in frame._tbl.tblPr.find(qn("w:tblBorders"))} == {"C00000"}
    section = made.sections[0]
    assert section.first_page_footer.paragraphs[0].text.startswith("Thôn 3")
    assert section.footer.paragraphs[0].text == ""


def test_text_that_looks_like_markup_or_is_broken_prints_as_it_is() -> None:
    data = write_docx(letter(place="<w:b/> & Sơn\x00 \ud800Thượng", subject="a & b <c>"))
    made = docx.Document(io.BytesIO(data))
    assert made.tables[0].rows[1].cells[1].text.startswith("<w:b/> & Sơn Thượng, ngày 25")


def test_the_elements_follow_the_order_of_the_schema() -> None:
    """Word repairs (or refuses) a file whose properties stand in the wrong order; LibreOffice does not mind."""
    order = {
        "pPr": "pStyle keepNext keepLines widowControl pBdr shd tabs spacing ind jc outlineLvl rPr sectPr",
        "rPr": "rStyle rFonts b bCs i iCs caps color spacing sz szCs u lang",
        "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar tblLook",
        "tcPr": "tcW gridSpan vMerge tcBorders shd tcMar vAlign",
        "sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols titlePg docGrid",
        "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat rsid pPr rPr tblPr",
    }
    checked = 0
    for document in (report(), letter()):
        with zipfile.ZipFile(io.BytesIO(write_docx(document))) as archive:
            for name in archive.namelist():
                if not re.fullmatch(r"word/(document|styles|header\d+|footer\d+)\.xml", name):
                    continue
                for element in etree.fromstring(archive.read(name)).iter():
                    tag = etree.QName(element).localname
                    if tag in order and element.tag.startswith("{http://schemas.openxmlformats.org/wordproc"):
                        names = [etree.QName(child).localname for child in element]
                        if tag == "sectPr":  # the references come first, in any order among themselves
                            names = [n.replace("footerRef", "headerRef") for n in names]
                        places = [order[tag].split().index(n) for n in names]
                        assert places == sorted(places), (name, tag, etree.tostring(element)[:400])
                        checked += 1
    assert checked > 1000
