"""Palettes, letters, drawings, addresses, bodies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loa.portal import rules
from loa.portal.body import blocks, clean_html, pieces_of
from loa.portal.images import without_metadata
from loa.portal.models import MemberSite
from loa.portal.selectors.stories import Picture
from loa.portal.tests.factories import jpeg

STATIC = Path(rules.__file__).parent / "static/portal"


@pytest.mark.parametrize("code", rules.PALETTES)
def test_every_palette_has_contrast(code):
    poor = [
        f"{what}: {one} on {other} is {rules.contrast(one, other):.2f}, needs {least}"
        for what, one, other, least in rules.pairs(code)
        if rules.contrast(one, other) < least
    ]
    assert not poor, "\n".join(poor)


def test_contrast_is_that_of_wcag():
    assert rules.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert rules.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_stylesheet_and_the_choices_are_the_checked_palettes():
    css = (STATIC / "palettes.css").read_text()
    found = {
        code: tuple(re.findall(r"--brand-\d+:(#[0-9a-f]{6})", body))
        for code, body in re.findall(r'\[data-mau="(\w+)"\]\{([^}]*)\}', css)
    }
    assert found == rules.PALETTES
    assert set(MemberSite.Palette.values) == set(rules.PALETTES)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Trường THCS Sơn Thượng", "ST"),
        ("Trường PTDTBT Tiểu học và THCS Pù Lầm", "PL"),
        ("Trung tâm GDNN–GDTX Lam Thành", "LT"),
        ("Trường Mầm non Đồng Sen Xanh Biếc", "SXB"),
        ("Trường", "T"),
        ("Xã Mường Sai", "MS"),
        ("", ""),
    ],
)
def test_letters_of_a_name(name, letters):
    assert rules.letters(name) == letters


def test_art_suits_the_words_and_stays_the_same():
    assert rules.art_for(1, "Dự thảo tuyển sinh lớp 10", "Chính sách") == "bai-thi"
    assert rules.art_for(1, "Truyền thông chính sách giáo dục") == "lop-hoc"
    assert rules.art_for(5, "Không có gì") == rules.art_for(5, "Không có gì") == rules.ART[5]
    art = STATIC.parent.parent.parent / "core/static/loa/art"
    for name in {*rules.ART, *(name for name, _words in rules._ART_WORDS)}:
        assert (art / f"{name}.svg").exists()


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("thptbenlam.edu.vn", True), ("a-b.example", True), ("localhost", False), ("http://a.vn", False),
        ("a.vn/x", False), ("a..vn", False), ("-a.vn", False), ("a.vn:80", False), ("trường.vn", False),
        (f"{'a' * 64}.vn", False), ("a.vn\n", False),
    ],
)  # fmt: skip
def test_hosts(host, good):
    assert rules.host_valid(host) is good


def test_slug_and_id():
    assert rules.slug_id("lop-10", 12) == "lop-10-12"
    assert rules.id_of("lop-10-12") == 12
    assert rules.id_of("12") == 12


def photo(after: int) -> Picture:
    return Picture(after, "v", "alt", "", "", after, 900, 600)


def test_photos_stand_after_their_block_and_nothing_is_lost():
    body = "lời đầu<p>một\nhai</p><ul><li>a<ul><li>b</li></ul></li></ul><hr><p>cuối &amp; hết</p>đuôi"
    found = blocks(pieces_of(body), [photo(0), photo(1), photo(3), photo(99)])
    assert [str(block.html) for block in found] == [
        "lời đầu<p>một hai</p>", "<ul><li>a<ul><li>b</li></ul></li></ul>", "<hr>", "<p>cuối &amp; hết</p>", "đuôi",
    ]  # fmt: skip
    assert [[p.after for p in block.photos] for block in found] == [[1], [], [3], [], [99]]
    assert [[p.after for p in block.photos] for block in blocks([], [photo(2)])] == [[2]]


def test_bodies_are_cleaned_again():
    dirty = '<p onclick="x" style="y">a</p><script>b()</script><a href="javascript:c">d</a><img src=x onerror=e>'
    assert clean_html(dirty) == '<p>a</p><a rel="noopener">d</a>'


def test_metadata_of_photos_is_cut_out():
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F] = "Phone of Hoa"
    exif.get_ifd(0x8825)[2] = (20.0, 49.0, 0.0)
    data = jpeg(exif=exif.tobytes())
    assert b"Phone of Hoa" in data
    clean = without_metadata(data)
    assert b"Phone of Hoa" not in clean
    assert b"Exif" not in clean
    assert len(clean) > len(data) - 400
    assert without_metadata(b"not a jpeg") == b""
    assert without_metadata(data[:60]) == b""
