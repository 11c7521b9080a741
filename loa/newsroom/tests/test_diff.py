"""Comparing versions: what was put in and taken out, word by word, never as markup."""

from __future__ import annotations

import re

from loa.newsroom import diff


def marks(text):
    """The comparison as plain signs: {+in+} {-out-}."""
    text = re.sub(r'<span class="vh">.*?</span>', "", str(text))
    return re.sub(r"<del>(.*?)</del>", r"{-\1-}", re.sub(r"<ins>(.*?)</ins>", r"{+\1+}", text))


def test_words():
    text, added, removed = diff.words("Sáng 12/11, khoảng 50 học sinh", "Sáng 12/11, 46 học sinh")
    assert marks(text) == "Sáng 12/11, {-khoảng 50-} {+46+} học sinh"
    assert (added, removed) == (1, 1)


def test_put_in_and_taken_out():
    assert (
        marks(diff.words("mạnh dạn chào hỏi.", "mạnh dạn chào hỏi to rõ.")[0])
        == "mạnh dạn chào {-hỏi.-} {+hỏi to rõ.+}"
    )
    assert marks(diff.words("a b c", "a c")[0]) == "a {-b-} c"
    assert marks(diff.words("a c", "a b c")[0]) == "a {+b+} c"
    assert marks(diff.words("", "mới")[0]) == "{+mới+}"
    assert diff.words("như nhau", "như nhau")[1:] == (0, 0)


def test_blocks():
    old = "<p>Giữ nguyên.</p><p>Đây là điểm trường khó khăn nhất tỉnh.</p><ul><li>một</li><li>hai</li></ul>"
    new = "<p>Giữ nguyên.</p><p>Đây là điểm trường lẻ của xã.</p><ul><li>một</li><li>hai</li></ul><h2>Thêm</h2>"
    found = diff.bodies(old, new)
    assert [(line.tag, line.changed) for line in found.lines] == [
        ("p", False),
        ("p", True),
        ("p", False),
        ("h2", True),
    ]
    assert marks(found.lines[1].content) == "Đây là điểm trường {-khó khăn nhất tỉnh.-} {+lẻ của xã.+}"
    assert (found.added, found.removed) == (2, 1)


def test_what_has_nothing_in_common_is_out_and_in():
    found = diff.bodies("<p>Kho chỉ còn gạo và bí đỏ</p>", "<p>Hoàn toàn khác hẳn</p>")
    assert [marks(line.content) for line in found.lines] == [
        "{-Kho chỉ còn gạo và bí đỏ-}",
        "{+Hoàn toàn khác hẳn+}",
    ]


def test_words_are_never_markup():
    text, _added, _removed = diff.words("<b>a</b>", "<script>x</script> & y")
    assert "<script" not in text
    assert "<b>" not in text
    assert "&amp; y" in text


def test_a_story():
    old = {"title": "Tựa cũ", "lead": "Sa-pô", "body": "<p>a</p>"}
    new = {"title": "Tựa mới", "lead": "Sa-pô", "body": "<p>a</p><p>b</p>"}
    found = diff.stories(old, new)
    assert (found.added, found.removed) == (2, 1)
