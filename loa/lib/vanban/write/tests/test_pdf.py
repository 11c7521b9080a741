"""The .pdf is read back: text, positions, fonts, tags; and it agrees with the .docx page by page."""

from __future__ import annotations

import ctypes
import datetime as dt
import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import docx
import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest
from docx.oxml.ns import qn
from PIL import Image

from loa.lib.vanban.write import OfficialDocument, write_docx, write_pages, write_pdf
from loa.lib.vanban.write.measures import FONT_DIR, text_width_mm

from .samples import letter, parts, report

STAMP = dt.datetime(2026, 2, 5, 8, 0, tzinfo=dt.UTC)
MM = 72 / 25.4


@pytest.fixture(scope="module")
def data() -> bytes:
    return write_pdf(report(), made_at=STAMP)


@pytest.fixture(scope="module")
def made(data: bytes) -> Any:
    return pdfium.PdfDocument(data)


def box(page: Any, text: str) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the first hit, in millimetres from the top left corner."""
    textpage = page.get_textpage()
    hit = textpage.search(text, match_case=True).get_next()
    assert hit is not None, text
    start, count = hit
    boxes = [textpage.get_charbox(i, loose=True) for i in range(start, start + count)]
    high = page.get_height()
    return (
        min(b[0] for b in boxes) / MM,
        (high - max(b[3] for b in boxes)) / MM,
        max(b[2] for b in boxes) / MM,
        (high - min(b[1] for b in boxes)) / MM,
    )


def fonts(page: Any) -> set[tuple[str, float, bool]]:
    """Name, size in points and embeddedness of each font used."""
    found = set()
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        font = raw.FPDFTextObj_GetFont(item)
        size = ctypes.c_float()
        raw.FPDFTextObj_GetFontSize(item, size)
        buffer = ctypes.create_string_buffer(200)
        raw.FPDFFont_GetBaseFontName(font, buffer, 200)
        scale = abs(item.get_matrix().d)
        found.add(
            (
                buffer.value.decode().split("+")[-1],
                round(size.value * scale, 1),
                raw.FPDFFont_GetIsEmbedded(font) == 1,
            )
        )
    return found


def test_pages_are_a4_and_the_wide_appendix_lies(made: Any) -> None:
    sizes = [(round(p.get_width() / MM), round(p.get_height() / MM)) for p in made]
    assert sizes[:2] == [(210, 297)] * 2
    assert sizes[2:-1] == [(297, 210)] * (len(made) - 3)
    assert sizes[-1] == (210, 297)


def test_it_is_tagged_and_has_title_and_language(data: bytes, made: Any) -> None:
    assert raw.FPDFCatalog_IsTagged(made.raw)
    meta = made.get_metadata_dict()
    assert meta["Title"].startswith("Báo cáo Kết quả công tác truyền thông")
    assert meta["Author"] == "Sở Giáo dục và Đào tạo"
    assert re.search(rb"/Lang\s*\(vi", data)
    assert b"pdfuaid" in data
    assert b"<pdfaid:part>2" in data
    outline = [(mark.level, mark.get_title()) for mark in made.get_toc()]
    assert outline[0] == (0, "BÁO CÁO")
    assert (1, "II. KẾT QUẢ THỰC HIỆN") in outline


def test_only_the_bundled_font_is_used_and_it_is_embedded(made: Any) -> None:
    used = set().union(*(fonts(page) for page in made))
    assert {(name, embedded) for name, _size, embedded in used} == {
        ("Tinos", True),
        ("Tinos-Bold", True),
        ("Tinos-Italic", True),
        ("Tinos-BoldItalic", True),
    }
    assert {size for _name, size, _embedded in used} == {11.0, 12.0, 13.0, 14.0}


def test_every_cell_stands_where_the_decree_puts_it(made: Any) -> None:
    page = made[0]
    nation, motto = box(page, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), box(page, "Độc lập - Tự do - Hạnh phúc")
    issuer, number = box(page, "SỞ GIÁO DỤC VÀ ĐÀO TẠO"), box(page, "Số: 05/BC-SGDĐT")
    date, title = box(page, "Sông Lam, ngày 05 tháng 02 năm 2026"), box(page, "BÁO CÁO")
    assert nation[1] == pytest.approx(20, abs=1)
    assert nation[2] <= 195.1
    assert nation[0] > issuer[2]  # right of the agency
    assert (nation[0] + nation[2]) / 2 == pytest.approx((motto[0] + motto[2]) / 2, abs=0.3)
    assert motto[2] - motto[0] == pytest.approx(
        text_width_mm("Độc lập - Tự do - Hạnh phúc", 13, bold=True), abs=0.3
    )
    assert number[1] == pytest.approx(date[1], abs=0.3)  # on the same line
    assert (title[0] + title[2]) / 2 == pytest.approx(30 + 165 / 2, abs=0.3)
    assert box(page, "I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH")[0] == pytest.approx(30 + 12.7, abs=0.3)
    for text in ("Nơi nhận:", "KT. GIÁM ĐỐC"):
        assert box(made[1], text)[1] > 0
    assert box(made[1], "Nơi nhận:")[0] == pytest.approx(30, abs=0.3)
    signer = box(made[1], "Nguyễn Thị Hồng Ngự")
    assert (signer[0] + signer[2]) / 2 == pytest.approx(30 + 165 * 3 / 4, abs=0.3)


def test_justified_lines_reach_the_right_margin(made: Any) -> None:
    assert box(made[0], "phân công đầu mối")[2] == pytest.approx(195, abs=0.3)


def test_page_numbers_start_again_and_are_hidden_on_first_pages(made: Any) -> None:
    def top(page: Any) -> str:
        return (
            page.get_textpage().get_text_bounded(top=page.get_height(), bottom=page.get_height() - 19 * MM).strip()
        )

    wide = len(made) - 3
    assert [top(page) for page in made] == ["", "2", "", *[str(n) for n in range(2, wide + 1)], ""]


def test_the_table_header_is_on_every_page_of_the_appendix(made: Any) -> None:
    for page in list(made)[2:-1]:
        assert "Phối hợp" in page.get_textpage().get_text_bounded()


def test_the_same_document_makes_the_same_bytes(data: bytes) -> None:
    assert write_pdf(report(), made_at=STAMP) == data


def test_pages_can_be_looked_at() -> None:
    pages = write_pages(letter(), ppi=50)
    assert len(pages) == 1
    picture = Image.open(io.BytesIO(pages[0]))
    assert (picture.format, picture.size) == ("PNG", (413, 585))


def words(text: str) -> list[str]:
    return text.replace("\u2003", " ").replace("\ufffe", "").split()


def docx_words(data: bytes) -> list[str]:
    file = docx.Document(io.BytesIO(data))
    paragraphs = ("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in file.element.body.iter(qn("w:p")))
    return [word for paragraph in paragraphs for word in words(paragraph)]


@pytest.mark.parametrize("document", [report(appendices=()), letter(contact=""), parts()], ids=["BC", "CV", "KH"])
def test_both_files_say_the_same(document: OfficialDocument) -> None:
    said = []
    for number, page in enumerate(pdfium.PdfDocument(write_pdf(document)), 1):
        found = words(page.get_textpage().get_text_bounded())
        said += found[1:] if number > 1 else found  # without the page number
    assert sorted(said) == sorted(docx_words(write_docx(document)))


FONTCONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>{fonts}</dir><cachedir>{cache}</cachedir>
<match target="pattern"><test name="family"><string>Times New Roman</string></test>
<edit name="family" mode="assign" binding="same"><string>Tinos</string></edit></match></fontconfig>"""


