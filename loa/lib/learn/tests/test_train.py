"""Training, report card, the trial against the model in use."""

import pytest

from loa.lib.learn.card import card, class_scores, compare, f1s
from loa.lib.learn.tests.invented import prepare, remarks
from loa.lib.learn.train import (
    Example,
    TrainingError,
    fit,
    fit_offsets,
    part_of,
    read_examples,
    self_train,
    train,
)

TRUTH = ["a"] * 4 + ["b"] * 4
SAID = ["a", "a", "a", "b", "b", "b", "a", "c"]


def test_scores_per_class_by_hand():
    found = {one.label: one for one in class_scores(TRUTH, SAID)}
    assert (found["a"].precision, found["a"].recall, found["a"].f1) == (0.75, 0.75, 0.75)
    assert (found["b"].precision, found["b"].recall) == (pytest.approx(2 / 3), 0.5)
    assert (found["c"].count, found["c"].f1) == (0, 0.0)


def test_weighted_and_macro_agree_with_scikit_learn():
    from sklearn.metrics import f1_score

    weighted, macro = f1s(TRUTH, SAID)
    assert weighted == pytest.approx(f1_score(TRUTH, SAID, average="weighted"))
    assert macro == pytest.approx(f1_score(TRUTH, SAID, average="macro"))


def test_card_has_a_range_around_its_figure_and_the_gap_of_its_claims():
    found = card(TRUTH * 20, SAID * 20, SAID * 20, [0.9] * 160)
    assert found.macro_range[0] < found.macro_f1 < found.macro_range[1]
    assert found.ece == pytest.approx(0.9 - 5 / 8)
    assert card(TRUTH, TRUTH, TRUTH, [1.0] * 8).macro_range == (1.0, 1.0)


def test_comparison_is_better_only_beyond_doubt():
    truth = ["a", "b"] * 100
    worse = ["a", "b"] * 70 + ["b", "a"] * 30
    assert compare(truth, truth, worse).better
    assert not compare(truth, worse, truth).better
    assert not compare(truth, worse, worse).better
    one_more = [*worse[:-1], "b"]
    assert compare(truth, one_more, worse).gain > 0
    assert not compare(truth, one_more, worse).better  # one right answer more may be luck


def test_offsets_lift_a_class_that_always_comes_second():
    scores = [[0.30, 0.25]] * 5 + [[0.30, 0.10]] * 5
    truth = ["rare"] * 5 + ["often"] * 5
    often, rare = fit_offsets(scores, truth, ["often", "rare"])
    assert 0.05 < rare - often < 0.2


def test_a_better_model_beats_the_one_in_use_and_a_worse_one_does_not():
    examples = remarks(800)
    blind = train(examples, task="sentiment", prepare=prepare, live=lambda text: "neg")
    assert blind.comparison.better
    assert blind.card.macro_f1 > 0.95
    assert blind.card.stripped_macro_f1 > 0.95
    assert blind.model.about["card"]["count"] == blind.card.count
    truth = {one.text: one.label for one in examples}
    assert not train(examples, task="sentiment", prepare=prepare, live=truth.__getitem__).comparison.better


def test_what_is_kept_back_is_not_learnt_and_spellings_of_one_text_stay_together():
    examples = remarks(500)
    twice = examples + [Example(prepare(one.text).folded.upper(), one.label) for one in examples]
    found = train(twice, task="sentiment", prepare=prepare)
    assert sum(found.model.about["examples"].values()) + found.card.count == 1000
    assert found.card.count % 2 == 0
    together = [Example(one.text, one.label, group="cùng một người") for one in examples]
    with pytest.raises(TrainingError, match="nhóm"):
        train(together, task="sentiment", prepare=prepare)


def test_as_many_as_are_asked_for_are_enough_though_a_fifth_is_kept_back():
    found = train(remarks(100), task="sentiment", prepare=prepare)
    assert sum(found.model.about["examples"].values()) + found.card.count == 100


def test_a_class_that_lies_wholly_in_the_kept_part_is_told():
    kept_back = next(name for name in map(str, range(99)) if part_of(name, 5) == 0)
    strange = [Example(f"chữ lạ {n}", "khác", kept_back) for n in range(10)]
    with pytest.raises(TrainingError, match="cùng một nhóm"):
        train(remarks(200) + strange, task="khac", prepare=prepare)


def test_training_is_the_same_whenever_it_is_done():
    one, other = (fit(remarks(400), task="sentiment", prepare=prepare) for _ in range(2))
    assert one.dump(b"k") == other.dump(b"k")


@pytest.mark.parametrize(
    ("examples", "says"),
    [
        (remarks(60), "cần ít nhất 100 mẫu"),
        ([Example(f"chữ {n}", "pos") for n in range(200)], "hai lớp"),
        (remarks(300) + [Example(f"lạ {n}", "khác") for n in range(3)], "khác"),
    ],
)
def test_too_few_examples_are_told_what_to_do(examples, says):
    with pytest.raises(TrainingError, match=says):
        fit(examples, task="sentiment", prepare=prepare)


@pytest.mark.parametrize(
    "line", ['{"text": "a"}', "không phải json", '{"text": 1, "label": "pos"}', "[]", '{"text":"a","label":""}']
)
def test_a_wrong_line_is_named(line):
    good = '{"text": "tốt", "label": "pos"}'
    with pytest.raises(TrainingError, match="Dòng 3"):
        read_examples([good, "", line])


def test_lines_are_read_with_their_groups():
    assert read_examples(['{"text": "tốt", "sentiment": "pos", "group": "p7"}'], label="sentiment") == [
        Example("tốt", "pos", "p7")
    ]


def test_a_word_list_teaches_itself_words_it_does_not_have():
    known = {"lạm thu": "neg", "nhiệt tình": "pos"}

    def guess(text):
        for words, label in known.items():
            if words in text:
                return label, 1.0
        return "neu", 0.0

    texts = [one.text for one in remarks(2000) if one.label != "neu"]
    model = self_train(texts, guess, task="sentiment", prepare=prepare, sure=0.5)
    assert model.about["bootstrap"] is True
    seen = prepare("bếp ăn bẩn thỉu và quá tải")
    assert guess("bếp ăn bẩn thỉu và quá tải")[1] == 0
    assert model.judge(seen.accented, seen.folded).label == "neg"
