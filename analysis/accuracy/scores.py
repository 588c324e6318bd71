"""How well the rules read quantities: measured against the labels, with intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import stats
from analysis.accuracy.labels import CLOSE, NONE, match_labels, read_conditions, read_first_counts
from analysis.errors import PlanError
from analysis.schema import BOUNDS, KINDS, MEASURES
from analysis.study import REPOSITORY, SOURCES_FILE, is_repository
from analysis.wording import text_for

_DETECTED = ("quantity", *KINDS)
_CLASSES = {"kind": KINDS, "bound": BOUNDS, "measure": MEASURES}
_CORRECTED = {"kappa", "macro f1"}  # no proportions: an exact binomial interval means nothing


def measure(
    found: pd.DataFrame, labels: pd.DataFrame, *, resamples: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Score all plans together, each plan, and the plans by what the rules had seen of them.

    Returns
    -------
    DataFrame
        As `score` returns it, with a first column `plans`: all, a doc_id, “tuned” (the rules were
        written on these plans) or “held out” (measured blind once: `first_measurement`).
        The rules were mended since then, so today's figures on the latter are not blind.
    """
    pairs = match_labels(found, labels)
    condition = pairs["doc_id"].map(read_conditions())
    groups = [("all", pairs), *pairs.groupby(condition), *pairs.groupby("doc_id")]
    scores = [
        score(group, resamples=resamples, seed=seed).assign(plans=name) for name, group in groups
    ]
    return pd.concat(scores, ignore_index=True).set_index("plans").reset_index()


