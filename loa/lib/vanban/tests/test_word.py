"""What only Word's own structure says: numbers, merged cells, tracked changes, text boxes, notes, old fonts."""

from __future__ import annotations

import io
import zipfile

import pytest

from loa.lib.vanban import Reading, read_document

SPACE = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def word(body: str, **parts: str) -> Reading:
    """Reads a package whose document.xml has this body; other parts by name (`numbering="<w:num…"`)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {SPACE}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {SPACE}>{content}</w:{name}>")
    return read_document(out.getvalue(), "a.docx")


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def numbered(level: int, text: str, num: str = "1") -> str:
    return paragraph(run(text), properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def texts(reading: Reading) -> list[str]:
    return [block.text for block in reading.source.blocks]


LEVELS = "".join(
    f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
    for level, (kind, pattern) in enumerate(
        (
            ("upperRoman", "%1."),
            ("decimal", "%2."),
            ("decimal", "%2.%3."),
            ("lowerLetter", "%4)"),
            ("bullet", "-"),
            ("bullet", "\uf0b7"),
        )
    )
)
NUMBERING = (
    f'<w:abstractNum w:abstractNumId="5">{LEVELS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="5"/>'
    '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="4"/></w:lvlOverride></w:num>'
)


def test_automatic_numbers_are_printed() -> None:
    reading = word(
        numbered(0, "MỤC ĐÍCH")
        + numbered(1, "Mục đích")
        + numbered(2, "Chung")
        + numbered(2, "Riêng")
        + numbered(3, "Điểm")
        + numbered(4, "Gạch")
        + numbered(5, "Chấm")
        + numbered(1, "Yêu cầu")
        + numbered(0, "NỘI DUNG")
        + numbered(1, "Một")
        + numbered(1, "Bốn", num="2"),
        numbering=NUMBERING,
    )
    assert texts(reading) == [
        "I. MỤC ĐÍCH",
        "1. Mục đích",
        "1.1. Chung",
        "1.2. Riêng",
        "a) Điểm",
        "- Gạch",
        "• Chấm",
        "2. Yêu cầu",
        "II. NỘI DUNG",
        "1. Một",
        "4. Bốn",
    ]
    assert [(s.level, s.label) for s in reading.sections] == [
        (1, "I"),
        (2, "1"),
        (3, "1.1"),
        (3, "1.2"),
        (4, "a"),
        (2, "2"),
        (1, "II"),
        (2, "1"),
        (2, "4"),
    ]


def test_number_of_a_style() -> None:
    styles = (
        '<w:style w:styleId="A"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    reading = word(
        paragraph(run("MỤC ĐÍCH"), properties='<w:pStyle w:val="B"/>'), numbering=NUMBERING, styles=styles
    )
    assert texts(reading) == ["I. MỤC ĐÍCH"]


def test_tracked_changes_are_accepted() -> None:
    reading = word(
        paragraph(
            run("Gửi báo cáo trước ngày "),
            f"<w:del>{run('31/5/2025').replace('w:t ', 'w:delText ').replace('/w:t>', '/w:delText>')}</w:del>",
            f"<w:ins>{run('15/6/2025')}</w:ins>",
            f"<w:moveFrom>{run(' về Phòng')}</w:moveFrom><w:moveTo>{run(' về Sở')}</w:moveTo>",
        )
        + paragraph(run("Đoạn này "), properties="<w:rPr><w:del/></w:rPr>")
        + paragraph(run("nối liền."))
    )
    assert texts(reading) == ["Gửi báo cáo trước ngày 15/6/2025 về Sở", "Đoạn này nối liền."]
    assert any(w.code == "tracked_changes" for w in reading.warnings)


def test_text_box_once() -> None:
    box = f"<w:txbxContent>{paragraph(run('Số: 7/KH-SGDĐT'))}</w:txbxContent>"
    reading = word(
        paragraph(
            f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
        + paragraph(run("KẾ HOẠCH"))
    )
    assert texts(reading) == ["Số: 7/KH-SGDĐT", "KẾ HOẠCH"]
    assert reading.number == "7/KH-SGDĐT"


def test_breaks_hidden_text_and_hyphens() -> None:
    reading = word(
        paragraph(
            "<w:r><w:t>Số: 12/KH</w:t><w:noBreakHyphen/><w:t>SGDĐT</w:t><w:br/><w:t>KẾ HOẠCH</w:t></w:r>",
            run("ẩn", "<w:vanish/>"),
        )
    )
    assert texts(reading) == ["Số: 12/KH-SGDĐT", "KẾ HOẠCH"]


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text)) if text else '<w:p/>'}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


START, GOES_ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"


def test_merged_cells() -> None:
    reading = word(
        paragraph(run("PHỤ LỤC"))
        + "<w:tbl>"
        + row(*(cell(h) for h in ("STT", "Nội dung", "Chủ trì", "Phối hợp")))
        + row(cell("I. Nhóm chung", '<w:gridSpan w:val="4"/>'))
        + row(cell("1"), cell("Việc A"), cell("Văn phòng", START), cell("Các phòng"))
        + row(cell("2"), cell("Việc B"), cell("", GOES_ON), cell(""))
        + row(cell("3"), cell("Việc bỏ"), cell("x"), cell(""), properties="<w:del/>")
        + "</w:tbl>"
    )
    (table,) = reading.tables
    assert [(r.kind, r.number, r.content, r.lead, r.support) for r in table.rows] == [
        ("heading", "I", "Nhóm chung", (), ()),
        ("task", "1", "Việc A", ("Văn phòng",), ("Các phòng",)),
        ("task", "2", "Việc B", ("Văn phòng",), ()),
    ]
    merged = next(b for b in reading.source.blocks if b.kind == "row" and b.text.startswith("2\t"))
    assert reading.source.text[merged.cells[2].start : merged.cells[2].end] == "Văn phòng"


@pytest.mark.parametrize(
    ("font", "text", "want"),
    [
        (".VnTime", "Truy\u00d2n th\u00abng", "Truyền thông"),
        (".VnTimeH", "k\u00d5 ho\u00b9ch", "KẾ HOẠCH"),
        ("VNI-Times", "nhieäm vuï", "nhiệm vụ"),
        ("Times New Roman", "Truyền thông", "Truyền thông"),
        (".VnTime", "Truyền thông", "Truyền thông"),  # Unicode letters, old font name left behind
    ],
)
def test_old_fonts(font: str, text: str, want: str) -> None:
    reading = word(paragraph(run(text, f'<w:rFonts w:ascii="{font}"/>')))
    assert texts(reading) == [want]


def test_letterhead_in_the_page_header() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {SPACE}><w:body>{paragraph(run('KẾ HOẠCH'))}</w:body></w:document>"
        )
        archive.writestr("word/header1.xml", f"<w:hdr {SPACE}>{paragraph(run('Số: 8/KH-SGDĐT'))}</w:hdr>")
    assert read_document(out.getvalue(), "a.docx").number == "8/KH-SGDĐT"


def test_a_footnote_follows_its_paragraph() -> None:
    """Its mark stays in the sentence; what it cites is cited, a day it names is one like any other."""
    said = "Mẫu theo Công văn số 512/SGDĐT-VP ngày 10/02/2026, gửi trước ngày 28/02/2026."
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    reading = word(
        paragraph(run("KẾ HOẠCH"))
        + paragraph(run("Truyền thông năm 2026"))
        + paragraph(run("I. NHIỆM VỤ"))
        + paragraph(run("1. Các trường gửi báo cáo"), mark, run(" trước ngày 30/5/2026.")),
        footnotes=f'<w:footnote w:id="2">{paragraph(run(said))}</w:footnote>',
    )
    assert texts(reading)[3:] == ["1. Các trường gửi báo cáo¹ trước ngày 30/5/2026.", f"¹ {said}"]
    assert [(ref.number, ref.role) for ref in reading.legal_refs] == [("512/SGDĐT-VP", "cited")]
    assert [due.date for due in reading.deadlines] == ["2026-05-30", "2026-02-28"]
