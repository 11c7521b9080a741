"""Old encodings, sorting, slugs, sentences, numbers, highlighting."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.lib import vi
from loa.lib.vi.legacy import _CP1258, _TCVN3, _VISCII_TEXT, _VNI
from loa.lib.vi.letters import ALPHABET

PLAIN = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam. Độc lập - Tự do - Hạnh phúc. Sở Giáo dục và Đào tạo yêu cầu các trường "
    "học đẩy mạnh tuyên truyền, kịp thời cung cấp thông tin cho phụ huynh, giữ kỷ cương; mỗi quý một bài viết. "
    "Những ưu điểm nổi bật: ảnh đẹp, chữ rõ, nguồn đủ."
)
UNDO = {
    "tcvn3": {new: chr(old) for old, new in _TCVN3.items()},
    "vni": {new: old for old, new in sorted(_VNI.items(), key=lambda item: item[0].islower())},
    "viscii": {new: chr(old) for old, new in _VISCII_TEXT.items()},
}


def encode(text: str, encoding: str) -> str:
    if encoding == "utf8-as-cp1252":
        return "".join(bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b)
                       for b in text.encode())  # fmt: skip
    if encoding == "cp1258":
        undo = {new: chr(old) for old, new in _CP1258.items()}
        marks = "\u0300\u0309\u0303\u0301\u0323"
        apart = "".join(
            unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", ch) if c not in marks))
            + "".join(c for c in unicodedata.normalize("NFD", ch) if c in marks)
            for ch in text
        )
        return "".join(undo.get(ch, ch) for ch in apart)
    return "".join(UNDO[encoding].get(ch, ch) for ch in text)


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "utf8-as-cp1252", "cp1258"])
def test_recover_round_trip(encoding):
    old = encode(PLAIN, encoding)
    assert old != PLAIN
    assert vi.recover(old) == (PLAIN, encoding)
    assert vi.decode(old, encoding) == PLAIN


@pytest.mark.parametrize(
    ("old", "new", "encoding"),
    [
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam", "tcvn3"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam", "vni"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc", "vni"),
        ("Co^.ng ho`a xa~ ho^.i chu? nghi~a Vie^.t Nam.", "Cộng hòa xã hội chủ nghĩa Việt Nam.", "viqr"),
        ("DDo^.c la^.p, Tu+. do, Ha.nh phu'c. Ho.c ky` 1.", "Độc lập, Tự do, Hạnh phúc. Học kỳ 1.", "viqr"),
        ("tr­êng häc", "trường học", "tcvn3"),  # the soft hyphen is the letter ư
        ("Sở GD&ĐT\nKÕ ho¹ch truyÒn th«ng\nNăm 2025", "Sở GD&ĐT\nKế hoạch truyền thông\nNăm 2025", "tcvn3"),
    ],
)
def test_recover_known_texts(old, new, encoding):
    assert vi.recover(old) == (new, encoding)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.upper(),
        "Le café est très bon, déjà vu à l'école, où êtes-vous ? Ça va bien, merci à tous.",
        "Die Schüler können größere Übungen in München lösen.",
        "Hello world. It's ok? no. (see e.g. a.b.c)",
        "Mac – Lênin: 20/11…",
        "thầy giảng dạy tôt , dễ hiểu .",
        "user@example.com, http://example.com/?a=b'c",
        "",
    ],
)
def test_recover_leaves_other_texts_alone(text):
    assert vi.recover(text) == (text, None)
    assert vi.recover(unicodedata.normalize("NFD", text)) == (text, None)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_recover_never_fails(text):
    new, encoding = vi.recover(text)
    assert encoding is not None or new == unicodedata.normalize("NFC", text)


def test_fonts_tell_the_encoding():
    assert vi.encoding_of_font(".VnTimeH") == ("tcvn3", True)
    assert vi.encoding_of_font(".VnTime") == ("tcvn3", False)
    assert vi.encoding_of_font("VNI-Times") == ("vni", False)
    assert vi.encoding_of_font("Times New Roman") is None
    assert vi.encoding_of_font(None) is None
    assert vi.decode("kÕ ho¹ch", "tcvn3", capitals=True) == "KẾ HOẠCH"


def test_alphabet_order():
    letters = list(ALPHABET)
    assert sorted(letters, key=vi.sort_key) == letters
    tones = ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert sorted(tones, key=vi.sort_key) == tones


@pytest.mark.parametrize(
    "ordered",
    [
        ["An", "Ăn", "Ân", "Bình", "Dũng", "Đạt", "Em", "Êm"],
        ["Trường số 2", "Trường số 02b", "Trường số 10", "Trường THCS Da", "Trường THCS Dã", "Trường THCS Đà"],
        ["tra", "trà", "trả em", "trà sữa"],  # letters of the whole first, tones after
        ["ba ba", "Ba ba", "bà ba", "ba bà"][:2],
    ],
)
def test_sort_key(ordered):
    for start in (ordered[::-1], sorted(ordered)):
        assert sorted(start, key=vi.sort_key) == ordered


def test_sort_key_is_storable_and_blind_to_form():
    key = vi.sort_key("Trường THPT Hòa Bình № 3 – 日本")
    assert key.isascii()
    assert vi.sort_key(unicodedata.normalize("NFD", "Đỗ Ước")) == vi.sort_key("Đỗ Ước")


def test_person_key_sorts_by_given_name_then_family_then_middle():
    people = ["Nguyễn Văn An", "Lê An", "Nguyễn Bá An", "Vũ Thị Ân", "Đỗ Đạt", "Trần Thị Bình", "NGUYỄN AN"]
    assert sorted(people, key=vi.person_key) == [
        "Lê An", "NGUYỄN AN", "Nguyễn Bá An", "Nguyễn Văn An", "Vũ Thị Ân", "Trần Thị Bình", "Đỗ Đạt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Đường đến trường!", "duong-den-truong"), ("20/11 — Ngày Nhà giáo", "20-11-ngay-nha-giao"), ("!!!", "")],
)
def test_slugify(text, slug):
    assert vi.slugify_vi(text) == slug


def test_slug_is_cut_at_a_word():
    assert vi.slugify_vi("trường học thân thiện", 16) == "truong-hoc-than"
    assert vi.slugify_vi("trường học", 10) == "truong-hoc"
    assert vi.slugify_vi("a" * 90, 80) == "a" * 80


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ThS. Lê V. A đến TP. Hòa Bình. Có 3.500 em.", ["ThS. Lê V. A đến TP. Hòa Bình.", "Có 3.500 em."]),
        ("“Được.” Ông nói. Xong! Chưa?", ["“Được.”", "Ông nói.", "Xong!", "Chưa?"]),
        ("Sách, vở, v.v. đều đủ… rồi.", ["Sách, vở, v.v. đều đủ… rồi."]),
        ("1. Mục đích\na) Yêu cầu. Một.\n\nHai", ["1. Mục đích", "a) Yêu cầu.", "Một.", "Hai"]),
        ("", []),
    ],
)
def test_sentences(text, pieces):
    assert vi.sentences(text) == pieces


@given(st.text(alphabet='aĐờ .!?…\n"A1)'))
def test_sentences_lose_nothing_but_space(text):
    assert "".join("".join(vi.sentences(text)).split()) == "".join(vi.repair(text).split())


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "không"), (10, "mười"), (15, "mười lăm"), (21, "hai mươi mốt"), (24, "hai mươi tư"),
     (105, "một trăm linh năm"),
     (1005, "một nghìn không trăm linh năm"), (2_000_000, "hai triệu"), (-3, "âm ba")],
)  # fmt: skip
def test_number_words(number, said):
    assert vi.number_words(number) == said


@given(st.integers(min_value=0, max_value=10**12))
def test_numbers_in_words_round_trip(number):
    assert vi.parse_number_words(vi.number_words(number)) == number


def test_parse_number_words_says_none_for_other_words():
    assert vi.parse_number_words("ba muoi") == 30
    assert [vi.parse_number_words(text) for text in ("bà", "trăm", "ba bốn", "", "năm học")] == [None] * 5


def test_query_syntax():
    query = vi.parse_query('  học -xa "dạy thêm" -"làm thủ tục" tru')
    assert [(t.exact, t.negative, t.prefix) for t in query.terms] == [
        (("học",), False, False),
        (("xa",), True, False),
        (("dạy", "thêm"), False, False),
        (("làm", "thủ", "tục"), True, False),
        (("tru",), False, True),
    ]
    assert [t.accented for t in query.terms] == [True, False, True, True, True]
    assert not any(t.accented for t in query.relaxed().positive)
    assert not vi.parse_query("truong ").terms[0].prefix
    assert vi.parse_query('"truong hoc').terms[0].folded == ("truong", "hoc")
    assert not vi.parse_query("-xa")
    assert not vi.parse_query(' "" - !? ')
    assert len(vi.parse_query("a1 " * 3 + " ".join(f"w{n}" for n in range(50))).terms) == 12


TEXT = "Trường THCS Trần Phú: lạm thu đầu năm, làm thủ tục; kỹ năng Hoà Bình"


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("truong", ["Trường"]),
        ("tru", ["Trường"]),
        ("lạm thu", ["lạm", "thu"]),
        ("lam thu", ["lạm", "thu", "làm", "thủ"]),
        ('"lam thu"', ["lạm thu", "làm thủ"]),
        ("thủ", ["thủ"]),
        ("trần phu ", ["Trần", "Phú"]),
        ("kĩ hòa", ["kỹ", "Hoà"]),
        ("-trường thu", ["thu", "thủ"]),
        ("xyz", []),
    ],
)
def test_highlight(query, marked):
    assert [TEXT[a:b] for a, b in vi.highlight(TEXT, query)] == marked
    decomposed = unicodedata.normalize("NFD", TEXT)
    spans = vi.highlight(decomposed, query)
    assert [unicodedata.normalize("NFC", decomposed[a:b]) for a, b in spans] == marked


def test_snippet_shows_the_place_and_its_marks():
    text = "Đầu bài nói chuyện khác. " * 30 + "Phụ huynh phản ánh lạm thu ở trường. " + "Cuối bài. " * 30
    piece, spans = vi.snippet(text, "lạm thu", 120)
    assert piece.startswith("…")
    assert piece.endswith("…")
    assert len(piece) <= 125
    assert [piece[a:b] for a, b in spans] == ["lạm", "thu"]
    head, none = vi.snippet(text, "không có", 60)
    assert head.startswith("Đầu bài")
    assert none == []


@given(st.text(), st.text())
def test_highlight_and_snippet_never_fail(text, query):
    for start, end in vi.highlight(text, query):
        assert 0 <= start < end <= len(text)
    piece, spans = vi.snippet(text, query, 40)
    assert all(0 <= a < b <= len(piece) for a, b in spans)
