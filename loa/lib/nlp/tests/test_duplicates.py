"""Near-duplicates: texts passed on come together, praise that everybody writes does not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from loa.lib.nlp import Leaders, duplicates, prepare
from loa.lib.nlp.bench import invented
from loa.lib.nlp.bench.duplicates import pairs


def _folded(texts):
    return [(str(at), prepare(text).folded) for at, text in enumerate(texts)]


def test_pairs_found_and_right_on_invented_texts():
    rows = list(invented.passed_on(invented.texts(2400), 660))
    truth = [number for _text, number in rows]
    got = Leaders().join_all(_folded(text for text, _number in rows))
    both = pairs(zip(truth, got, strict=True))
    assert both / pairs(got) >= 0.96
    assert both / pairs(truth) >= 0.96


def test_together_or_one_by_one_is_the_same():
    rows = _folded(text for text, _number in invented.passed_on(invented.texts(900), 240))
    one_by_one = Leaders()
    assert [one_by_one.join(name, text) for name, text in rows] == Leaders().join_all(rows)


def test_words_of_every_comment_do_not_chain():
    said = [
        "cô giáo dạy nhiệt tình , dễ hiểu và rất vui tính",
        "thầy dạy dễ hiểu , nhiệt tình với lớp",
        "giảng viên vui tính , nhiệt tình , dạy rất dễ hiểu",
    ]
    assert Leaders().join_all(_folded(said)) == ["0", "1", "2"]


@pytest.mark.parametrize(
    "text", ["", "...", "ok", "😀😀", "a b c d e f", "日本語 の 文章 です ね え よ", "x" * 5000]
)
def test_odd_texts_join_themselves(text):
    leaders = Leaders()
    assert leaders.join("a", prepare(text).folded) == "a"
    assert leaders.join("b", prepare(text).folded) == "a"


def test_a_leader_that_does_not_fit_leads_nobody():
    text = prepare("phụ huynh phản ánh nhà vệ sinh của trường bẩn quá đề nghị xem lại").folded
    leaders = Leaders()
    leaders.join("a", text)
    assert leaders.join("b", text, fits=lambda leader: leader != "a") == "b"


def test_the_sketches_leave_out_none_that_is_like(monkeypatch):
    folded = _folded(text for text, _number in invented.passed_on(invented.texts(3000), 1000))
    quick = Leaders().join_all(folded)
    monkeypatch.setattr(duplicates, "SKETCHED", 0)
    assert Leaders().join_all(folded) == quick
    assert len(set(quick)) < 3100


#: long texts of which just four tenths of the pairs agree: whether they are alike hangs on single bits
HARDLY_ALIKE = """
import random
from loa.lib.nlp import Leaders
said = random.Random(2026)
for number in range(2000):
    words = [f"{said.randrange(10**6):x}" for _ in range(92)]
    one, other = words[:65], words[:38] + words[65:]
    print(*Leaders().join_all([("a", " ".join(one)), ("b", " ".join(other))]))
"""


def test_another_process_parts_them_the_same():
    told = [
        subprocess.run(
            [sys.executable, "-c", HARDLY_ALIKE],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert set(told[0].splitlines()) == {"a a", "a b"}
