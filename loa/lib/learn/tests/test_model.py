"""The model: scoring against the trainer, the file, the store."""

import datetime as dt
import json
import math
import random
import unicodedata
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.lib.learn import Linear, ModelError, Store
from loa.lib.learn.features import groups, times
from loa.lib.learn.model import Panel, data_hash
from loa.lib.learn.tests.invented import prepare, remarks
from loa.lib.learn.train import Example, fit

KEY = b"key of this installation"
NOW = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def model():
    return fit(remarks(600), task="sentiment", prepare=prepare)


def judge(model, text):
    seen = prepare(text)
    return model.judge(seen.accented, seen.folded)


def features(*views, **kinds):
    return [name for _, names in groups(*views, **kinds) for name in names]


def small(task="sentiment", lean=0.0):
    weights = {"tốt": (1.0, -1.0, 1.0), "~tot": (1.0, -0.5, 0.5), "tệ": (2.0, 2.0, -2.0)}
    return Linear.of(task, ("neg", "pos"), weights, (lean, 0.0))


def test_features_are_words_and_pairs_in_two_views():
    assert features("cô giáo", "co giao") == ["cô", "giáo", "cô giáo", "~co", "~giao", "~co giao"]
    assert features("", "") == []


def test_what_stands_there_twice_is_one_group():
    assert groups("thu thu phí", "thu thu phi")[0] == (times(2), ["thu"])
    assert [times(n) for n in (1, 2, 60)] == pytest.approx([1, 1 + math.log(2), 1 + math.log(60)], abs=1 / 2048)
    assert [names for _, names in groups("có cò", "co co")] == [["có"], ["cò"], ["có cò"], ["~co"], ["~co co"]]


def test_letters_add_runs_within_each_word():
    runs = [one for one in features("ngu", "ngu", letters=True) if one[0] == "^"]
    assert runs == ["^ ng", "^ngu", "^gu ", "^ ngu", "^ngu "]


def test_score_is_the_cosine_with_the_weights():
    # one known word twice (1 + ln 2 times) has the length of itself: the weight per unit of rarity
    assert small().decide("tốt tốt", "x x") == pytest.approx([-1.0, 1.0])
    both = small().decide("tốt tệ", "x y")  # lengths 1 and 2 → √5
    assert both == pytest.approx([(-1 + 2) / 5**0.5, (1 - 2) / 5**0.5])
    assert small(lean=0.3).decide("không biết", "khong biet") == [0.3, 0.0]


def test_agrees_with_the_trainers_own_arithmetic():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    from loa.lib.learn.train import Recipe, _fit, _rows

    rows = _rows(remarks(400, wrong=0.2), prepare, 4)
    classes = ["neg", "neu", "pos"]
    ours = _fit(rows, Recipe(cost=0.2, balance=0.0, ends=False, bayes=0), "sentiment", classes)
    pairs = [(row.accented, row.folded) for row in rows]

    def repeated(pair):  # as often as it stands there
        words, plain = (view.split() for view in pair)
        found = [*words, *map(" ".join, pairwise(words))]
        return found + ["~" + one for one in (*plain, *map(" ".join, pairwise(plain)))]

    table = TfidfVectorizer(analyzer=repeated, min_df=2, sublinear_tf=True)
    matrix = table.fit_transform(pairs + [(bare, bare) for _, bare in pairs])
    theirs = LinearSVC(C=0.2, random_state=0).fit(matrix, [row.label for row in rows] * 2)
    for pair, expected in list(zip(pairs, theirs.decision_function(matrix), strict=False))[:100]:
        assert ours.decide(*pair) == pytest.approx(expected, abs=0.004)  # half precision


