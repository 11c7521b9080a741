"""Normal form, folding, tone placement."""

import io
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loa.lib import vi
from loa.lib.vi import command
from loa.lib.vi.letters import JOIN, SPLIT, VOWELS
from loa.lib.vi.syllable import RHYMES, place

nfd = lambda text: unicodedata.normalize("NFD", text)  # noqa: E731

VIETNAMESE = st.text(alphabet="".join(JOIN.values()) + "bcdđghklmnpqrstvxĐTH 0123.,-")
ANY = st.text(alphabet=st.characters(exclude_categories=["Cs"]))

FOLDED = {
    "Đường đến trường": "duong den truong",
    "đĐ Ðà Ɖà ðồng": "dd da da dong",
    "Nghị định số 30/2020/NĐ-CP": "nghi dinh so 30/2020/nd-cp",
    "ướ ệ Ỵ ẵ": "uo e y a",
    "Sở GD&ĐT\u00a0Hoà\u200b Bình": "so gd&dt hoa binh",
    "Straße café İstanbul Łódź": "strasse cafe istanbul lodz",
    "ＴＨＣＳ ﬁ ２": "thcs fi 2",
    "…–“”№": "…–“”№".replace("№", "no"),
}


@pytest.mark.parametrize(("text", "folded"), FOLDED.items())
def test_fold(text, folded):
    assert vi.fold(text) == folded
    assert vi.fold(nfd(text)) == folded


def test_every_vietnamese_letter_folds_to_one_plain_letter():
    for letter, (vowel, _) in SPLIT.items():
        assert vi.fold(letter) == unicodedata.normalize("NFD", vowel)[0].lower()
    assert vi.fold("đĐ") == "dd"


@given(ANY)
def test_fold_is_idempotent_and_blind_to_form(text):
    once = vi.fold(text)
    assert vi.fold(once) == once
    assert vi.fold(nfd(text)) == vi.fold(vi.nfc(text)) == once


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("ho\u0300a", "h\u00f2a"),
        ("\u00ea\u0323", "\u1ec7"),  # Windows-1258 style: ê and a dot below
        ("\u0065\u0323\u0302", "\u1ec7"),
        ("\u01b0\u01a1\u0301", "\u01b0\u1edb"),
    ],
)
def test_nfc_of_the_known_vectors(text, stored):
    assert vi.nfc(text) == stored


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Sở\u00a0 GD&ĐT\t\n Hòa\u200bBình\ufeff ", "Sở GD&ĐT HòaBình"),
        ("Ðại học Ɖà Nẵng", "Đại học Đà Nẵng"),
        ("tr\u0430ng th\u0456 nghi\u1ec7m", "trang thi nghiệm"),  # Cyrillic а and і inside Latin words
        ("Москва", "Москва"),
        ("á\u0302 a\u0301\u0302 u\u0301\u031b", "ấ ấ ứ"),  # tone typed before the hat
        ("a\x00b\x07c", "abc"),
        ("", ""),
    ],
)
def test_clean(text, cleaned):
    assert vi.clean(text) == cleaned


def test_clean_lines_keeps_paragraphs():
    assert vi.clean_lines(" Một \r\n\r\n\r\n hai\u2028ba \n") == "Một\n\nhai\nba"


@given(ANY)
def test_clean_is_idempotent(text):
    assert vi.clean(vi.clean(text)) == vi.clean(text)
    assert vi.clean(nfd(text)) == vi.clean(text)


TONES_OLD = """hoà hòa|Hoà Hòa|HOÀ HÒA|oà òa|loé lóe|khoẻ khỏe|thuỷ thủy|Thuỷ Thủy|uỷ ủy
    tuỳ tùy|luỹ lũy|luỵ lụy|suý súy
    tòan toàn|hòan hoàn|họat hoạt|khỏang khoảng|ngòai ngoài|ngóay ngoáy|lọai loại|xòanh xoành|tóet toét|ngòeo ngoèo
    khủyu khuỷu|húynh huýnh|Hùynh Huỳnh|túyt tuýt|thúyêt thuyết|thuỳên thuyền|nguỹên nguyễn|chuỷên chuyển
    qúa quá|qủa quả|qùa quà|qụe quẹ|qúy quý|qùynh quỳnh|qủan quản|qúôc quốc|Qúy Quý|qùôn quồn
    gía giá|gìa già|gỉa giả|gíao giáo|gỉai giải|gìau giàu|gíêng giếng|gìơ giờ
    lìêu liều|nghíên nghiến|vịêc việc|lựơng lượng|đựơc được|trừơng trường|nứơc nước|mùôn muồn|thùông thuồng
    miá mía|nghiã nghĩa|kià kìa|cuả của|muà mùa|lưả lửa|chưã chữa|taì tài|naò nào|sau sau|baỏ bảo|maý máy|keó kéo
    nêú nếu|chiụ chịu|đoì đòi|tôí tối|chơì chời|muì mùi|gưỉ gửi|hưũ hữu|đâù đầu|thâỳ thầy|cươì cười|rươụ rượu
    tuôỉ tuổi
    khúâng khuấng|hùê huề|thủơ thuở|hoặc hoặc|xóong xoóng"""
PAIRS = [pair.split(" ") for line in TONES_OLD.split("\n") for pair in line.strip().split("|")]


