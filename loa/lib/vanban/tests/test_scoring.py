"""`loa doc score`: the plans read by hand reach the bar, and the scorer notices what is wrong."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path

import pytest

from loa.lib.vanban import read_document
from loa.lib.vanban.command import main, score_folder
from loa.lib.vanban.scoring import CORE, DOCUMENT_BAR, MEAN_BAR, score

from . import real_plans

BY_HAND = Path(__file__).parent / "fixtures" / "by_hand"
WHO = ("deadlines: who", "quotas: who", "recurring: who")
NAMES = sorted(path.name.removesuffix(".gold.json") for path in BY_HAND.glob("*.gold.json"))


@pytest.fixture(scope="module")
def scores() -> dict:
    return {each.name: each for each in score_folder(BY_HAND)}


@pytest.mark.parametrize("name", NAMES)
def test_each_plan_read_by_hand_is_above_the_bar(scores: dict, name: str) -> None:
    (each,) = (one for file, one in scores.items() if file.rsplit(".", 1)[0] == name)
    wrong = {field: (tally.missed, tally.false) for field, tally in each.fields.items() if tally.f1 < 1}
    assert each.mean >= DOCUMENT_BAR, wrong
    assert each.fields["frame"].f1 >= DOCUMENT_BAR, wrong


def test_the_mean_is_above_the_bar(scores: dict) -> None:
    assert len(scores) >= 7
    assert sum(each.mean for each in scores.values()) / len(scores) >= MEAN_BAR
    for field in (*CORE, *WHO):
        judged = [s.fields[field].f1 for s in scores.values() if field in s.fields and not s.fields[field].empty]
        assert sum(judged) / len(judged) >= MEAN_BAR, field


def test_every_quote_is_in_the_file() -> None:
    for path in BY_HAND.glob("*.txt"):
        reading = read_document(path).to_dict(with_source=True)
        text = " ".join(str(reading["source"]["text"]).split())  # type: ignore[index]
        for key in ("legal_refs", "deadlines", "quotas", "recurring", "channels", "unit_roles", "sections"):
            for item in reading[key]:  # type: ignore[union-attr]
                assert item["quote"] in text, (path.name, key, item["quote"])


def _gold(name: str = "an-bien-2025") -> tuple[dict, dict]:
    gold = json.loads((BY_HAND / f"{name}.gold.json").read_text(encoding="utf-8"))
    return gold, copy.deepcopy(read_document(BY_HAND / f"{name}.txt").to_dict())


def test_a_missed_and_a_false_finding_cost_what_they_should() -> None:
    gold, reading = _gold()
    before = score("a", gold, reading).fields["quotas"]
    assert before.f1 == 1.0
    dropped = reading["quotas"].pop()
    tally = score("a", gold, reading).fields["quotas"]
    assert (tally.precision, tally.hits) == (1.0, before.hits - 1)
    assert tally.recall == pytest.approx((before.hits - 1) / before.hits)
    reading["quotas"] += [dropped, {**dropped, "count": 99}]
    tally = score("a", gold, reading).fields["quotas"]
    assert (tally.recall, len(tally.false)) == (1.0, 1)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("references", lambda r: r["legal_refs"][0].update(number="9/2099/NĐ-CP")),
        ("dates", lambda r: r["legal_refs"][0].update(date="2016-04-06")),
        ("reference details", lambda r: r["legal_refs"][0].update(role="cited")),
        ("deadlines", lambda r: r["deadlines"][1].update(date="2025-08-31")),
        ("deadlines", lambda r: r["deadlines"][1].update(bound="by")),
        ("deadlines: who", lambda r: r["deadlines"][1].update(who="Thanh tra Sở")),
        ("quotas", lambda r: r["quotas"][0].update(min=False)),
        ("recurring", lambda r: r["recurring"][0].update(recurrence="yearly")),
        ("rows", lambda r: r["tables"][0]["rows"][1].update(number="7")),
        ("leads", lambda r: r["tables"][0]["rows"][1].update(lead=["Thanh tra"])),
        ("supports", lambda r: r["tables"][0]["rows"][1].update(support=[])),
        ("cells", lambda r: r["tables"][0]["rows"][1].update(timeframe="Quý I")),
        ("recipients", lambda r: r["recipients"][0].update(purpose="direct")),
        ("frame", lambda r: r["signer"].update(name="Ai Đó")),
    ],
)
def test_each_field_notices_its_own_error(field: str, change) -> None:
    gold, reading = _gold()
    assert score("a", gold, reading).fields[field].f1 == 1.0
    change(reading)
    assert score("a", gold, reading).fields[field].f1 < 1.0


def test_what_the_gold_does_not_say_is_not_judged() -> None:
    gold, reading = _gold()
    del gold["recipients"], gold["tables"]
    result = score("a", gold, reading)
    assert not {"recipients", "rows", "leads"} & set(result.fields)
    assert result.mean == 1.0


def test_the_command_prints_and_judges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(BY_HAND)]) == 0
    assert "F1 trung bình" in capsys.readouterr().out
    for suffix in (".txt", ".gold.json"):
        shutil.copy(BY_HAND / f"an-bien-2025{suffix}", tmp_path)
    gold = json.loads((tmp_path / "an-bien-2025.gold.json").read_text(encoding="utf-8"))
    gold["quotas"] = [{**quota, "count": quota["count"] + 1} for quota in gold["quotas"]]
    (tmp_path / "an-bien-2025.gold.json").write_text(json.dumps(gold), encoding="utf-8")
    assert main(["score", str(tmp_path), "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["documents"][0]["fields"]["quotas"]["f1"] == 0
    assert len(printed["documents"][0]["fields"]["quotas"]["missed"]) == len(gold["quotas"])


@pytest.mark.parametrize("case", ["missing", "empty", "broken"])
def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str) -> None:
    folder = tmp_path / "x" if case == "missing" else tmp_path
    if case == "broken":
        shutil.copy(BY_HAND / "an-bien-2025.txt", tmp_path)
        (tmp_path / "an-bien-2025.gold.json").write_text("{", encoding="utf-8")
    assert main(["score", str(folder)]) == 2
    assert capsys.readouterr().err.strip()


def test_the_real_plan_with_its_gold_has_everything_and_no_trap() -> None:
    path = real_plans.plan("hoa-binh-2025.gold.json")
    gold = json.loads(path.read_text(encoding="utf-8"))
    result = score("hoa-binh", gold, read_document(path.with_name("hoa-binh-2025.txt")).to_dict())
    assert {field: tally.f1 for field, tally in result.fields.items() if field in CORE} == dict.fromkeys(CORE, 1.0)
