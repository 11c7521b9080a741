"""What the layout decides for both writers."""

from __future__ import annotations

import dataclasses

import pytest

from loa.lib.vanban.write import (
    Appendix,
    Clause,
    Para,
    Point,
    Row,
    Run,
    Section,
    Style,
    Table,
    lay_out,
    write_pdf,
)
from loa.lib.vanban.write.flow import DataTable, Grid, Mark, Par, Rule
from loa.lib.vanban.write.layout import MOTTO, agency_lines, balanced
from loa.lib.vanban.write.measures import LIMITS, PDF_FONT, text_width_mm

from .samples import letter, parts, report


def texts(elements: object) -> list[str]:
    return ["".join(s.text for s in e.spans) for e in elements if isinstance(e, Par)]  # type: ignore[attr-defined]


def test_every_vietnamese_letter_is_in_all_four_fonts() -> None:
    import unicodedata

    from PIL import ImageFont

    from loa.lib.vanban.write.measures import FONT_DIR

    vowels = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    letters = {
        unicodedata.normalize("NFC", v + t) for v in vowels for t in ("", *"\u0300\u0301\u0303\u0309\u0323")
    }
    letters |= set("đĐ“”‘’–—…≥≤×°½•₫")
    assert len(letters) == 160
    for style in ("Regular", "Bold", "Italic", "BoldItalic"):
        font = ImageFont.truetype(str(FONT_DIR / f"{PDF_FONT}-{style}.ttf"), 64)
        missing = font.getmask("\ue123").getbbox(), bytes(font.getmask("\ue123"))
        for letter_ in letters:
            mask = font.getmask(letter_)
            assert (mask.getbbox(), bytes(mask)) != missing, (style, letter_)


def test_widths_are_those_of_times_new_roman() -> None:
    # Advance widths of Times New Roman in 1/2048 em: A 1479, n 1024, m 1593; bold A 1479, a 1024.
    assert text_width_mm("Anm", 72) == pytest.approx((1479 + 1024 + 1593) / 2048 * 25.4)
    assert text_width_mm("Aa", 72, bold=True) == pytest.approx((1479 + 1024) / 2048 * 25.4)


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_style_outside_the_decree_is_refused(name: str) -> None:
    low, high = LIMITS[name]
    for value in (low - 0.5, high + 0.5):
        with pytest.raises(ValueError, match=name):
            Style(**{name: value})
    assert getattr(Style(**{name: low}), name) == low


def test_numbers_restart_below_each_level() -> None:
    body = [
        Section("Một"),
        Clause("a"),
        Clause(title="Tên"),
        Point("x"),
        Point("y"),
        Clause("b"),
        Point("z"),
        Section("Hai"),
        Clause("c."),
    ]
    printed = texts(lay_out(report(body=body, appendices=(), addressees=(), bases=())).sheets[0].elements)[-9:]
    assert printed == ["I. MỘT", "1. a", "2. Tên", "a) x", "b) y", "3. b", "a) z", "II. HAI", "1. c./."]


def test_parts_are_centred_in_two_lines_and_restart_the_sections() -> None:
    elements = lay_out(parts()).sheets[0].elements
    printed = texts(elements)
    at = printed.index("Phần II")
    assert printed[at : at + 3] == ["Phần II", "NHIỆM VỤ", "I. TUYÊN TRUYỀN"]
    part = next(e for e in elements if isinstance(e, Par) and e.spans[0].text == "Phần II")
    assert (part.align, part.spans[0].bold, part.level) == ("center", True, 1)


def test_the_outline_never_skips_a_level() -> None:
    body = [Clause(title="a"), Clause(title="b"), Section("c"), Clause(title="d"), Para("Hết.")]
    flow = lay_out(report(body=body))
    levels = [e.level for e in flow.sheets[0].elements if isinstance(e, Par) and e.level]
    assert levels == [1, 2, 2, 2, 3]
    levels = [e.level for e in lay_out(letter(body=body)).sheets[0].elements if isinstance(e, Par) and e.level]
    assert levels == [1, 1, 1, 2]
    assert write_pdf(letter(body=body)).startswith(b"%PDF")