@pytest.mark.parametrize(("wrong", "right"), PAIRS)
def test_tones_old_style(wrong, right):
    for text in (wrong, nfd(wrong)):
        assert vi.tones(text) == right
    assert vi.tones(f"“{wrong},{wrong}” 5") == f"“{right},{right}” 5"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pair.split(" ")
        for pair in ["hòa hoà", "thủy thuỷ", "khỏe khoẻ", "HÓA HOÁ", "tùy tuỳ", "của của", "toàn toàn", "quý quý"]
    ],
)
def test_the_two_styles_turn_into_each_other(old, new):
    assert vi.tones(old, "new") == vi.tones(new, "new") == new
    assert vi.tones(new, "old") == vi.tones(old, "old") == old


@pytest.mark.parametrize(
    "text", ["café", "résumé", "María", "gìn giữ", "Québec", "đuợc", "áá", "THPT", "xin chào"]
)
def test_tones_leaves_alone_what_is_no_misplaced_syllable(text):
    assert vi.tones(text) == text


def test_no_correct_syllable_is_moved():
    """Every rhyme with every tone: placing it once is stable, and both styles agree but for oa, oe, uy."""
    for rhyme in RHYMES:
        for initial in ("", "th", "ngh"):
            for tone in range(1, 6):
                raw = initial + JOIN[rhyme[0], tone] + rhyme[1:]
                old, new = place(raw, "old"), place(raw, "new")
                assert place(old, "old") == old == place(new, "old")
                assert place(new, "new") == new
                assert (old != new) == (rhyme in ("oa", "oe", "uy"))


@example("ĨÙY")  # two marks in one word: the end of it is no syllable of its own
@given(VIETNAMESE)
def test_tones_keeps_the_letters(text):
    changed = vi.tones(text)
    assert vi.fold(changed) == vi.fold(text)
    assert vi.tones(changed) == changed
    assert vi.tones(vi.tones(text, "new")) == changed


@pytest.mark.parametrize(
    ("one", "other"),
    [("Kỹ năng", "kĩ năng"), ("Mỹ Lý", "mĩ lí"), ("Hoà", "hòa"), ("QUÝ", "quí"), ("thuỷ", "thủy")],
)
def test_keys_join_spellings(one, other):
    assert vi.exact_key(one) == vi.exact_key(other)
    assert vi.search_key(one) == vi.search_key(other)
    assert vi.search_key(vi.exact_key(one)) == vi.search_key(one)


def test_keys_keep_apart_what_differs():
    assert vi.search_key("tay") != vi.search_key("tai")
    assert vi.search_key("thuý") != vi.search_key("thúi")
    assert vi.exact_key("thu") != vi.exact_key("thủ")
    assert vi.toneless("Trường Đỗ") == vi.toneless(nfd("trưởng đô")) == "trương đô"


@pytest.mark.parametrize(
    "word",
    [
        "nghiêng",
        "trường",
        "quốc",
        "giếng",
        "uyển",
        "khuỷu",
        "quý",
        "quyết",
        "gìn",
        "hoà",
        "hòa",
        "ĐƯỜNG",
        "ở",
        "y",
    ],
)
def test_syllables(word):
    assert vi.is_syllable(word)


@pytest.mark.parametrize(
    "word", ["trườg", "đuợc", "tòan", "café", "xyz", "côp", "thừoc", "mứcc", "qúa", "THCS", "mừc", "bẽt"]
)
def test_no_syllables(word):
    assert not vi.is_syllable(word)


def run(monkeypatch, capsysbinary, args, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    code = command.main(args)
    return code, capsysbinary.readouterr()


@pytest.mark.parametrize(
    ("args", "given_", "expected"),
    [
        (["fold"], "Đường\n\n ới \n", "duong\n\n oi \n"),
        (["nfc"], nfd("hòa\u2028b\r\n"), "hòa\u2028b\r\n"),
        (["tones"], "hoà qúa", "hòa quá\n"),
        (["tones", "--style", "new"], "hòa\n", "hoà\n"),
        (["sort"], "Đức\nDũng\nAn\n", "An\nDũng\nĐức\n"),
    ],
)
def test_command_one_line_in_one_line_out(monkeypatch, capsysbinary, args, given_, expected):
    code, streams = run(monkeypatch, capsysbinary, args, given_.encode())
    assert code == 0
    assert streams.out.decode() == expected


def test_command_passes_bytes_that_are_no_utf8(monkeypatch, capsysbinary):
    assert run(monkeypatch, capsysbinary, ["fold"], b"\xff\xfe A\n")[1].out == b"\xff\xfe a\n"


@pytest.mark.parametrize("args", [[], ["upper"], ["tones", "--style", "x"], ["tones", "--style"]])
def test_command_wrong_call(monkeypatch, capsysbinary, args):
    code, streams = run(monkeypatch, capsysbinary, args, b"")
    assert code == 2
    assert "Cách dùng" in streams.err.decode()


def test_command_missing_file(monkeypatch, capsysbinary, tmp_path):
    code, streams = run(monkeypatch, capsysbinary, ["fold", str(tmp_path / "none")], b"")
    assert code == 1
    assert "Không đọc được tệp" in streams.err.decode()


def test_vowels_are_twelve():
    assert len(VOWELS) == 12
    assert len(SPLIT) == 12 * 6 * 2
