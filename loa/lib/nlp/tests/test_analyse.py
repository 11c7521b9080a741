"""What texts say: accents respected, evasions read, units told apart, reasons given."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.lib.nlp import Analyser, Leaders, School, prepare
from loa.lib.nlp import text as typed
from loa.lib.vi import fold

SCHOOLS = [
    School(1, "Trường THCS Trần Phú", ("Xã Mường Sai",)),
    School(2, "Trường THCS Trần Phú", ("Phường Sơn Hạ", "Huyện Lam Giang")),
    School(3, "Trường Tiểu học Nguyễn Bá Ngọc", ("Xã Mường Sai",)),
    School(4, "Trường THPT Hòa Bình", ("Thành phố Hòa Bình",)),
    School(5, "Trường Mầm non Hoa Sen", ("Xã Mường Sai",), ("Nhà trẻ Hoa Sen",)),
    School(6, "Trường PTDTBT THCS Mường Chọng", ("Xã Mường Chọng",)),
]


@pytest.fixture(scope="module")
def analyser():
    return Analyser(SCHOOLS, elsewhere=["Hà Giang"], home=["Sông Lam"])


def units(analyser, text):
    return [(hit.unit, hit.score) for hit in analyser.analyse(text).units]


def test_where_it_was_said_tells_two_of_a_name_apart(analyser):
    said = "phụ huynh trường thcs trần phú bức xúc vì lạm thu"
    assert units(analyser, said) == [(1, 0.5), (2, 0.5)]  # neither is sure

    def near(text, around):
        return [(hit.unit, hit.score) for hit in analyser.analyse(text, around).units]

    assert near(said, analyser.around_unit(2)) == [(2, 1.0)]
    assert near(said, analyser.around_unit(3)) == [(1, 1.0)]  # the one in its commune
    assert near(said, analyser.around_unit(4)) == [(1, 0.5), (2, 0.5)]
    assert near(said, analyser.around_name("Hội phụ huynh xã Mường Sai")) == [(1, 1.0)]
    assert near(said, analyser.around_name("Trang Trường Tiểu học Nguyễn Bá Ngọc")) == [(1, 1.0)]
    assert near(said, analyser.around_name("Hội phụ huynh")) == [(1, 0.5), (2, 0.5)]
    # What the text itself says goes before; where it was said makes a lone name no surer.
    assert near(said + " ở Sơn Hạ", analyser.around_unit(3)) == [(2, 1.0)]
    assert near("trường hoa sen", analyser.around_unit(3)) == units(analyser, "trường hoa sen") == [(5, 0.6)]
    assert analyser.around_unit(99) == []


# — preparing ——————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(
    ("text", "accented"),
    [
        ("Thầy DẠY hay!!!", " thầy dạy hay . "),
        ("ko bik gì lun", " không biết gì lun "),
        ("đẹpppp quá", " đẹp quá "),
        ("n.g.u quá", " ngu quá "),
        ("l.ừ.a đ.ả.o", " lừa đảo "),
        ("đ.m lũ này", " đm lũ này "),
        ("Đ*m, v.l thật.", " đm , vl thật . "),
        ("em Đ.M (lớp 8)", " em đ . m lớp 8 "),
        ("đ.mạnh, v.l.5", " đ . mạnh , v . l . 5 "),
        ("lúc 8h, Tp. Vinh", " lúc 8h , tp . vinh "),
        ("Q.1 và P.3", " q . 1 và p . 3 "),
        ("xem https://a.example/x?y=1 nhé", " xem nhé "),
        ("hoà bình – thuỷ", " hòa bình thủy "),
        ("", "  "),
    ],
)
def test_prepared(text, accented):
    assert prepare(text).accented == accented


@given(st.text(max_size=120))
def test_both_views_have_the_same_length_whatever_is_typed(text):
    prepared = prepare(text)
    assert len(prepared.accented) == len(prepared.folded)
    again = prepare(unicodedata.normalize("NFD", text))
    assert again.folded == prepare(unicodedata.normalize("NFC", text)).folded


def test_letters_that_fold_into_several_or_none_keep_the_views_in_step():
    assert prepare("ﬁn ßa trường")[:2] == ("  n  a trường ", "  n  a truong ")


@given(st.text(max_size=120))
def test_what_was_met_and_forgotten_is_read_alike(text):
    known = prepare(text)
    for views in (typed._accented, typed._folded):
        views.clear()
    assert prepare(text) == known
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed._Known, "MOST", 1)
        assert prepare(text) == known


def test_the_same_analysis_for_composed_and_decomposed_letters(analyser):
    text = "Phụ huynh bức xúc vì lạm thu ở Trường THCS Trần Phú, Mường Sai"
    one, two = analyser.analyse(text), analyser.analyse(unicodedata.normalize("NFD", text))
    assert (one.tone, one.topics, one.units, one.fingerprint) == (two.tone, two.topics, two.units, two.fingerprint)


# — subject ————————————————————————————————————————————————————————————————————————


def test_accents_tell_lam_thu_from_lam_thu_tuc(analyser):
    codes = dict(analyser.analyse("Lạm thu đầu năm học, phụ huynh lên tiếng").topics)
    assert "lam-thu" in codes
    assert analyser.analyse("lam thu dau nam hoc, phu huynh len tieng").topics[0][0] == "lam-thu"
    assert "lam-thu" not in dict(analyser.analyse("Phụ huynh làm thủ tục nhập học cho con vào lớp 1").topics)


@pytest.mark.parametrize(
    ("text", "relevant"),
    [
        ("Học sinh nghỉ học tránh bão từ chiều nay", True),
        ("Bộ Giáo dục công bố đề thi tham khảo", True),
        ("Giá vàng trên thị trường tăng mạnh trong phiên sáng nay", False),
        ("Trường hợp này phải ra hiện trường", False),
        ("Thầy cô và học sinh Hà Giang vui khai giảng", False),  # another province
        ("Thầy cô Hà Giang thăm Trường THCS Trần Phú, xã Mường Sai", True),
    ],
)
def test_about_schools_here(analyser, text, relevant):
    assert analyser.analyse(text).relevant is relevant


# — tone and harm ——————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("Cô giáo rất tận tâm, cả lớp biết ơn", "pos"),
        ("co giao rat tan tam, ca lop biet on", "pos"),
        ("Phụ huynh bức xúc vì nhà trường thu tiền sai quy định", "neg"),
        ("Thầy dạy không nhiệt tình", "neg"),
        ("Lịch thi học kỳ một bắt đầu ngày 20", "neu"),
        ("con thích đi học lắm 😍", "pos"),
        # what is said of none
        ("Không có học sinh nào bị bạo lực, nhà trường rất an toàn", "pos"),
        ("Khong co hoc sinh nao bi bao luc", "pos"),
        ("Không có thầy cô nào nhiệt tình", "neg"),
        ("Không có em nào bị ngộ độc nhưng phụ huynh bức xúc", "neg"),
        ("Không có ngày nào học sinh không bị bạo lực", "neg"),
        ("Không biết thế nào mà trường lạm thu", "neg"),
        ("Thầy không hiểu bài nào khó", "neg"),
        ("Em chưa thấy cô nào tận tâm hơn cô", "pos"),
    ],
)
def test_tone(analyser, text, tone):
    assert analyser.analyse(text).tone == tone


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        ("thằng này n g u vãi", "offensive"),
        ("đồ khốn nạn, im mồm", "offensive"),
        ("đ.m nhà trường", "offensive"),
        ("em Đ.M học lớp 8", "clean"),
        ("lũ chó, giết hết bọn nó đi", "hate"),
        ("Học sinh ngủ gật trong giờ", "clean"),
        ("nguồn nước, ngụ ngôn, người ngựa", "clean"),
    ],
)
def test_harm(analyser, text, harm):
    assert analyser.analyse(text).harm == harm


def test_every_score_opens_to_its_words(analyser):
    found = analyser.analyse("Bức xúc vì lạm thu ở trường THCS Trần Phú, Mường Sai")
    fields = {reason.field for reason in found.reasons}
    assert {"tone", "topic:lam-thu", "unit"} <= fields
    for reason in found.reasons:
        assert reason.words in found.prepared.accented


# — units —————————————————————————————————————————————————————————————————————————


def test_a_place_tells_two_schools_of_one_name_apart(analyser):
    assert units(analyser, "Trường THCS Trần Phú ở Mường Sai") == [(1, 1.0)]
    assert units(analyser, "trường cấp 2 Trần Phú, phường Sơn Hạ") == [(2, 1.0)]
    assert units(analyser, "truong thcs tran phu o muong sai") == [(1, 1.0)]
    both = units(analyser, "Trường THCS Trần Phú khai giảng")
    assert both == [(1, 0.5), (2, 0.5)]


@pytest.mark.parametrize(
    "text",
    [
        "ông Trương Hòa Bình dự lễ",
        "xã Trần Phú họp dân",
        "đường Trần Phú ùn tắc",
        "trường hợp Hòa Bình",
        "hòa bình thế giới",
    ],
)
def test_what_only_sounds_like_a_school(analyser, text):
    assert units(analyser, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Trường Tiểu học Nguyễn Bá Ngoc ở Mường Sai",  # an accent forgotten
        "Trường Tiểu học Nguyễn Bá Ngọcc",  # a letter too many
        "truong tieu hoc nguyen ba ngc",  # one missing
        "Trường Tiểu học Nguyễn Ba Ngọc",
        "trường tiểu học nguyễn bá nọgc",  # two exchanged
    ],
)
def test_one_slip_of_the_keyboard(analyser, text):
    assert [unit for unit, _score in units(analyser, text)] == [3]


def test_aliases_and_levels(analyser):
    assert [unit for unit, _ in units(analyser, "nhà trẻ Hoa Sen")] == [5]
    assert [unit for unit, _ in units(analyser, "mn Hoa Sen")] == [5]
    assert [unit for unit, _ in units(analyser, "Trường PTDTBT THCS Mường Chọng")] == [6]
    assert [unit for unit, _ in units(analyser, "THPT Hoà Bình")] == [4]


# — near-duplicates —————————————————————————————————————————————————————————————————

LONG = "Nhiều phụ huynh phản ánh các khoản thu đầu năm tại trường tăng cao so với năm học trước"


@pytest.mark.parametrize(
    "text",
    [LONG, fold(LONG), LONG + " khiến dư luận quan tâm", LONG.rsplit(" ", 1)[0], "Chia sẻ: " + LONG, LONG.upper()],
)
def test_variants_join_their_leader(text):
    leaders = Leaders()
    assert leaders.join("a", prepare(LONG).folded) == "a"
    assert leaders.join("b", prepare(text).folded) == "a"


def test_other_texts_and_short_ones_lead_themselves():
    leaders = Leaders()
    leaders.join("a", prepare(LONG).folded)
    assert leaders.join("b", prepare("Trường vùng cao đón thêm hai phòng học mới trước năm học").folded) == "b"
    assert leaders.join("c", prepare("thầy nhiệt tình").folded) == "c"
    assert leaders.join("d", prepare("cô nhiệt tình").folded) == "d"
    assert leaders.join("e", prepare("Thầy nhiệt tình!").folded) == "c"


# — the command —————————————————————————————————————————————————————————————————————


def test_json_lines_in_and_out_in_the_same_order(tmp_path):
    (tmp_path / "dv.csv").write_text("id,name,places\n7,Trường THCS Trần Phú,Mường Sai\n", encoding="utf-8")
    lines = [
        {"id": "a", "text": "Lạm thu ở Trường THCS Trần Phú, Mường Sai: phụ huynh bức xúc"},
        {"id": 2, "title": "Khai giảng", "text": "Học sinh vui đến trường"},
    ]
    text = "\n".join([json.dumps(lines[0]), "hỏng", json.dumps(lines[1])])
    done = subprocess.run(
        [sys.executable, "-m", "loa.cli", "listen", "analyse", "-", "--units", str(tmp_path / "dv.csv")],
        input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    first, bad, second = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert set(first) == {
        "id", "relevant", "sentiment", "sentiment_score", "topics", "units", "toxic", "language", "cluster",
        "fingerprint",
    }  # fmt: skip
    assert (first["id"], first["sentiment"], first["units"][0]["unit"]) == ("a", "neg", 7)
    assert first["topics"][0]["code"] == "lam-thu"
    assert bad["id"] is None
    assert (second["id"], second["sentiment"], second["cluster"]) == (2, "pos", 2)