@pytest.mark.skipif(shutil.which("soffice") is None, reason="máy này không có LibreOffice (soffice)")
def test_libreoffice_opens_the_docx_and_breaks_the_same_pages(tmp_path: Path) -> None:
    """LibreOffice, given the bundled font for Times New Roman, makes the same pages as our own PDF."""
    config = tmp_path / "fonts.conf"
    config.write_text(FONTCONFIG.format(fonts=FONT_DIR, cache=tmp_path / "cache"), encoding="utf-8")
    documents = {"bao-cao": report(), "cong-van": letter(), "ke-hoach": parts()}
    for name, document in documents.items():
        (tmp_path / f"{name}.docx").write_bytes(write_docx(document))
    done = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf:writer_pdf_Export",
            "--outdir",
            str(tmp_path),
            *[str(tmp_path / f"{name}.docx") for name in documents],
        ],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/local/bin", "FONTCONFIG_FILE": str(config)},
        capture_output=True,
        timeout=180,
        check=True,
    )
    assert b"rror" not in done.stderr, done.stderr
    for name, document in documents.items():
        ours, theirs = pdfium.PdfDocument(write_pdf(document)), pdfium.PdfDocument(tmp_path / f"{name}.pdf")
        assert len(ours) == len(theirs), name
        for our_page, their_page in zip(ours, theirs, strict=True):
            our_words = words(our_page.get_textpage().get_text_bounded())
            their_words = words(their_page.get_textpage().get_text_bounded())
            assert sorted(our_words) == sorted(their_words), name
        ours_at = box(ours[0], "Số: ")
        theirs_at = box(theirs[0], "Số: ")
        assert ours_at == pytest.approx(theirs_at, abs=1.5), name