@given(
    st.lists(st.sampled_from(["cô", "co", "có", "thu", "thù", "phí", ".", ","]), max_size=12),
    st.booleans(),
    st.booleans(),
)
def test_summed_at_once_is_summed_feature_by_feature(words, letters, ends):
    """What is kept per word and set right for repeats must be what the trainer weighs."""
    accented = " ".join(words)
    folded = prepare(accented).folded.strip()
    names = sorted(set(features(accented, folded, letters=True, ends=True)))
    weights = {name: (1 + at % 3, at % 5 - 2, at % 7 - 3) for at, name in enumerate(names) if at % 4}
    model = Linear.of("sentiment", ("neg", "pos"), weights, (0.1, 0.2), letters=letters)
    model.ends = ends
    square, sums, places = 0.0, [0.0, 0.0], weights.keys()
    for counted, group in groups(accented, folded, letters=letters, ends=ends):
        for name, n in Counter(group).items():
            if name in places:
                rarity, *parts = weights[name]
                square += (counted * n * rarity) ** 2
                sums = [total + counted * n * part for total, part in zip(sums, parts, strict=True)]
    norm = square**0.5 or 1.0
    expected = [total / norm + bias for total, bias in zip(sums, (0.1, 0.2), strict=True)]
    assert model.decide(accented, folded) == pytest.approx(expected)


@pytest.fixture(scope="module")
def panel(model):
    """Models of unlike kinds, the second with letters and without ends; and the panel of them."""
    halves = [Example(one.text, "no" if "cô giáo" in one.text else "yes") for one in remarks(300, seed=2)]
    harms = [Example(one.text, "hate" if one.label == "neg" else "clean") for one in remarks(300, seed=3)]
    models = {
        "relevant": fit(halves, task="relevant", prepare=prepare),
        "toxic": fit(harms, task="toxic", prepare=prepare),
        "sentiment": model,
    }
    return models, Panel(models)


def asked(together, models, seen):
    sums = together.sums(seen.accented, seen.folded)
    said = {task: together.verdict(task, sums) for task in models}
    assert {task: one.label for task, one in said.items()} == {task: together.choose(task, sums) for task in said}
    return said


@given(
    st.lists(st.sampled_from(["cô", "giáo", "giao", "quá", "tệ", "lạm", "thu", "năm", "nay", "zz"]), max_size=12)
)
def test_models_asked_together_say_to_the_last_bit_what_each_says_alone(panel, words):
    models, together = panel
    seen = prepare(" ".join(words))
    assert asked(together, models, seen) == {
        task: one.judge(seen.accented, seen.folded) for task, one in models.items()
    }


@pytest.mark.parametrize("most", [0, 3, 100_000], ids=["no memory", "a short one", "a long one"])
def test_a_memory_that_is_full_changes_nothing_asked_together_of_long_texts(panel, monkeypatch, most):
    models, _together = panel
    monkeypatch.setattr("loa.lib.learn.scorer.MOST_KNOWN", most)
    together = Panel(models)
    dice = random.Random(5)
    words = [*["cô", "giáo", "giao", "quá", "tệ", "lạm", "thu", "năm", "nay"], *(f"từ{n}" for n in range(3000))]
    for length in (0, 1, 40, 400, 2000, 40):
        seen = prepare(" ".join(dice.choices(words, k=length)))
        assert asked(together, models, seen) == {
            task: one.judge(seen.accented, seen.folded) for task, one in models.items()
        }


def test_two_classes_are_each_others_opposite():
    two = [one for one in remarks(600) if one.label != "neu"]
    found = fit(two, task="sentiment", prepare=prepare)
    right = sum(judge(found, one.text).label == one.label for one in remarks(200, seed=9) if one.label != "neu")
    assert right == sum(one.label != "neu" for one in remarks(200, seed=9))


def test_learns_and_reads_texts_without_accents_and_in_nfd(model):
    for one in remarks(100, seed=5):
        verdict = judge(model, one.text)
        assert verdict.label == one.label
        assert judge(model, unicodedata.normalize("NFD", one.text)) == verdict
        assert judge(model, prepare(one.text).folded).label == one.label
        assert sum(verdict.probabilities.values()) == pytest.approx(1)
        assert 0 <= verdict.margin <= 1


def test_reasons_name_the_words_that_counted(model):
    seen = prepare("Cô giáo tuần này lạm thu")
    reasons = dict(model.reasons(seen.accented, seen.folded, "neg"))
    assert reasons["lạm thu"] > 0
    assert max(reasons, key=reasons.get) in {"lạm thu", "lạm", "thu"}
    assert not any(word.startswith("~") for word in reasons)


