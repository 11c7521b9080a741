"""A model the word list taught comes into use by itself only where a person has nothing against it."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.lib.learn import command
from loa.lib.learn.store import Store
from loa.lib.learn.train import Example, TrainingError

GOOD = "thầy cô rất tận tâm, nhiệt tình, trường đẹp"
BAD = "lạm thu, phụ huynh bức xúc, bữa ăn tồi tệ"
TEXTS = [f"{GOOD if n % 2 else BAD} lớp {n}" for n in range(1200)]
NOW = dt.datetime(2026, 11, 18, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "models", b"key")


def test_who_went_back_is_not_overruled_within_a_week(store):
    assert command.teach_itself(store, TEXTS) == 1
    assert store.live_number("sentiment") == 1
    assert store.live("sentiment").about["compared"]["count"] == 0
    assert store.roll_back("sentiment", now=NOW) == 0
    with pytest.raises(TrainingError, match="quay lại"):
        command.teach_itself(store, TEXTS)
    assert (store.live_number("sentiment"), len(store.all("sentiment"))) == (None, 1)


def test_it_is_used_only_when_no_worse_on_what_people_said(store):
    # Neutral remarks: the list knows no word of them, the model knows no third class.
    said = [Example(f"lịch thi học kỳ lớp {n}", "neu") for n in range(20)]
    assert command.teach_itself(store, TEXTS, judged=said) == 1
    assert store.live_number("sentiment") is None
    told = store.all("sentiment")[0].model.about["compared"]
    assert (told["count"], told["new"] < told["old"]) == (20, True)
    assert command.teach_itself(store, TEXTS, judged=[Example(GOOD, "pos"), Example(BAD, "neg")]) == 2
    assert store.live_number("sentiment") == 2