def score(pairs: pd.DataFrame, *, resamples: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Score matched pairs.

    - quantity, target, attribute: precision, recall, F1. A hit of target needs a pair that is one
      on both sides; the same for attribute.
    - kind, bound (over pairs) and measure (over pairs whose label is a target): accuracy, macro F1
      over the classes that occur in the labels, Cohen's kappa.
    - indicator (over the same pairs as measure): share with an overlap of at least `CLOSE`, mean
      overlap, share that is exact; due: accuracy.
    - attribute indicator (over pairs whose label is an attribute): share that is close.

    The interval is the percentile bootstrap over tasks (Efron and Tibshirani 1993, ch. 13): the
    tasks that hold a label or a figure are drawn with replacement. A sample without any error
    would always come out perfect; there the low end is the exact binomial one, 0.025 ** (1 / n),
    and for kappa and macro F1 none is given.

    Parameters
    ----------
    pairs
        From `match_labels`.
    resamples, seed
        Draws of the bootstrap, and the seed of its generator.

    Returns
    -------
    DataFrame
        One row per figure: field, figure, value, low, high (95 %), n.
    """
    task, ids = pd.factorize(pairs["task_id"])
    rows = []
    typed = (_type(pairs, field) for field in _CLASSES)
    for block in (_detect(pairs), *typed, _word(pairs), _describe(pairs)):
        counts = np.zeros((len(ids), *block.counts.shape[1:]))
        np.add.at(counts, task, block.counts)
        estimates = stats.bootstrap(counts, block.statistic, draws=resamples, seed=seed)
        for (field, figure), n, *interval in zip(block.figures, block.n, *estimates, strict=True):
            value, low, high = _correct(figure, n, *interval)
            rows.append((field, figure, value, low, high, n))
    return pd.DataFrame(rows, columns=["field", "figure", "value", "low", "high", "n"])


class _Block(NamedTuple):
    """Figures that come from the same sums over pairs."""

    figures: list[tuple[str, str]]
    n: list[int]
    counts: np.ndarray
    """What each pair adds to the sums."""
    statistic: Callable[[np.ndarray], np.ndarray]


def _detect(pairs: pd.DataFrame) -> _Block:
    columns = []
    for name in _DETECTED:
        any_kind = name == "quantity"
        row = pairs["outcome"].ne("missed") & (pairs["kind"].eq(name) | any_kind)
        label = pairs["outcome"].ne("extra") & (pairs["label_kind"].eq(name) | any_kind)
        columns.append([pairs["outcome"].eq("match") & row & label, row, label])
    counts = np.array(columns, dtype=float).transpose(2, 0, 1)
    found, labelled = counts.sum(axis=0)[:, 1:].astype(int).T
    figures = [(name, figure) for name in _DETECTED for figure in ("precision", "recall", "f1")]
    n = np.stack([found, labelled, labelled], axis=-1).ravel().tolist()
    return _Block(figures, n, counts, _score_detection)


def _score_detection(sums: np.ndarray) -> np.ndarray:
    hits, rows, labels = np.moveaxis(sums, -1, 0)
    scores = [
        stats.ratio(hits, rows),
        stats.ratio(hits, labels),
        stats.ratio(2 * hits, rows + labels),
    ]
    return np.stack(scores, axis=-1).reshape(*sums.shape[:-2], -1)


def _type(pairs: pd.DataFrame, field: str) -> _Block:
    counted = pairs["outcome"].eq("match")
    if field == "measure":
        counted &= pairs["label_kind"].eq("target")
    classes = (*_CLASSES[field], NONE)
    tables = stats.pair_tables(pairs[f"label_{field}"], pairs[field], classes)
    tables *= counted.to_numpy()[:, None, None]
    figures = [(field, figure) for figure in ("accuracy", "macro f1", "kappa")]
    return _Block(figures, [int(counted.sum())] * len(figures), tables, stats.score_confusions)


def _word(pairs: pd.DataFrame) -> _Block:
    target = pairs["outcome"].eq("match") & pairs["label_kind"].eq("target")
    found = {
        ("indicator", "close"): pairs["overlap"].ge(CLOSE),
        ("indicator", "overlap"): pairs["overlap"].fillna(0),
        ("indicator", "exact"): pairs["exact"],
        ("due", "accuracy"): pairs["due"].eq(pairs["label_due"]),
    }
    counts = np.column_stack([target, *(target * column for column in found.values())])
    n = [int(target.sum())] * len(found)
    return _Block(list(found), n, counts, lambda sums: stats.ratio(sums[..., 1:], sums[..., :1]))


def _describe(pairs: pd.DataFrame) -> _Block:
    """Indicators of attributes; the labels word what is measured of a thing behind it, too."""
    attribute = pairs["outcome"].eq("match") & pairs["label_kind"].eq("attribute")
    counts = np.column_stack([attribute, attribute & pairs["overlap"].ge(CLOSE)])
    figures = [("attribute indicator", "close")]
    return _Block(
        figures, [int(attribute.sum())], counts, lambda s: stats.ratio(s[..., 1:], s[..., :1])
    )


def _correct(
    figure: str, n: int, value: float, low: float, high: float
) -> tuple[float, float, float]:
    """Do not claim certainty for a sample without error."""
    if value != 1:
        return value, low, high
    return (value, np.nan, np.nan) if figure in _CORRECTED else (value, 0.025 ** (1 / n), high)


# --- what is shown --------------------------------------------------------------------------


def tabulate(scores: pd.DataFrame, *, plans: list[str] | None = None) -> pd.DataFrame:
    """Scores for reading: one row per field and figure, one column per group of plans.

    A cell reads “0.98 (0.96–0.99)”: the value and its 95 % interval, where there is one.
    """
    names = list(scores["plans"].unique()) if plans is None else plans
    wide = scores.assign(cell=stats.show_estimates(scores, digits=3)).pivot(
        index=["field", "figure"], columns="plans", values="cell"
    )
    order = scores[["field", "figure"]].drop_duplicates()
    return wide.reindex(index=pd.MultiIndex.from_frame(order), columns=names).fillna("—")


def confusion(pairs: pd.DataFrame, field: str) -> pd.DataFrame:
    """Count pairs by what the label says (rows) and what was found (columns).

    `field` is kind, bound or measure; measure counts the pairs whose label is a target.
    """
    counted = pairs[pairs["outcome"].eq("match")]
    if field == "measure":
        counted = counted[counted["label_kind"].eq("target")]
    table = stats.confusion(counted[f"label_{field}"], counted[field], [*_CLASSES[field], NONE])
    occurring = table.loc[table.any(axis=1), table.any()]
    return occurring.rename_axis(index="label", columns="found")


def list_errors(pairs: pd.DataFrame) -> pd.DataFrame:
    """One row per thing that is wrong: task_id, text, field, label, found, sentence.

    `field` is “missed” (a label that nothing was found for), “extra” (a row that no label asks
    for), kind, bound, or, for targets, measure, due, and indicator where the overlap is below
    `CLOSE`.
    """
    match = pairs["outcome"].eq("match")
    target = match & pairs["label_kind"].eq("target")
    wrong = {f: pairs[f].ne(pairs[f"label_{f}"]) for f in ("kind", "bound", "measure", "due")}
    chosen = {
        "missed": pairs["outcome"].eq("missed"),
        "extra": pairs["outcome"].eq("extra"),
        "kind": match & wrong["kind"],
        "bound": match & wrong["bound"],
        "measure": target & wrong["measure"],
        "indicator": target & pairs["overlap"].lt(CLOSE),
        "due": target & wrong["due"],
    }
    frame = pairs.assign(text=pairs["label_text"].fillna(pairs["text"]))
    parts = []
    for field, rows in chosen.items():
        column = "text" if field in {"missed", "extra"} else field
        said = frame.assign(field=field, label=pairs[f"label_{column}"], found=pairs[column])
        parts.append(said.loc[rows, ["task_id", "text", "field", "label", "found", "sentence"]])
    return pd.concat(parts, ignore_index=True)


# --- the error of a count -------------------------------------------------------------------


class Measured(NamedTuple):
    """Counts that give a precision (hits of found) and a recall (hits of labelled)."""

    hits: int
    found: int
    labelled: int


class CountError(NamedTuple):
    """The number that a count stands for, and the 95 % interval of it."""

    value: float
    low: int
    high: int


def target_counts() -> Measured:
    """Counts of targets in the blind measurement on the held-out plans."""
    counts = read_first_counts()
    held = counts["condition"].eq("held out") & counts["label_set"].eq("first")
    total = counts.loc[held, ["target_hits", "target_rows", "target_labels"]].sum()
    return Measured(*(int(v) for v in total))


def count_error(
    n: int, measured: Measured | None = None, *, draws: int = 10_000, seed: int = 0
) -> CountError:
    """How many targets there really are where the rules count `n`.

    The estimate is n * precision / recall. For the interval, precision and recall are drawn from
    what the measurement leaves possible (beta distributions with Jeffreys' prior; Brown, Cai and
    DasGupta 2001); then, of the n, the right ones (binomial with that precision), and for those
    the number missed beside them (negative binomial with that recall). So it holds both the
    doubt about the rates and the chance of a small count.

    Parameters
    ----------
    n
        Targets counted by the rules.
    measured
        Where precision and recall come from; the blind measurement unless given.
    draws, seed
        Size of the simulation, and the seed of its generator.

    Raises
    ------
    ValueError
        `n` is negative.
    """
    if n < 0:
        raise ValueError(f"a count of targets cannot be {n}")
    hits, found, labelled = measured or target_counts()
    rng = np.random.default_rng(seed)
    precision = rng.beta(hits + 0.5, found - hits + 0.5, draws)
    recall = rng.beta(hits + 0.5, labelled - hits + 0.5, draws)
    right = rng.binomial(n, precision)
    missed = np.where(right > 0, rng.negative_binomial(np.maximum(right, 1), recall), 0)
    low, high = np.quantile(right + missed, [0.025, 0.975], method="inverted_cdf")
    return CountError(n * labelled / found, int(low), int(high))


def error_note(language: str = "zh") -> str:
    """Say what `count_error` gives for 100 targets, for the subtitle of a chart (zh or en).

    Nothing in a study of other plans: the error was measured on the repository's own.
    """
    if not is_repository():
        return ""
    error = count_error(100)
    return text_for("error_note", language, n=100, low=error.low, high=error.high)


def first_measurement(label_set: str = "first") -> pd.DataFrame:
    """Scores of the one blind measurement, before anybody had looked at the held-out plans.

    Its outcomes were kept as counts by plan and not by task. So the intervals are Wilson's for a
    proportion (Wilson 1927), and F1 and overlap, which are none, have no interval.

    Parameters
    ----------
    label_set
        Labels it was made with: “first” or “second”.

    Returns
    -------
    DataFrame
        One row per group of plans and figure, with the columns of `measure`. The group “held out,
        other cities” leaves out a plan whose city has one that the rules were tuned on.

    Raises
    ------
    PlanError
        There is no measurement with these labels.
    """
    counts = read_first_counts()
    counts = counts[counts["label_set"].eq(label_set)]
    if counts.empty:
        raise PlanError(f"no measurement with labels {label_set!r}", "use “first” or “second”")
    sources = pd.read_csv(REPOSITORY.raw / SOURCES_FILE, dtype="str")
    home = counts["doc_id"].map(sources.dropna(subset="doc_id").set_index("doc_id")["city"])
    strange = ~home.isin(home[counts["condition"].eq("tuned")])
    groups = [*counts.groupby("condition"), *counts.groupby("doc_id")]
    groups.append(("held out, other cities", counts[strange]))
    rows = []
    for name, group in groups:
        for (field, figure), (right, n) in _fractions(group).items():
            interval = (np.nan, np.nan)
            if figure not in {"f1", "overlap"}:
                interval = stats.wilson(int(right), n)
            rows.append((name, field, figure, right / n, *interval, n))
    return pd.DataFrame(rows, columns=["plans", "field", "figure", "value", "low", "high", "n"])


def _fractions(counts: pd.DataFrame) -> dict[tuple[str, str], tuple[float, int]]:
    """Numerator and denominator of each figure; every label was found, so all targets count."""
    total = counts.select_dtypes("integer").sum()
    out: dict[tuple[str, str], tuple[float, int]] = {}
    for name, prefix in (("quantity", ""), ("target", "target_"), ("attribute", "attribute_")):
        hits, rows, labels = (int(total[prefix + c]) for c in ("hits", "rows", "labels"))
        out[name, "precision"] = hits, rows
        out[name, "recall"] = hits, labels
        out[name, "f1"] = 2 * hits, rows + labels
    hits, targets = int(total["hits"]), int(total["target_labels"])
    out["kind", "accuracy"] = int(total["kind_right"]), hits
    out["bound", "accuracy"] = int(total["bound_right"]), hits
    out["measure", "accuracy"] = int(total["measure_right"]), targets
    out["indicator", "close"] = int(total["indicator_right"]), targets
    overlaps = float((counts["indicator_overlap"] * counts["target_labels"]).sum())
    out["indicator", "overlap"] = overlaps, targets
    return out
