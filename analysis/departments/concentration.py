"""How work is spread: a department's over the themes, and a county's over its bodies."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from analysis.departments.workload import check_counting, comparable_measures, weigh_assignments
from analysis.errors import PlanError
from analysis.stats import bootstrap


def profile_themes(
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    counting: str = "any",
    by_county: bool = False,
) -> pd.DataFrame:
    """Spread of each department's work over themes.

    Returns
    -------
    DataFrame
        One row per department and theme (and plan): body_type, n (tasks, weighted by the
        counting), n_tasks (the same over all themes), share (0 to 1). A theme that a plan has no
        section for has no row; 0 means that the theme is there and the department is not named.

    Raises
    ------
    PlanError
        Plans stand beside each other in a counting that the clauses of one do not allow.
    """
    check_counting(counting)
    if by_county:
        comparable_measures(tasks, assignments, counting)
    home = tasks[["task_id", "doc_id", "theme"]].query("theme != ''")
    rows = weigh_assignments(assignments).merge(home, on="task_id")
    key = ["doc_id"] * by_county + ["department", "body_type"]
    n = rows.pivot_table(index=key, columns="theme", values=counting, aggfunc="sum")
    long = n.fillna(0.0).reset_index().melt(key, var_name="theme", value_name="n")
    if by_county:
        long = long.merge(home[["doc_id", "theme"]].drop_duplicates(), on=["doc_id", "theme"])
    long["n_tasks"] = long.groupby(key)["n"].transform("sum")
    return long.assign(share=long["n"] / long["n_tasks"].where(long["n_tasks"] > 0))


def _effective_number(counts: np.ndarray) -> np.ndarray:
    """Exponential of Shannon's entropy along the last axis (Hill number of order one)."""
    share = counts / counts.sum(axis=-1, keepdims=True)
    return np.exp(-np.sum(share * np.log(np.where(share > 0, share, 1)), axis=-1))


