"""Looking up many pairs at once, and words that were never met."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loa.lib.learn import Linear
from loa.lib.learn.scorer import Scorer, _Pairs

ROWS = st.integers(0, 40)


@given(st.dictionaries(st.tuples(ROWS, ROWS), st.integers(1, 10**6), max_size=300), st.lists(ROWS, max_size=40))
def test_pairs_of_neighbours_are_found_as_in_a_dictionary(pairs, line):
    found = _Pairs(pairs).find(np.array([line, line[::-1]], dtype=np.int64).T.reshape(-1, 2))
    wanted = [pairs.get(pair) for one in (line, line[::-1]) for pair in pairwise(one)]
    assert sorted(found.tolist()) == sorted(row for row in wanted if row)


def model(letters=False):
    weights = {
        "lạm": (1.0, 1.0, 0.0),
        "lạm thu": (2.0, 0.0, 2.0),
        "~thu": (1.0, 4.0, 0.0),
        "^thu": (1.0, 8.0, 0.0),
    }
    return Linear.of("toxic", ("bad", "good"), weights, (0.0, 0.0), letters=letters)


def test_a_pair_is_known_whose_second_word_says_nothing_alone():
    # squares 1 (lạm) + 4 (lạm thu) + 1 (~thu); classes 1 + 0 + 4 and 0 + 2 + 0
    assert Scorer([model()]).sums("lạm thu", "lam thu") == [6.0, 5.0, 2.0]
    assert Scorer([model()]).sums("", "") == [0.0, 0.0, 0.0]


def test_a_word_nobody_met_counts_by_its_letters_and_bare_only_where_a_model_knows_it():
    assert Scorer([model(letters=True)]).sums("thù", "thu") == [1.0, 4.0, 0.0]  # "^thu" is not in "thù"
    assert Scorer([model(letters=True)]).sums("xthu", "xthu") == [1.0, 8.0, 0.0]
    assert Scorer([model(), model(letters=True)]).sums("xthu", "xthu") == [0.0, 1.0, 0.0, 0.0, 8.0, 0.0]
