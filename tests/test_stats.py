"""Agreement against scikit-learn, intervals that cover, phrases that are alike and are not."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score

from analysis import stats


def sides(n: int, seed: int, classes: str = "abcd") -> tuple[list[str], list[str]]:
    """Truth, and the same with a third of the classes drawn anew."""
    random = np.random.default_rng(seed)
    truth = random.choice(list(classes), n)
    return list(truth), list(np.where(random.random(n) < 0.3, random.choice([*classes], n), truth))


# --- agreement ------------------------------------------------------------------------------


def test_scores_are_those_of_scikit_learn() -> None:
    for seed in range(5):
        truth, found = sides(60, seed)
        table = stats.confusion(truth, found, [*"abcde"])  # e never occurs
        expected = [
            accuracy_score(truth, found),
            f1_score(truth, found, average="macro"),
            cohen_kappa_score(truth, found),
        ]
        np.testing.assert_allclose(stats.score_confusions(table.to_numpy()), expected)
        assert stats.agree(truth, found)[:3] == pytest.approx((60, expected[0], expected[2]))


def test_many_tables_are_scored_at_once() -> None:
    tables = np.stack([stats.confusion(*sides(30, s), [*"abcd"]) for s in range(6)])
    at_once = stats.score_confusions(tables.reshape(2, 3, 4, 4))
    np.testing.assert_allclose(at_once.reshape(6, 3), [stats.score_confusions(t) for t in tables])


def test_macro_f1_leaves_out_a_class_that_the_truth_does_not_have() -> None:
    table = np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]])
    with_found = np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]]) + np.eye(3, k=2).astype(int)
    plain, other = (stats.score_confusions(t)[1] for t in (table, with_found))
    assert plain == pytest.approx((6 / 7 + 8 / 9) / 2)
    assert other == pytest.approx((6 / 8 + 8 / 9) / 2)


def test_what_cannot_be_scored_is_nan() -> None:
    assert np.isnan(stats.score_confusions(np.zeros((3, 3)))).all()
    assert np.isnan(stats.agree([], [], draws=10)[1:]).all()
    one_class = stats.agree(["a"] * 4, ["a"] * 4, draws=10)
    assert one_class[:2] == (4, 1)
    assert np.isnan(one_class[2:]).all()


def test_kappa_has_an_interval_where_it_is_asked_for() -> None:
    truth, found = sides(80, 1)
    plain, drawn = stats.agree(truth, found), stats.agree(truth, found, draws=500)
    assert np.isnan(plain[3:]).all()
    assert plain.kappa == drawn.kappa
    assert drawn.low < drawn.kappa < drawn.high
    assert drawn == stats.agree(truth, found, draws=500)
    assert drawn != stats.agree(truth, found, draws=500, seed=1)


# --- intervals ------------------------------------------------------------------------------


def test_wilson() -> None:
    # at 1 of 2: 0.5 -+ 1.96 sqrt(1/8 + 1.96^2/16) / (1 + 1.96^2/2)
    assert stats.wilson(1, 2) == pytest.approx((0.0945, 0.9055), abs=1e-3)
    assert stats.wilson(10, 10)[1] == 1
    assert np.isnan(stats.wilson(0, 0)).all()


def mean(sums: np.ndarray) -> np.ndarray:
    """Share of the first column in the second."""
    return stats.ratio(sums[..., 0], sums[..., 1])


def test_the_bootstrap_covers_as_often_as_it_says() -> None:
    random = np.random.default_rng(0)
    held = []
    for seed in range(200):
        hits = random.random(120) < 0.7
        counts = np.column_stack([hits, np.ones(120)])
        value, low, high = stats.bootstrap(counts, mean, draws=400, seed=seed)
        assert value == hits.mean()
        held.append(low <= 0.7 <= high)
    assert 0.89 <= np.mean(held) <= 0.99


def test_units_are_drawn_whole() -> None:
    hits = np.random.default_rng(3).random(100) < 0.6
    alone = np.column_stack([hits, np.ones(100)])
    groups = np.repeat(alone, 4, axis=0).reshape(100, 4, 2)
    one, four = (stats.bootstrap(c, mean)[1:] for c in (alone, groups.sum(axis=1)))
    np.testing.assert_allclose(one, four)
    np.testing.assert_array_less(
        np.diff(stats.bootstrap(groups.reshape(400, 2), mean)[1:]), 0.6 * np.diff(one)
    )


def test_a_row_of_figures_has_a_row_of_intervals() -> None:
    counts = np.random.default_rng(1).random((40, 3, 2))
    value, low, high = stats.bootstrap(counts, lambda sums: mean(sums)[..., :2], draws=50)
    assert value.shape == low.shape == high.shape == (2,)
    for i in range(2):
        alone = stats.bootstrap(counts[:, i], mean, draws=50)
        np.testing.assert_allclose(alone, (value[i], low[i], high[i]))


def test_draws_without_a_value_do_not_count() -> None:
    counts = np.array([[1.0, 1.0], [0.0, 0.0]])  # one draw in four holds the empty row twice
    assert stats.bootstrap(counts, mean, draws=100) == (1, 1, 1)
    assert np.isnan(stats.bootstrap(counts[1:], mean, draws=100)).all()
    assert np.isnan(stats.bootstrap(counts[:0], mean, draws=100)).all()


def test_the_corrected_interval_is_that_of_scipy() -> None:
    work = np.random.default_rng(2).random((30, 4))

    def largest(sums: np.ndarray) -> np.ndarray:
        return sums.max(axis=-1) / sums.sum(axis=-1)

    value, low, high = stats.bootstrap(work, largest, draws=300, corrected=True)
    expected = scipy_stats.bootstrap(
        (np.arange(30),), lambda i: largest(work[i].sum(axis=0)), vectorized=False,
        n_resamples=300, method="BCa", rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    assert value == largest(work.sum(axis=0))
    assert (low, high) == pytest.approx(tuple(expected), rel=0.02)
    assert np.isnan(stats.bootstrap(work[:1], largest, corrected=True)[1:]).all()


def test_estimates_are_shown_with_their_interval() -> None:
    scores = pd.DataFrame(
        {
            "value": [0.9755, 1, np.nan],
            "low": [0.9551, np.nan, np.nan],
            "high": [0.9949, np.nan, np.nan],
        }
    )
    assert stats.show_estimates(scores, digits=2).tolist() == ["0.98 (0.96–0.99)", "1.00", "—"]
    assert stats.show_estimates(scores, digits=3).iloc[0] == "0.976 (0.955–0.995)"


# --- phrases --------------------------------------------------------------------------------


def test_phrases_are_alike_by_what_is_rare() -> None:
    known = ["新建口袋公园", "新建充电桩", "新建5G基站", "改造老旧小区"]
    found = stats.likeness(["口袋公园", "5g 基站", "新建", "秸秆利用率", ""], known).toarray()
    assert found.shape == (5, 4)
    assert found.max() <= 1 + 1e-9
    assert found[:3].argmax(axis=1).tolist() == [0, 2, 1]
    assert found[0, 0] > 0.7
    assert found[0, 1] == found[2, 3] == 0
    assert not found[3:].any()
    itself = stats.likeness(known, known).toarray()
    np.testing.assert_allclose(itself.diagonal(), 1)


def test_ngrams_in_too_many_texts_are_left_out() -> None:
    known = ["新建公园", "新建小区", "新建基站"]
    assert stats.likeness(["新建"], known).nnz == 3
    assert stats.likeness(["新建"], known, most=2).nnz == 0


def test_nothing_is_alike_to_no_phrase() -> None:
    for phrases, known in ((["公园"], []), (["公园"], ["人", ""]), ([], ["公园"]), ([], [])):
        found = stats.likeness(phrases, known)
        assert (found.shape, found.nnz) == ((len(phrases), len(known)), 0)