def measure_breadth(
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    narrow: float = 0.5,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Tell specialised from cross-cutting departments by the entropy of their themes.

    Entropy grows with the number of tasks alone, so each department is held against as many tasks
    drawn at random, without replacement, from all tasks with a clause.

    Parameters
    ----------
    narrow
        A department is specialised below this part of the themes that chance would give it.

    Returns
    -------
    DataFrame
        One row per department: body_type, n_tasks, n_themes, entropy (bits), effective_themes
        (2 to the power of the entropy; Hill 1973), expected, low and high (median and 95 % of the
        random draws), relative (effective over expected), kind: ``specialised``,
        ``cross-cutting``, or empty where one theme alone would not fall below the draws.

    Raises
    ------
    PlanError
        No department carries a task under a heading of a theme.
    """
    profile = profile_themes(tasks, assignments)
    if profile.empty:
        raise PlanError("no department carries a task", "choose more counties")
    n = profile.pivot(index=["department", "body_type"], columns="theme", values="n")
    named = tasks["task_id"].isin(assignments["task_id"])
    pool = tasks.loc[named, "theme"].value_counts().reindex(n.columns).to_numpy()
    totals = n.sum(axis=1).astype(int)
    rng = np.random.default_rng(seed)
    drawn = {n: rng.multivariate_hypergeometric(pool, n, draws) for n in sorted(set(totals))}
    chance = {n: np.quantile(_effective_number(d), [0.025, 0.5, 0.975]) for n, d in drawn.items()}
    out = pd.DataFrame({"n_tasks": totals, "n_themes": n.gt(0).sum(axis=1)})
    out["effective_themes"] = _effective_number(n.to_numpy())
    out["entropy"] = np.log2(out["effective_themes"])
    out[["low", "expected", "high"]] = np.stack([chance[size] for size in totals])
    out["relative"] = out["effective_themes"] / out["expected"]
    kind = np.where(out["relative"] < narrow, "specialised", "cross-cutting")
    out["kind"] = pd.Series(kind, out.index, dtype="str").where(out["low"] > 1)
    out = out.reset_index().sort_values("department")
    return out.sort_values("n_tasks", ascending=False, kind="stable", ignore_index=True)


def gini(work: np.ndarray) -> np.ndarray:
    """Gini coefficient along the last axis: 0 all carry the same, towards 1 one carries all."""
    ordered = np.sort(work, axis=-1)
    n = ordered.shape[-1]
    weighted = ordered @ np.arange(1, n + 1)
    return 2 * weighted / (n * ordered.sum(axis=-1)) - (n + 1) / n


def herfindahl(work: np.ndarray) -> np.ndarray:
    """Herfindahl-Hirschman index along the last axis, 0 to 1: the sum of squared shares."""
    return np.sum((work / work.sum(axis=-1, keepdims=True)) ** 2, axis=-1)


def top_five(work: np.ndarray) -> np.ndarray:
    """Share of the five largest along the last axis, 0 to 1."""
    return np.sort(work, axis=-1)[..., -5:].sum(axis=-1) / work.sum(axis=-1)


CONCENTRATION = {"gini": gini, "hhi": herfindahl, "top_five": top_five}


def measure_concentration(
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    counting: str = "fractional",
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """How far a few bodies carry a county's tasks, with intervals from resampling the tasks.

    Bodies are those that the plan names, without collectives. A resample leaves bodies out and so
    looks more concentrated than the plan; the interval corrects for that (BCa; Efron 1987).

    Returns
    -------
    DataFrame
        One row per plan and measure: doc_id, measure (gini, hhi, top_five), value, low and high
        (95 %; empty where resampling cannot move the value), n_bodies, n_tasks.

    Raises
    ------
    PlanError
        The clauses of a plan do not allow the counting.
    """
    found = []
    for doc_id, work in _work_by_plan(tasks, assignments, counting).items():
        work = work[:, work.any(axis=0)]
        for name, measure in CONCENTRATION.items():
            interval = bootstrap(work, measure, draws=resamples, seed=seed, corrected=True)
            found.append((doc_id, name, *map(float, interval), work.shape[1], len(work)))
    names = ["doc_id", "measure", "value", "low", "high", "n_bodies", "n_tasks"]
    return pd.DataFrame(found, columns=names)


def _work_by_plan(
    tasks: pd.DataFrame, assignments: pd.DataFrame, counting: str
) -> dict[str, np.ndarray]:
    """Work of each body (columns, the same in every plan) in each task (rows), by doc_id."""
    check_counting(counting)
    comparable_measures(tasks, assignments, counting)
    weights = weigh_assignments(assignments).query("body_type != 'collective'")
    rows = weights.merge(tasks[["task_id", "doc_id"]], on="task_id")
    table = rows.pivot_table(index=["doc_id", "task_id"], columns="department", values=counting)
    work = table.fillna(0.0)
    return {str(doc_id): own.to_numpy() for doc_id, own in work.groupby(level="doc_id")}


def compare_concentration(
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    counting: str = "fractional",
    draws: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """Whether two counties differ in concentration by more than a deal of their tasks would.

    Intervals that overlap are no test. Here the tasks of two plans are put together and dealt out
    again at random, to each as many as it has (permutation test, two-sided; Good 2005).

    Returns
    -------
    DataFrame
        One row per pair of plans and measure: doc_a, doc_b, measure, difference (a less b), p, and
        p_holm, corrected for all rows of the table (Holm 1979).

    Raises
    ------
    PlanError
        The clauses of a plan do not allow the counting.
    """
    work = _work_by_plan(tasks, assignments, counting)
    random = np.random.default_rng(seed)
    found = []
    for a, b in combinations(sorted(work), 2):
        both, n = np.vstack([work[a], work[b]]), len(work[a])
        orders = [np.arange(len(both)), *(random.permutation(len(both)) for _ in range(draws))]
        sides = [[_held(both[rows]) for rows in (order[:n], order[n:])] for order in orders]
        for name, measure in CONCENTRATION.items():
            gaps = np.array([float(measure(one) - measure(two)) for one, two in sides])
            found.append((a, b, name, gaps[0], np.mean(np.abs(gaps) >= abs(gaps[0]) - 1e-12)))
    table = pd.DataFrame(found, columns=["doc_a", "doc_b", "measure", "difference", "p"])
    order = table["p"].sort_values(kind="stable").index
    steps = table.loc[order, "p"] * np.arange(len(order), 0, -1)
    return table.assign(p_holm=steps.cummax().clip(upper=1))


def _held(work: np.ndarray) -> np.ndarray:
    """Work of each body that has any."""
    total = work.sum(axis=0)
    return total[total > 0]
