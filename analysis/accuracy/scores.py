"""How well the rules read figures: measured against the labels, with intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from analysis.accuracy.labels import CLOSE, NONE, match_labels, read_conditions, read_first_counts
from analysis.errors import PlanError
from analysis.schema import BOUNDS, KINDS, MEASURES
from analysis.wording import text_for

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
        written on these plans) or “held out” (measured blind once: `heldout.first_measurement`).
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
      over the classes that occur, Cohen's kappa.
    - indicator (over the same pairs as measure): share with an overlap of at least `CLOSE`, mean
      overlap, share that is exact; due: accuracy.

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
    task, _ = pd.factorize(pairs["task_id"])
    n_tasks = int(task.max()) + 1 if len(task) else 0
    weights = np.ones((resamples + 1, n_tasks))  # first the sample itself
    if n_tasks:
        rng = np.random.default_rng(seed)
        weights[1:] = rng.multinomial(n_tasks, np.full(n_tasks, 1 / n_tasks), size=resamples)
    cells = _cells(pairs)
    by_task = np.zeros((n_tasks, cells.shape[1]))
    np.add.at(by_task, task, cells.to_numpy(float))
    totals = pd.DataFrame(weights @ by_task, columns=cells.columns)
    figures = {**_detection(totals), **_typing(totals), **_wording(totals)}
    rows = [
        {"field": field, "figure": figure} | _interval(figure, values, n)
        for (field, figure), (values, n) in figures.items()
    ]
    return pd.DataFrame(rows)


Figures = dict[tuple[str, str], tuple[np.ndarray, int]]


def _cells(pairs: pd.DataFrame) -> pd.DataFrame:
    """What each pair adds to every count, one column per count."""
    match = pairs["outcome"].eq("match")
    cells: dict[str, pd.Series] = {}
    for name in ("quantity", *KINDS):
        row = pairs["outcome"].ne("missed") & (pairs["kind"].eq(name) | (name == "quantity"))
        label = pairs["outcome"].ne("extra") & (pairs["label_kind"].eq(name) | (name == "quantity"))
        cells |= {f"{name} rows": row, f"{name} labels": label, f"{name} hits": match & row & label}
    target = match & pairs["label_kind"].eq("target")
    for field, classes in _CLASSES.items():
        counted = target if field == "measure" else match
        for a in (*classes, NONE):
            for b in (*classes, NONE):
                both = pairs[f"label_{field}"].eq(a) & pairs[field].eq(b)
                cells[f"{field} {a} {b}"] = counted & both
    cells["pairs"] = target
    cells["close"] = target & pairs["overlap"].ge(CLOSE)
    cells["overlap"] = pairs["overlap"].where(target, 0.0)
    cells["exact"] = target & pairs["exact"]
    cells["due"] = target & pairs["due"].eq(pairs["label_due"])
    return pd.DataFrame(cells)


def _detection(totals: pd.DataFrame) -> Figures:
    out: Figures = {}
    for name in ("quantity", *KINDS):
        hits, rows, labels = (totals[f"{name} {c}"].to_numpy() for c in ("hits", "rows", "labels"))
        out[name, "precision"] = _ratio(hits, rows), int(rows[0])
        out[name, "recall"] = _ratio(hits, labels), int(labels[0])
        out[name, "f1"] = _ratio(2 * hits, rows + labels), int(labels[0])
    return out


def _typing(totals: pd.DataFrame) -> Figures:
    out: Figures = {}
    for field, classes in _CLASSES.items():
        side = len(classes) + 1
        columns = [f"{field} {a} {b}" for a in (*classes, NONE) for b in (*classes, NONE)]
        table = totals[columns].to_numpy().reshape(-1, side, side)  # labels down, found across
        n = table.sum(axis=(1, 2))
        right = np.diagonal(table, axis1=1, axis2=2)
        down, across = table.sum(axis=2), table.sum(axis=1)
        f1 = _ratio(2 * right, down + across)[:, :-1]
        chance = _ratio((down * across).sum(axis=1), n**2)
        accuracy = _ratio(right.sum(axis=1), n)
        out[field, "accuracy"] = accuracy, int(n[0])
        macro = _ratio(np.nansum(f1, axis=1), np.isfinite(f1).sum(axis=1))
        out[field, "macro f1"] = macro, int(n[0])
        out[field, "kappa"] = _ratio(accuracy - chance, 1 - chance), int(n[0])
    return out


def _wording(totals: pd.DataFrame) -> Figures:
    n = totals["pairs"].to_numpy()
    names = {
        ("indicator", "close"): "close",
        ("indicator", "overlap"): "overlap",
        ("indicator", "exact"): "exact",
        ("due", "accuracy"): "due",
    }
    return {key: (_ratio(totals[c].to_numpy(), n), int(n[0])) for key, c in names.items()}


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotient, NaN where there is nothing to divide by."""
    return np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 1e-12)


