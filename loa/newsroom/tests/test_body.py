"""The body: what comes in is cleaned to the allowed set, and no word is lost."""

from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loa.newsroom import body

WORD = """<p class=MsoNormal style='text-align:justify'><span lang=VI style='font-size:14.0pt;
font-family:"Times New Roman"'>Sáng <b style='mso-bidi-font-weight:normal'>12/11</b>, trường <o:p></o:p></span></p>
<p class=MsoListParagraph style='mso-list:l0 level1'><span>-  Em đọc sách<o:p>&nbsp;</o:p></span></p>
<style>p{color:red}</style><script>alert(1)</script><!-- [if gte mso 9]><xml>x</xml><![endif]-->"""


def test_word_paste_keeps_words_and_drops_the_rest():
    assert body.clean_body(WORD) == "<p>Sáng <b>12/11</b>, trường</p><p>- Em đọc sách</p>"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("chỉ có chữ", "<p>chỉ có chữ</p>"),
        ("<div>một</div><div><br></div><div>hai</div>", "<p>một</p><p>hai</p>"),
        ("<p>một<br><br>hai</p>", "<p>một</p><p>hai</p>"),
        ("<h1>Đề</h1><h4>mục</h4>", "<h2>Đề</h2><h3>mục</h3>"),
        ("<strong>a</strong><em>b</em>", "<p><b>a</b><i>b</i></p>"),
        ("<p><b>đậm <i>cả hai</i></b></p>", "<p><b>đậm <i>cả hai</i></b></p>"),
        ("<p><b>mở</p><p>tiếp</b></p>", "<p><b>mở</b></p><p><b>tiếp</b></p>"),
        ("<ul><li>một</li><li><p>hai</p></li><li></li></ul>", "<ul><li>một</li><li>hai</li></ul>"),
        ("<ul><li>một<ul><li>trong</li></ul></li></ul>", "<ul><li>một</li><li>trong</li></ul>"),
        ("<blockquote><p>lời</p></blockquote>sau", "<blockquote>lời</blockquote><p>sau</p>"),
        ("<p>a</p><hr><p>b</p>", "<p>a</p><hr><p>b</p>"),
        ("<table><tr><td>ô một</td><td>ô hai</td></tr></table>", "<p>ô một</p><p>ô hai</p>"),
        ('<p onclick="x()" style="color:red">an toàn</p>', "<p>an toàn</p>"),
        ('<a href="javascript:alert(1)">bấm</a>', "<p>bấm</p>"),
        ('<a href="https://a.vn/?x=1&amp;y=2">bấm</a>', '<p><a href="https://a.vn/?x=1&amp;y=2">bấm</a></p>'),
        (
            '<a href="https://a.vn/&quot;onmouseover=x">q</a>',
            '<p><a href="https://a.vn/&quot;onmouseover=x">q</a></p>',
        ),
        ("<p>5 &lt; 6 &amp; 7</p>", "<p>5 &lt; 6 &amp; 7</p>"),
        ("<img src=x onerror=alert(1)><svg onload=x>chữ</svg>", "<p>chữ</p>"),
        ("<p>&nbsp;</p><p><b> </b></p>", ""),
        ("", ""),
        (unicodedata.normalize("NFD", "<p>Đường đến trường</p>"), "<p>Đường đến trường</p>"),
    ],
)
def test_clean(raw, wanted):
    assert body.clean_body(raw) == wanted


def test_cleaning_again_changes_nothing():
    once = body.clean_body(WORD + "<ul><li>a<br>b</li></ul><blockquote>q<br>r</blockquote><hr>")
    assert body.clean_body(once) == once


def test_blocks_and_words():
    text = "<h2>Đề</h2><p>một<br>hai</p><ul><li>ba</li><li>bốn &amp; năm</li></ul><hr>"
    assert body.blocks_of(text) == [
        "<h2>Đề</h2>",
        "<p>một<br>hai</p>",
        "<ul><li>ba</li><li>bốn &amp; năm</li></ul>",
        "<hr>",
    ]
    assert body.plain(text) == "Đề\nmột\nhai\nba\nbốn & năm"


words = st.text(st.sampled_from("aăđ 1.*_[]()\\>#-&<ẫ"), min_size=1, max_size=12).map(
    lambda text: html.escape(" ".join(text.split()) or "a", quote=False)
)
inline = st.lists(
    st.one_of(
        words,
        words.map(lambda t: f"<b>{t}</b>"),
        words.map(lambda t: f"<i>{t}</i>"),
        words.map(lambda t: f'<a href="https://a.vn/x?y=1&amp;z=(2)">{t}</a>'),
    ),
    min_size=1,
    max_size=3,
).map(" và ".join)
block = st.one_of(
    inline.map(lambda t: f"<p>{t}</p>"),
    inline.map(lambda t: f"<h2>{t}</h2>"),
    inline.map(lambda t: f"<h3>{t}</h3>"),
    inline.map(lambda t: f"<blockquote>{t}</blockquote>"),
    st.lists(inline, min_size=1, max_size=3).map(lambda i: "<ul>" + "".join(f"<li>{t}</li>" for t in i) + "</ul>"),
    st.lists(inline, min_size=1, max_size=3).map(lambda i: "<ol>" + "".join(f"<li>{t}</li>" for t in i) + "</ol>"),
    st.just("<hr>"),
)


def _link_safe(text: str) -> str:
    return text.replace("(2)", "%282%29")


@settings(max_examples=150, deadline=None)
@given(st.lists(block, max_size=5).map("".join))
def test_marks_lose_nothing(text):
    """Without JavaScript the body goes out as text and comes back the same."""
    cleaned = body.clean_body(text)
    assert body.from_marks(body.to_marks(cleaned)) == _link_safe(cleaned)


def test_marks_read_like_a_letter():
    assert body.from_marks("Đoạn một\ndòng hai\n\n## Đề mục\n\n- a\n- b\n\n> lời nói\n\n**đậm** và _nghiêng_") == (
        "<p>Đoạn một<br>dòng hai</p><h2>Đề mục</h2><ul><li>a</li><li>b</li></ul>"
        "<blockquote>lời nói</blockquote><p><b>đậm</b> và <i>nghiêng</i></p>"
    )


def test_marks_cannot_smuggle_html():
    assert body.from_marks("<script>x</script> [a](javascript:x)") == "<p>&lt;script&gt;x&lt;/script&gt; a</p>"
