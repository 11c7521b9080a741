"""Files that cannot be read: each gets its own error and a sentence that says what to do; never a traceback."""

from __future__ import annotations

import io
import json
import time
import unicodedata
import zipfile
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import typst

from loa.lib.vanban import errors, read_document
from loa.lib.vanban.command import main
from loa.lib.vanban.source import sniff
from loa.lib.vanban.source.package import MAX_PART

FIXTURES = Path(__file__).parent / "fixtures"
TEXT = "Số: 12/KH-SGDĐT\n\nKẾ HOẠCH\n\nTruyền thông năm 2026\n\nI. MỤC ĐÍCH\n\n1. Mục đích\n"


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def bomb() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"0" * (MAX_PART + 10)})


def quiet_bomb() -> bytes:
    """A bomb whose directory lies about the size of the part."""
    data = bytearray(bomb())
    size = (MAX_PART + 10).to_bytes(4, "little")
    assert data.count(size) == 2
    return bytes(data.replace(size, (1000).to_bytes(4, "little")))


def encrypted_pdf() -> bytes:
    """A PDF whose trailer asks for a password nobody knows."""
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        b"4 0 obj<</Filter/Standard/V 1/R 2/Length 40/P -4/O<" + b"aa" * 32 + b">/U<" + b"bb" * 32 + b">>>endobj\n"
    )
    offsets = [body.index(b"%d 0 obj" % n) for n in range(1, 5)]
    xref = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    trailer = b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + xref + trailer


def scanned_pdf(pages: int = 2) -> bytes:
    """Pages that only hold a picture."""
    document = pdfium.PdfDocument.new()
    for _ in range(pages):
        page = document.new_page(595, 842)
        bitmap = pdfium.PdfBitmap.new_native(60, 80, 4)
        bitmap.fill_rect((200, 200, 200, 255), 0, 0, 60, 80)
        image = pdfium.PdfImage.new(document)
        image.set_bitmap(bitmap)
        image.set_matrix(pdfium.PdfMatrix().scale(500, 700))
        page.insert_obj(image)
        page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def blank_pdf(pages: int) -> bytes:
    return typst.compile(("#pagebreak()\n" * (pages - 1) + "Hết").encode())


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600