@pytest.mark.parametrize("text", ["Hết", "Hết.", "Hết;", "Hết./.", "Hết ."])
def test_the_body_ends_with_one_closing_mark(text: str) -> None:
    assert texts(lay_out(report(body=[Para(text)])).sheets[0].elements)[-1] == "Hết./."


def test_bases_end_with_semicolons_and_a_full_stop() -> None:
    printed = texts(lay_out(report(bases=["Căn cứ A;", "Căn cứ B", "Căn cứ C;"])).sheets[0].elements)
    assert [line for line in printed if line.startswith("Căn cứ")] == ["Căn cứ A;", "Căn cứ B;", "Căn cứ C."]


def test_several_addressees_stand_under_the_colon() -> None:
    elements = lay_out(report()).sheets[0].elements
    lines = [e for e in elements if isinstance(e, Par) and e.role == "addressee"]
    assert texts(lines) == ["Kính gửi:", "- Bộ Giáo dục và Đào tạo;", "- Ủy ban nhân dân tỉnh Sông Lam."]
    colon = lines[0].left_mm + text_width_mm("Kính gửi", 14)
    assert [line.left_mm + line.first_mm for line in lines[1:]] == pytest.approx([colon, colon])


def test_the_rules_have_the_lengths_of_the_decree() -> None:
    sheet = lay_out(report()).sheets[0]
    header = sheet.elements[0]
    assert isinstance(header, Grid)
    (agency, nation), _second = header.rows
    under_agency, under_motto = agency[-1], nation[-1]
    assert isinstance(under_agency, Rule)
    assert isinstance(under_motto, Rule)
    assert under_motto.length_mm == pytest.approx(text_width_mm(MOTTO, 13, bold=True))
    issuer = text_width_mm("SỞ GIÁO DỤC VÀ ĐÀO TẠO", 12, bold=True)
    assert issuer / 3 <= under_agency.length_mm <= issuer / 2
    under_subject = next(e for e in sheet.elements if isinstance(e, Rule))
    longest = max(
        text_width_mm(e.spans[0].text, 14, bold=True)
        for e in sheet.elements
        if isinstance(e, Par) and e.role == "subject"
    )
    assert longest / 3 <= under_subject.length_mm <= longest / 2


def test_a_letter_has_about_lines_a_frame_and_no_title() -> None:
    sheet = lay_out(letter()).sheets[0]
    header = sheet.elements[0]
    assert isinstance(header, Grid)
    left = header.rows[1][0]
    assert texts(left) == ["Số: 123/THCSST-VP", "V/v cung cấp thông tin về bữa", "ăn bán trú cho Báo Sông Lam"]
    mark = left[-1]
    assert isinstance(mark, Mark)
    assert (mark.text, mark.width_mm, mark.height_mm, mark.colour) == ("KHẨN", 20, 8, "C00000")
    assert not [e for e in sheet.elements if isinstance(e, Par) and e.role in {"title", "subject"}]
    assert sheet.contact is not None


@pytest.mark.parametrize(("word", "width"), [("HỎA TỐC", 30), ("THƯỢNG KHẨN", 40), ("KHẨN", 20)])
def test_urgency_frames_have_their_size_and_hold_their_word(word: str, width: float) -> None:
    header = lay_out(letter(urgency=word)).sheets[0].elements[0]
    assert isinstance(header, Grid)
    mark = header.rows[1][0][-1]
    assert isinstance(mark, Mark)
    assert (mark.width_mm, mark.height_mm) == (width, 8)
    assert text_width_mm(word, mark.size_pt, bold=True) < width


def test_one_appendix_has_no_number_and_two_have_roman_ones() -> None:
    one = Appendix("Kết quả", [Para("x")])
    assert texts(lay_out(report(appendices=[one])).sheets[1].elements)[0] == "Phụ lục"
    labels = [texts(sheet.elements)[0] for sheet in lay_out(report(appendices=[one, one, one])).sheets[1:]]
    assert labels == ["Phụ lục I", "Phụ lục II", "Phụ lục III"]


