"""Statistics that several rooms share: agreement, intervals, and how alike two phrases are."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

# scikit-learn and scipy.stats take a second to import; a build that needs neither does not wait.
if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

_LIMITS = (0.025, 0.975)  # every interval of the project is one of 95 %


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotient, NaN where there is nothing to divide by."""
    above, below = np.broadcast_arrays(np.asarray(above, dtype=float), below)
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 1e-12)


# --- agreement ------------------------------------------------------------------------------


def confusion(truth: Sequence[str], found: Sequence[str], classes: Sequence[str]) -> pd.DataFrame:
    """Count cases by true class (rows) and class that was found (columns), every class shown."""
    table = pd.crosstab(np.asarray(truth, dtype=object), np.asarray(found, dtype=object))
    return table.reindex(index=classes, columns=classes, fill_value=0)


def score_confusions(tables: np.ndarray) -> np.ndarray:
    """Accuracy, macro F1 and Cohen's kappa (1960) of confusion tables.

    Parameters
    ----------
    tables
        Counts of shape (..., classes, classes), truth in the rows.

    Returns
    -------
    ndarray of shape (..., 3)
        Macro F1 is the mean over the classes that occur in the truth. Without a case everything
        is NaN; so is kappa where both sides know only one class.
    """
    tables = np.asarray(tables)
    total = tables.sum(axis=(-2, -1))
    right = np.diagonal(tables, axis1=-2, axis2=-1)
    true, found = tables.sum(axis=-1), tables.sum(axis=-2)
    accuracy = ratio(right.sum(axis=-1), total)
    f1 = np.where(true > 0, ratio(2 * right, true + found), 0)
    chance = ratio((true * found).sum(axis=-1), np.square(total, dtype=float))
    kappa = ratio(accuracy - chance, 1 - chance)
    return np.stack([accuracy, ratio(f1.sum(axis=-1), (true > 0).sum(axis=-1)), kappa], axis=-1)


class Agreement(NamedTuple):
    """Cases that two sides judged, the share judged alike, and kappa with its 95 % interval."""

    n: int
    share: float
    kappa: float
    low: float
    high: float


def agree(one: Sequence[str], two: Sequence[str], *, draws: int = 0, seed: int = 0) -> Agreement:
    """Agreement of two columns of classes; without `draws` kappa has no interval (NaN)."""
    tables = pair_tables(one, two, sorted({*one, *two}))
    scores, low, high = bootstrap(tables, score_confusions, draws=draws, seed=seed)
    return Agreement(len(one), *map(float, (scores[0], scores[2], low[2], high[2])))


def pair_tables(truth: Sequence[str], found: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    """One confusion table per case, of shape (cases, classes, classes), to be summed and drawn."""
    rows, columns = (np.asarray(s)[:, None] == np.asarray(classes) for s in (truth, found))
    return (rows[:, :, None] & columns[:, None, :]).astype(float)


# --- intervals ------------------------------------------------------------------------------


def wilson(right: int, n: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson 1927); NaN where nothing was counted."""
    if not n:
        return np.nan, np.nan
    from scipy.stats import binomtest

    low, high = binomtest(int(right), int(n)).proportion_ci(method="wilson")
    return float(low), float(high)


Interval = tuple[np.ndarray, np.ndarray, np.ndarray]


def bootstrap(
    counts: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    *,
    draws: int = 2000,
    seed: int | np.random.Generator = 0,
    corrected: bool = False,
) -> Interval:
    """Value of a statistic of sums, and its 95 % bootstrap interval.

    Parameters
    ----------
    counts
        One row per unit that is drawn with replacement (a task, a section, an item): what it adds
        to each sum. Any number of axes may follow.
    statistic
        Takes sums of shape (..., *axes of a row) and gives a number or a row of numbers for each.
    draws, seed
        Samples, and the seed of their generator, or a generator that goes on.
    corrected
        Give the bias-corrected and accelerated interval (Efron 1987) in place of the percentiles
        (Efron and Tibshirani 1993, ch. 13): for a statistic of one number that every resample
        moves to the same side.

    Returns
    -------
    tuple of ndarray
        Value, low and high, each of the shape that `statistic` gives for one sample. A draw in
        which the statistic is NaN does not count; low and high are NaN where none is left.
    """
    n = len(counts)
    value = np.asarray(statistic(counts.sum(axis=0)))
    nothing = np.full(value.shape, np.nan)
    if not n or not draws or (corrected and n < 2):
        return value, nothing, nothing
    random = np.random.default_rng(seed)
    if corrected:
        return value, *_accelerate(counts, statistic, draws, random)
    weights = random.multinomial(n, np.full(n, 1 / n), size=draws)
    drawn = statistic(np.tensordot(weights, counts, axes=1))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN slice", RuntimeWarning)
        low, high = np.nanquantile(drawn, _LIMITS, axis=0)
    return value, low, high


def _accelerate(
    counts: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    draws: int,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    from scipy import stats

    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        interval = stats.bootstrap(
            (np.arange(len(counts)),),
            lambda drawn, axis: statistic(counts[drawn].sum(axis=drawn.ndim + axis)),
            n_resamples=draws,
            batch=200,  # bounds the memory
            method="BCa",
            rng=random,
        ).confidence_interval
    return np.asarray(interval.low), np.asarray(interval.high)


def show_estimates(scores: pd.DataFrame, *, digits: int) -> pd.Series:
    """Texts like “0.98 (0.96–0.99)” of value, low and high; “—” where there is no value."""
    number = f"{{:.{digits}f}}"
    interval = scores["low"].map(f" ({number}–".format) + scores["high"].map(f"{number})".format)
    cell = scores["value"].map(number.format) + interval.where(scores["low"].notna(), "")
    return cell.where(scores["value"].notna(), "—")


# --- phrases --------------------------------------------------------------------------------


def ngram_vectorizer(
    lengths: tuple[int, int] = (2, 3), *, most: float | int = 1.0
) -> TfidfVectorizer:
    """Weigher of character n-grams: TF-IDF of logged counts, rows of unit length.

    Upper and lower case are alike, and no n-gram reaches over a blank. N-grams in more than `most`
    texts (a share of them, or a number) are left out.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=partial(_ngrams, lengths), sublinear_tf=True, max_df=most)


def _ngrams(lengths: tuple[int, int], text: str) -> list[str]:
    return [
        word[start : start + n]
        for word in text.lower().split()
        for n in range(lengths[0], lengths[1] + 1)
        for start in range(len(word) - n + 1)
    ]


def likeness(
    phrases: Sequence[str], known: Sequence[str], *, most: float | int = 1.0
) -> sparse.coo_array:
    """Cosine, 0 to 1, of each phrase (rows) with each known one (columns), where it is not 0.

    Phrases are alike by their runs of two and three characters, weighed by how rare each is in
    `known`; `most` as in `ngram_vectorizer`.
    """
    grams = ngram_vectorizer(most=most)
    try:
        weights = grams.fit_transform(known)
        cosine = grams.transform(phrases) @ weights.T
    except ValueError:  # no phrase, or no n-gram that is left: nothing to compare
        return sparse.coo_array((len(phrases), len(known)))
    return sparse.coo_array(cosine)