CASES = [
    ("không có gì.txt", b"", errors.EmptyFile),
    ("khoảng trắng.txt", b"  \n\t \n", errors.EmptyFile),
    ("đánh dấu.txt", b"\xef\xbb\xbf\n", errors.EmptyFile),
    ("mật khẩu.pdf", encrypted_pdf(), errors.EncryptedPdf),
    ("scan.pdf", scanned_pdf(), errors.ScannedPdf),
    ("cụt.pdf", b"%PDF-1.7\n1 0 obj", errors.BrokenPdf),
    ("không phải.pdf", TEXT.encode(), errors.BrokenPdf),
    ("bom.docx", bomb(), errors.ZipBomb),
    ("bom giấu.docx", quiet_bomb(), errors.DocumentError),
    ("chữ.docx", TEXT.encode(), errors.BrokenDocx),
    ("cụt.docx", (FIXTURES / "song-lam-2026.docx").read_bytes()[:9000], errors.BrokenDocx),
    ("nén.docx", zipped({"a.txt": b"x"}), errors.BrokenDocx),
    ("hỏng.docx", zipped({"word/document.xml": b"<w:document"}), errors.BrokenDocx),
    (
        "thực thể.docx",
        zipped({"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
        errors.BrokenDocx,
    ),
    ("trống.docx", zipped({"word/document.xml": b"<x/>"}), errors.EmptyFile),
    ("web.docx", b"<html><body>K\xe1\xba\xbf ho\xe1\xba\xa1ch</body></html>", errors.WrongExtension),
    ("cũ.doc", OLE, errors.OldWord),
    ("đổi tên.docx", OLE, errors.OldWord),
    ("cũ.xls", OLE, errors.OldExcel),
    ("mật khẩu.docx", OLE + "EncryptedPackage".encode("utf-16-le"), errors.EncryptedOffice),
    ("rtf.docx", b"{\\rtf1 x}", errors.WrongExtension),
    ("ảnh.pdf", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, errors.WrongExtension),
    ("kế hoạch.docx", (FIXTURES / "song-lam-2026.pdf").read_bytes(), errors.WrongExtension),
    ("kế hoạch.pdf", (FIXTURES / "song-lam-2026.docx").read_bytes(), errors.WrongExtension),
    ("hỏng.xlsx", b"abc", errors.BrokenXlsx),
    ("nhị phân.txt", bytes(range(256)) * 20, errors.NotText),
    ("lạ.odt", TEXT.encode(), errors.UnknownFormat),
    ("bảng mã lạ.txt", ("K\u00a4\u00b6\u00a7 \u00b9\u00b5\u00be " * 300).encode("latin-1"), errors.NotVietnamese),
]


@pytest.mark.parametrize(("name", "data", "error"), CASES, ids=[case[0] for case in CASES])
def test_each_cause_has_its_error(name: str, data: bytes, error: type[errors.DocumentError]) -> None:
    with pytest.raises(error) as caught:
        read_document(data, name)
    message = caught.value.message
    assert name in message
    assert message.endswith(".")
    assert "{" not in message


@pytest.mark.parametrize(("name", "data", "error"), CASES, ids=[case[0] for case in CASES])
def test_command_prints_the_sentence(
    name: str, data: bytes, error: type, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert main(["read", str(path), "--json"]) == 2
    printed = json.loads(capsys.readouterr().out)
    assert set(printed["error"]) == {"code", "message"}
    assert main(["read", str(path)]) == 2
    out = capsys.readouterr()
    assert out.out == ""
    assert "Traceback" not in out.err
    assert printed["error"]["message"] == out.err.strip()


def test_codes_are_unique() -> None:
    kinds = errors.DocumentError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds) > 15


def test_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "/không/có.txt", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "missing"


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sniff, "MAX_BYTES", 100)
    with pytest.raises(errors.TooLarge):
        read_document(TEXT.encode() * 2, "to.txt")


def test_too_many_pages() -> None:
    with pytest.raises(errors.TooManyPages) as caught:
        read_document(blank_pdf(401), "dài.pdf")
    assert "401" in caught.value.message


def test_nfd_text_reads_the_same() -> None:
    text = (FIXTURES / "song-lam-2026.txt").read_text(encoding="utf-8")
    usual = read_document(text.encode(), "a.txt")
    apart = read_document(unicodedata.normalize("NFD", text).encode(), "a.txt")
    assert [r.number for r in apart.legal_refs] == [r.number for r in usual.legal_refs]
    assert [q.span.quote for q in apart.quotas] == [q.span.quote for q in usual.quotas]
    assert [w.code for w in apart.warnings if w.code == "nfd"] == ["nfd"]


def test_utf16_reads_the_same() -> None:
    text = (FIXTURES / "song-lam-2026.txt").read_text(encoding="utf-8")
    assert len(read_document(text.encode("utf-16"), "a.txt").quotas) == 5


TCVN3 = (
    "Sè: 12/KH-SGD\n\nKÕ ho¹ch\n\nI. Môc ®Ých\n\n1. Môc ®Ých, yªu cÇu\n\n"
    "- C¸c tr­êng göi Ýt nhÊt 02 bµi/th¸ng vÒ V¨n phßng Së.\n"
)


def test_tcvn3_is_recovered_with_a_warning() -> None:
    reading = read_document(TCVN3.encode("latin-1"), "abc.txt")
    assert "Các trường gửi ít nhất 02 bài/tháng" in reading.source.text
    assert [(q.count, q.unit, q.period) for q in reading.quotas] == [(2, "bài", "month")]
    assert any(w.code == "encoding" and "TCVN3" in w.message for w in reading.warnings)


def test_progress_is_told() -> None:
    steps: list[tuple[str, float]] = []
    read_document(FIXTURES / "song-lam-2026.pdf", progress=lambda step, fraction: steps.append((step, fraction)))
    fractions = [fraction for _, fraction in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert any("trang" in step for step, _ in steps)


@pytest.mark.parametrize(
    "text",
    [
        "ngày 1/1/2025 " * 2000,
        "ít nhất " * 12000 + "02 bài/tháng",
        "đối với các trường " * 6000 + ": ít nhất 01 bài/quý",
        "(" * 100_000,
        "1/" * 100_000,
        "| a " * 20_000,
        "x" * 40_000,
    ],
    ids=lambda text: text[:14],
)
def test_a_monstrous_paragraph_is_bounded(text: str) -> None:
    """Work stays in proportion to the text: tens of thousands of hostile characters in seconds."""
    begun = time.process_time()
    reading = read_document(f"KẾ HOẠCH\n\nI. TỔ CHỨC THỰC HIỆN\n\n{text}".encode(), "a.txt")
    assert time.process_time() - begun < 5
    assert max(len(b.text) for b in reading.source.blocks if b.kind == "paragraph") <= 3000
