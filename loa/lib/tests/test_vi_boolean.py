"""Boolean queries: what they mean, where they are wrong, that nothing typed can break them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.lib import vi
from loa.lib.vi.boolean import MOST_LETTERS, QueryError, Text, marking, matches, parse

EXAMPLE = '"lạm thu" OR (thu NEAR quỹ) -"làm thủ tục"'


def found(query: str, text: str, title: str = "") -> bool:
    return matches(parse(query), Text(title, text))


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        (EXAMPLE, "Phụ huynh phản ánh lạm thu ở trường", True),
        (EXAMPLE, "Nhà trường thu tiền mua quạt và góp quỹ lớp", True),
        (EXAMPLE, "Quỹ lớp năm nay thu bao nhiêu", True),
        (EXAMPLE, "Đi làm thủ tục nhập học", False),
        # a minus is taken from the whole, whichever branch it stands in
        (EXAMPLE, "Lạm thu khi làm thủ tục nhập học", False),
        (EXAMPLE, "thu một hai ba bốn năm quỹ", True),
        (EXAMPLE, "thu một hai ba bốn năm sáu quỹ", False),
        ("lạm thu", "làm thủ tục", False),
        ("lam thu", "làm thủ tục", True),
        ("lam thu", "lạm thu", True),
        ("đường", "duong", False),
        ("duong", "đường", True),
        ("duong", "ĐƯỜNG", True),
        ("Hòa Bình", "hoà bình", True),
        ("kỹ năng", "kĩ năng", True),
        ("lạm thu", "thu gì mà lạm", True),
        ('"lạm thu"', "thu gì mà lạm", False),
        ("học phí OR lạm thu", "học phí tăng", True),
        ("học phí OR lạm thu", "học thu", False),
        ("(học OR dạy) thêm", "dạy thêm", True),
        ("(học OR dạy) thêm", "dạy bớt", False),
        ("(dạy -thêm) OR học", "học thêm", True),
        ("dạy -thêm OR học", "học thêm", False),
        ("trườ*", "Trường Sơn", True),
        ("trườ*", "trương sơn", False),
        ("truo*", "trương sơn", True),
        ('"tuyển sin*"', "tuyển sinh", True),
        ("thu NEAR/0 quỹ", "thu quỹ", True),
        ("thu NEAR/0 quỹ", "thu tiền quỹ", False),
        ('"các khoản" NEAR/2 thu', "thu của các khoản", True),
        ("a VÀ b HOẶC c", "c", True),
        ("học phí -(tăng OR giảm)", "học phí giảm", False),
        ("học phí – năm học mới", "học phí năm học mới", True),
        # accents after a minus count on their own
        ("thu -quỹ", "thu quy", True),
        ("lạm -thu", "lạm thủ", False),
        ("thu\u0301", "thú", True),
        ("“lạm thu”", "lạm thu", True),
    ],
)
def test_meaning(query, text, expected):
    assert found(query, text) is expected


def test_nothing_reaches_from_the_title_into_the_text():
    assert not found('"lạm thu"', title="Nạn lạm", text="thu ở trường")
    assert not found("lạm NEAR/10 thu", title="Nạn lạm", text="thu ở trường")
    assert found("lạm thu", title="Nạn lạm", text="thu ở trường")


@pytest.mark.parametrize(
    ("query", "code", "place"),
    [
        ('thu "lạm thu', "quote", '"lạm thu'),
        ("(thu OR quỹ", "open", "("),
        ("thu) quỹ", "close", ")"),
        (") quỹ", "close", ")"),
        ("thu () quỹ", "brackets", "()"),
        ('thu ""', "phrase", '""'),
        ("thu OR", "operator", "OR"),
        ("OR thu", "operator", "OR"),
        ("thu AND OR quỹ", "operator", "AND"),
        ("thu NEAR", "operator", "NEAR"),
        ("thu NOT", "operator", "NOT"),
        ("-thu", "only_without", "-thu"),
        ("thu OR -quỹ", "only_without", "-quỹ"),
        ("thu (-quỹ -phí)", "only_without", "-quỹ -phí"),
        ("(thu OR phí) NEAR quỹ", "near_of", "NEAR"),
        ("thu NEAR thu", "near_same", "NEAR"),
        ("tru* NEAR trường", "near_same", "NEAR"),
        ("thu NEAR/30 quỹ", "far", "NEAR/30"),
        ("tr*", "prefix", "tr*"),
        ("   ", "empty", ""),
        ("?!", "empty", "?!"),
        ("a" * (MOST_LETTERS + 1), "long", "a"),
    ],
)
def test_a_mistake_has_a_place(query, code, place):
    with pytest.raises(QueryError) as error:
        parse(query)
    assert (error.value.code, error.value.text[error.value.start : error.value.end]) == (code, place)


PIECES = st.sampled_from([
    "lạm", "thu", "quỹ", "lam", "học phí", '"', '"lạm thu"', "(", ")", "-", "OR", "AND", "NOT", "NEAR", "NEAR/2",
    "|", "*",
    "đường*", "NEAR/999", "HOẶC", "  ", "\u0301", "…", "–", "\x00", "😀",
])  # fmt: skip


@given(st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=60))
def test_anything_typed_is_read_or_refused_with_a_place(text):
    try:
        query = parse(text)
    except QueryError as error:
        mistake = error
    else:
        mistake = None
    if mistake is not None:
        assert 0 <= mistake.start <= mistake.end <= len(mistake.text)
        return
    matches(query, Text("lạm thu", "quỹ lớp học phí"))
    assert not query.relaxed().accented
    # what was read once is read again as the same
    assert parse(query.text) == query
    vi.highlight("Lạm thu quỹ lớp", marking(query))


@given(st.text(alphabet="lạmthuquỹ -", max_size=30))
def test_nfd_and_capitals_mean_the_same(text):
    import unicodedata

    try:
        query = parse(text)
    except QueryError:
        return
    assert parse(unicodedata.normalize("NFD", text)).root == query.root


def test_deep_brackets_are_refused_not_a_crash():
    with pytest.raises(QueryError) as error:
        parse("(" * 200 + "a" + ")" * 200)
    assert error.value.code == "long"