@given(st.text(max_size=60))
def test_any_text_gets_a_class(text):
    seen = prepare(text)
    verdict = small().judge(seen.accented, seen.folded)
    assert verdict.label in ("neg", "pos")


def test_file_round_trip_scores_the_same_to_the_last_bit(model):
    again = Linear.load(model.dump(KEY), KEY)
    assert again == model
    seen = prepare("nhà trường thu tiền vô lý")
    assert again.decide(seen.accented, seen.folded) == model.decide(seen.accented, seen.folded)


def test_a_changed_file_and_a_strange_key_are_refused(model):
    data = model.dump(KEY)
    head, _, body = data.partition(b"\n")
    forged = json.loads(head)
    forged["bias"][0] += 1
    dice = random.Random(3)
    spots = [dice.randrange(len(head) + 1, len(data)) for _ in range(20)]
    for bad in [
        json.dumps(forged, ensure_ascii=False, sort_keys=True).encode() + b"\n" + body,
        data[:-1],
        *(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in spots),
    ]:
        with pytest.raises(ModelError, match="Chữ ký"):
            Linear.load(bad, KEY)
    with pytest.raises(ModelError, match="Chữ ký"):
        Linear.load(data, b"another key")


@pytest.mark.parametrize(
    "bad", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"signature":1,"format":"loa-linear-9"}\n', b"null\n"]
)
def test_other_files_are_no_models(bad):
    with pytest.raises(ModelError):
        Linear.load(bad, KEY)


def test_data_hash_ignores_order_and_sees_labels():
    one, other = ("a", "pos"), ("b", "neg")
    assert data_hash([one, other]) == data_hash([other, one])
    assert data_hash([one, other]) != data_hash([("a", "neg"), ("b", "pos")])


# ---- the store
def test_store_keeps_uses_and_rolls_back(tmp_path):
    store = Store(tmp_path, KEY)
    assert store.live("sentiment") is None
    assert store.tasks() == []
    assert [store.add(small(lean=lean)) for lean in (0.1, 0.2, 0.3)] == [1, 2, 3]
    assert store.live("sentiment") is None  # kept is not used
    for number in (1, 2, 3):
        store.use("sentiment", number, now=NOW)
    assert store.live("sentiment").bias[0] == 0.3
    assert [(kept.number, kept.live) for kept in store.all("sentiment")] == [(1, False), (2, False), (3, True)]
    assert [store.roll_back("sentiment", now=NOW) for _ in range(3)] == [2, 1, 0]
    assert store.live("sentiment") is None
    with pytest.raises(ModelError, match="quay lại"):
        store.roll_back("sentiment", now=NOW)


def test_roll_back_after_a_new_start_goes_to_where_one_was(tmp_path):
    store = Store(tmp_path, KEY)
    for lean in (0.1, 0.2, 0.3):
        store.add(small(lean=lean))
    store.use("sentiment", 1, now=NOW)
    store.use("sentiment", 2, now=NOW)
    assert store.roll_back("sentiment", now=NOW) == 1
    store.use("sentiment", 3, now=NOW)
    assert store.roll_back("sentiment", now=NOW) == 1


def test_a_broken_or_missing_model_never_goes_live(tmp_path):
    store = Store(tmp_path, KEY)
    store.add(small())
    store.use("sentiment", 1, now=NOW)
    store.add(small(lean=0.5))
    path = tmp_path / "sentiment" / "0002.model"
    path.write_bytes(path.read_bytes()[:-3])
    for number in (2, 7):
        with pytest.raises(ModelError):
            store.use("sentiment", number, now=NOW)
    assert store.live_number("sentiment") == 1
    (tmp_path / "toxic").mkdir()
    (tmp_path / "sentiment" / "0001.model").rename(tmp_path / "toxic" / "0001.model")
    with pytest.raises(ModelError, match="sentiment, không phải toxic"):
        store.use("toxic", 1, now=NOW)


@pytest.mark.parametrize("task", ["../../etc", "", "A", "a/b", "a" * 41])
def test_names_of_tasks_stay_in_the_store(tmp_path, task):
    with pytest.raises(ModelError):
        Store(tmp_path, KEY).live_number(task)