def test_the_attached_line_is_filled_on_paper_only() -> None:
    def line(paper: bool) -> str:
        return next(t for t in texts(lay_out(report(paper=paper)).sheets[1].elements) if t.startswith("(Kèm theo"))

    assert line(True) == ("(Kèm theo Báo cáo số 05/BC-SGDĐT ngày 05 tháng 02 năm 2026 của Sở Giáo dục và Đào tạo)")
    assert "05" not in line(False)
    assert "/BC-SGDĐT" in line(False)


def test_recipients_end_with_the_archive_line() -> None:
    grid = lay_out(report()).sheets[0].elements[-1]
    assert isinstance(grid, Grid)
    lines = texts(grid.rows[0][0])
    assert lines[0] == "Nơi nhận:"
    assert lines[1] == "- Như trên;"
    assert lines[-1] == "- Lưu: VT, VP. NTL.08."
    assert texts(grid.rows[0][1]) == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Thị Hồng Ngự"]


def test_centred_lines_are_broken_evenly() -> None:
    lines = balanced("Kết quả công tác truyền thông giáo dục và đào tạo năm 2026", 100, 14, bold=True)
    widths = [text_width_mm(line, 14, bold=True) for line in lines]
    assert len(lines) == 2
    assert max(widths) - min(widths) < 20
    assert balanced("Mộttừrấtdài", 5, 14) == ["Mộttừrấtdài"]


def test_a_line_does_not_end_inside_words_that_belong_together() -> None:
    for width in range(60, 140):
        for line in balanced("Kết quả công tác truyền thông giáo dục và đào tạo năm 2026", width, 14)[:-1]:
            assert line.rsplit(" ", 1)[-1] not in {"giáo", "và", "đào", "truyền", "năm", "kết", "công"}, (
                width,
                line,
            )


def test_an_agency_and_its_place_have_a_line_each() -> None:
    name = "SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH SÔNG LAM"
    assert agency_lines(name, 62, 12, bold=True) == ["SỞ GIÁO DỤC VÀ ĐÀO TẠO", "TỈNH SÔNG LAM"]
    assert agency_lines("ỦY BAN NHÂN DÂN TỈNH SÔNG LAM", 62, 12) == ["ỦY BAN NHÂN DÂN", "TỈNH SÔNG LAM"]
    # One line where it fits; three where two are not enough.
    assert agency_lines("UBND XÃ TÂN AN", 62, 12) == ["UBND XÃ TÂN AN"]
    assert len(agency_lines(name, 40, 12, bold=True)) == 3


def test_a_table_fills_its_width_and_keeps_words_whole() -> None:
    flow = lay_out(report())
    tables = [e for sheet in flow.sheets for e in sheet.elements if isinstance(e, DataTable)]
    assert sum(tables[0].widths_mm) == pytest.approx(165)
    assert sum(tables[1].widths_mm) == pytest.approx(252)  # a lying page
    group = tables[1].rows[0]
    assert [(c.colspan, c.spans[0].bold) for c in group] == [(6, True)]


def test_links_to_anything_but_the_web_are_dropped() -> None:
    table = Table(("A",), [((Run("x", url="javascript:alert(1)"),),), ((Run("y", url="https://a.vn/"),),)])
    elements = lay_out(report(body=[table])).sheets[0].elements
    found = next(e for e in elements if isinstance(e, DataTable))
    assert [row[0].spans[0].url for row in found.rows] == ["", "https://a.vn/"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type_code": "XX"}, "“XX”"),
        ({"issuer": " "}, "Thiếu tên cơ quan"),
        ({"number": 0}, "bắt đầu từ 01"),
        ({"body": [Table((), [])]}, "ít nhất một cột"),
        ({"body": [Table(("A",), [("1", "2")])]}, "Dòng 1 của bảng có 2 ô"),
        ({"body": [Table(("A", "B"), [Row(("1",))], widths=(1,))]}, "1 độ rộng"),
    ],
)
def test_what_cannot_be_printed_is_refused_in_words(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lay_out(report(**changes))


def test_a_document_is_not_changed_by_laying_it_out() -> None:
    document = report()
    before = dataclasses.asdict(document)
    lay_out(document)
    assert dataclasses.asdict(document) == before