def _interval(figure: str, values: np.ndarray, n: int) -> dict[str, float]:
    value, draws = values[0], values[1:][np.isfinite(values[1:])]
    low, high = np.quantile(draws, [0.025, 0.975]) if len(draws) else (np.nan, np.nan)
    if value == 1 and figure in _CORRECTED:
        low = high = np.nan
    elif value == 1:
        low = 0.025 ** (1 / n)
    return {"value": value, "low": low, "high": high, "n": n}


# --- what is shown --------------------------------------------------------------------------


def tabulate(scores: pd.DataFrame, *, plans: list[str] | None = None) -> pd.DataFrame:
    """Scores for reading: one row per field and figure, one column per group of plans.

    A cell reads “0.98 (0.96–0.99)”: the value and its 95 % interval, where there is one.
    """
    names = list(scores["plans"].unique()) if plans is None else plans
    cell = scores["value"].map("{:.3f}".format).str.replace("nan", "—")
    known = scores["low"].notna()
    interval = scores["low"].map(" ({:.3f}–".format) + scores["high"].map("{:.3f})".format)
    wide = scores.assign(cell=cell + interval.where(known, "")).pivot(
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
    table = pd.crosstab(
        counted[f"label_{field}"], counted[field], rownames=["label"], colnames=["found"]
    )
    order = [*_CLASSES[field], NONE]
    return table.reindex(
        index=[c for c in order if c in table.index],
        columns=[c for c in order if c in table.columns],
    )


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


def target_counts(label_set: str = "first") -> Measured:
    """Counts of targets in the blind measurement on the held-out plans."""
    counts = read_first_counts()
    held = counts["condition"].eq("held out") & counts["label_set"].eq(label_set)
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


def error_note(language: str = "zh", *, n: int = 100) -> str:
    """Say what `count_error` gives for `n` targets, for the subtitle of a chart (zh or en)."""
    error = count_error(n)
    return text_for("error_note", language, n=n, low=error.low, high=error.high)


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
        One row per group of plans and figure, with the columns of `accuracy.measure`.

    Raises
    ------
    PlanError
        There is no measurement with these labels.
    """
    counts = read_first_counts()
    counts = counts[counts["label_set"].eq(label_set)]
    if counts.empty:
        raise PlanError(f"no measurement with labels {label_set!r}", "use “first” or “second”")
    groups = [*counts.groupby("condition"), *counts.groupby("doc_id")]
    rows = [
        {"plans": name, "field": field, "figure": figure, "value": right / n}
        | _wilson(figure, right, n)
        for name, group in groups
        for (field, figure), (right, n) in _fractions(group).items()
    ]
    return pd.DataFrame(rows)


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


def _wilson(figure: str, right: float, n: int) -> dict[str, float]:
    low = high = np.nan
    if figure not in {"f1", "overlap"}:
        low, high = binomtest(int(right), n).proportion_ci(method="wilson")
    return {"low": low, "high": high, "n": n}
