"""`loa listen train`, `models`, `roll-back`, from the file to the answers of the analyser."""

import json

import pytest

from loa.lib.learn import Store, command
from loa.lib.learn.tests.invented import remarks
from loa.lib.learn.train import Example
from loa.lib.nlp import Analyser
from loa.listening.command import main


@pytest.fixture
def store(tmp_path, monkeypatch):
    found = Store(tmp_path / "models", b"key")
    monkeypatch.setattr(command, "installed_store", lambda: found)
    return found


def written(tmp_path, examples, field="sentiment"):
    path = tmp_path / "nhan.jsonl"
    lines = (json.dumps({"text": one.text, field: one.label}, ensure_ascii=False) for one in examples)
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def odd(count):
    """The office calls every remark about the kitchen negative, which no word list can know."""
    return [Example(one.text, "neg" if "bếp ăn" in one.text else "pos") for one in remarks(count)]


def test_a_model_better_than_the_word_lists_goes_live_and_comes_off_again(tmp_path, store, capsys):
    assert main(["train", written(tmp_path, odd(600)), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["live"] is True
    assert answer["gain"][1] > 0
    assert answer["card"]["count"] > 60
    assert store.live("sentiment").about["data_hash"] == answer["data_hash"]

    found = Analyser(models=store.in_use()).analyse("bếp ăn tuần này sạch sẽ")
    assert (found.tone, found.score < 0) == ("neg", True)
    assert any("bếp" in reason.words for reason in found.reasons if reason.field == "tone")
    assert Analyser().analyse("bếp ăn tuần này sạch sẽ").tone == "pos"

    assert main(["models"]) == 0
    assert "đang dùng" in capsys.readouterr().out
    assert main(["roll-back", "sentiment"]) == 0
    assert "bộ từ có sẵn" in capsys.readouterr().out
    assert store.in_use() == {}


def test_a_model_no_better_than_the_one_in_use_is_kept_but_not_used(tmp_path, store, capsys):
    file = written(tmp_path, odd(600))
    assert main(["train", file]) == 0
    assert "số 1 vào dùng" in capsys.readouterr().out
    assert main(["train", file]) == 0
    assert "không đưa vào dùng" in capsys.readouterr().out
    assert (store.live_number("sentiment"), len(store.all("sentiment"))) == (1, 2)


def test_wrong_files_and_labels_leave_nothing_behind(tmp_path, store, capsys):
    assert main(["train", str(tmp_path / "khong-co.jsonl")]) == 1
    assert main(["train", written(tmp_path, remarks(20))]) == 1
    assert "cần ít nhất" in capsys.readouterr().err
    strange = [Example(one.text, "tích cực") for one in remarks(200)]
    assert main(["train", written(tmp_path, strange)]) == 1
    assert "Nhãn lạ" in capsys.readouterr().err
    assert store.tasks() == []


def test_a_tampered_model_in_use_is_left_out_and_the_lists_answer(tmp_path, store):
    assert main(["train", written(tmp_path, odd(400))]) == 0
    path = tmp_path / "models" / "sentiment" / "0001.model"
    path.write_bytes(path.read_bytes()[:-2])
    assert store.in_use() == {}
