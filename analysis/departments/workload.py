"""Who carries how much: three ways of counting assignments, and what may be compared.

A count of assignments is no measure of effort: it says how often a plan names a body, in which
role, and how many targets and characters the tasks hold that name it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.schema import ROLES

COUNTINGS = ("any", "first", "lead", "support", "fractional", "fractional_lead")
WORKS = ("tasks", "targets", "characters")
# Bodies of the county itself; institutions, parks and townships answer to others as well.
OFFICES = ("department", "party")


def unique_assignments(assignments: pd.DataFrame) -> pd.DataFrame:
    """One row per task and department; the weightier role stands where a clause names one twice."""
    order = assignments["role"].map({"lead": 0, "responsible": 1, "support": 2})
    rows = assignments.assign(order=order).sort_values(["task_id", "order", "position"])
    rows = rows.drop_duplicates(["task_id", "department"]).drop(columns="order")
    return rows.sort_values(["task_id", "position"], ignore_index=True)


def describe_clauses(tasks: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """What the responsibility clauses of each plan say, and so what can be counted in it.

    Returns
    -------
    DataFrame
        One row per plan: doc_id, n_tasks, n_clauses; clauses with a lead, with support, with
        responsible bodies; open_lists (clauses that 等 leaves open), collectives (clauses that
        name several bodies at once, e.g. 各镇街); bodies_per_clause (NaN without a clause);
        countings that it allows.
    """
    rows = unique_assignments(assignments).merge(tasks[["task_id", "doc_id"]], on="task_id")
    flags = pd.DataFrame({role: rows["role"].eq(role) for role in ROLES})
    flags["open_lists"] = rows["open_list"].astype(bool)
    flags["collectives"] = rows["body_type"].eq("collective")
    per_task = flags.groupby([rows["doc_id"], rows["task_id"]]).any()
    n_tasks = tasks.groupby("doc_id").size()
    by_plan = per_task.groupby("doc_id")
    out = by_plan.sum().reindex(n_tasks.index, fill_value=0).astype(int)
    out.insert(0, "n_tasks", n_tasks)
    out.insert(1, "n_clauses", by_plan.size().reindex(n_tasks.index, fill_value=0))
    out["bodies_per_clause"] = rows.groupby("doc_id").size() / out["n_clauses"]
    used = out[list(ROLES)] > 0
    allowed = pd.DataFrame({c: used[list(needs)].any(axis=1) for c, needs in _needs().items()})
    out["countings"] = allowed.apply(lambda row: ", ".join(row.index[row]), axis=1)
    return out.reset_index()


def _needs() -> dict[str, tuple[str, ...]]:
    """Roles of which a plan must use one before a counting can be compared."""
    rows = read_lexicon("countings")
    return {r["counting"]: tuple(r["needs"].split("|")) if r["needs"] else ROLES for r in rows}


def plans_that_allow(tasks: pd.DataFrame, assignments: pd.DataFrame, counting: str) -> list[str]:
    """Plans whose clauses say what a counting needs.

    Raises
    ------
    PlanError
        The counting is not in ``lexicon/countings.csv``.
    """
    if counting not in _needs():
        raise PlanError(f"no counting {counting!r}", f"one of: {', '.join(_needs())}")
    plans = describe_clauses(tasks, assignments)
    allows = [counting in allowed.split(", ") for allowed in plans["countings"]]
    return plans.loc[allows, "doc_id"].tolist()


def comparable_measures(
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *asked: str,
    doc_ids: Sequence[str] | None = None,
) -> list[str]:
    """Countings in which plans may stand beside each other, for what their clauses say.

    Parameters
    ----------
    asked
        Countings that the caller is about to compare (``lexicon/countings.csv``).
    doc_ids
        Plans to compare; all plans if none is named.

    Raises
    ------
    PlanError
        A counting asked for is unknown, or a plan's clauses do not say what it needs.
    """
    if unknown := sorted(set(asked) - set(_needs())):
        raise PlanError(f"no counting {', '.join(unknown)}", f"one of: {', '.join(_needs())}")
    plans = describe_clauses(tasks, assignments).set_index("doc_id")["countings"].str.split(", ")
    compared = plans.index if doc_ids is None else doc_ids
    if unknown := sorted(set(compared) - set(plans.index)):
        raise PlanError(f"no clauses of {', '.join(unknown)}", f"one of: {', '.join(plans.index)}")
    for counting in asked:
        if silent := sorted(doc_id for doc_id in compared if counting not in plans[doc_id]):
            raise PlanError(
                f"{counting} cannot be compared: the clauses of {', '.join(silent)} "
                f"never say {' or '.join(_needs()[counting])}",
                "leave these plans out, or compare any, first or fractional",
            )
    return [c for c in _needs() if all(c in plans[doc_id] for doc_id in compared)]


def weigh_assignments(assignments: pd.DataFrame) -> pd.DataFrame:
    """Give every body of a task its weight under each way of counting.

    Returns
    -------
    DataFrame
        One row per task and department, with the columns of `COUNTINGS`: ``any`` 1; ``first`` 1
        for the body named first; ``lead`` 1 for a lead, or for a body that answers for the task
        alone; ``support`` 1; ``fractional`` 1/n over the bodies named; ``fractional_lead`` 1/n
        over leads or, where nobody is singled out, over the bodies responsible. A collective is
        one body. ``open_any``, ``open_lead`` and ``open_support`` tell whether the task means
        further bodies that it does not name (等, or a collective).
    """
    rows = unique_assignments(assignments)
    task = rows["task_id"]
    carries = rows["role"].ne("support")
    n_carry = carries.groupby(task).transform("sum")
    is_open = rows["open_list"].astype(bool) | rows["body_type"].eq("collective")
    alone = rows["role"].eq("responsible") & n_carry.eq(1) & ~is_open
    weights = {
        "any": task.notna(),
        "first": rows["position"].eq(rows.groupby("task_id")["position"].transform("min")),
        "lead": rows["role"].eq("lead") | alone,
        "support": ~carries,
        "fractional": 1 / task.groupby(task).transform("size"),
        "fractional_lead": carries / n_carry.clip(lower=1),
    }
    return rows.assign(
        **{counting: weight.astype("float64") for counting, weight in weights.items()},
        open_any=is_open.groupby(task).transform("any"),
        open_lead=(is_open & carries).groupby(task).transform("any"),
        open_support=(is_open & ~carries).groupby(task).transform("any"),
    )


def measure_tasks(tasks: pd.DataFrame, quantities: pd.DataFrame) -> pd.DataFrame:
    """One row per task: doc_id, theme, tasks (1), targets, characters of title and text."""
    targets = quantities.loc[quantities["kind"].eq("target"), "task_id"].value_counts()
    return tasks[["task_id", "doc_id", "theme"]].assign(
        tasks=1.0,
        targets=tasks["task_id"].map(targets).fillna(0.0),
        characters=(tasks["title"].str.len() + tasks["text"].str.len()).astype(float),
    )


def count_workload(
    tasks: pd.DataFrame, assignments: pd.DataFrame, quantities: pd.DataFrame
) -> pd.DataFrame:
    """Count what each plan gives to each department, in every way side by side.

    Returns
    -------
    DataFrame
        One row per plan, department and counting: doc_id, department, body_type, counting,
        tasks, targets, characters (each weighted by the counting), and at_most: tasks if every
        open list meant this department too (empty for fractions, which open lists lower by an
        amount that nobody can know). A counting that a plan's clauses are silent on has no row.
    """
    weights = weigh_assignments(assignments)
    work = measure_tasks(tasks, quantities)
    rows = weights.merge(work, on="task_id", validate="many_to_one")
    key = ["doc_id", "department", "body_type"]
    parts = []
    for counting in COUNTINGS:
        weight = rows[counting]
        part = rows[list(WORKS)].mul(weight, axis=0).groupby([rows[k] for k in key]).sum()
        part["at_most"] = _at_most(rows, counting)
        stated = weight.groupby(rows["doc_id"]).any()
        part = part.reset_index().assign(counting=counting)
        parts.append(part[part["doc_id"].map(stated).astype(bool)])
    out = pd.concat(parts, ignore_index=True)[[*key, "counting", *WORKS, "at_most"]]
    return out.sort_values(["doc_id", "department", "counting"], ignore_index=True)


def _at_most(rows: pd.DataFrame, counting: str) -> pd.Series:
    """Tasks by plan and department if each open list meant the department as well."""
    keys = [rows["doc_id"], rows["department"], rows["body_type"]]
    certain = rows[counting].groupby(keys).sum()
    if f"open_{counting}" not in rows:
        return certain if counting == "first" else certain * np.nan
    is_open = rows[f"open_{counting}"]
    n_open = rows.loc[is_open, "task_id"].groupby(rows["doc_id"]).nunique()
    named = (is_open & rows[counting].gt(0)).groupby(keys).sum()
    doc_ids = certain.index.get_level_values("doc_id")
    return certain + n_open.reindex(doc_ids, fill_value=0).to_numpy() - named


def compare_counties(
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    quantities: pd.DataFrame,
    counting: str = "any",
    *,
    work: str = "tasks",
    doc_ids: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Share of each plan's work by department, in a counting that the plans allow.

    Returns
    -------
    DataFrame
        One row per department, one column per plan: share (0 to 1) of the work of all tasks with
        a clause; empty where the plan does not name the department.

    Raises
    ------
    PlanError
        As `comparable_measures`: the clauses of a plan do not say what the counting needs.
    """
    check_counting(counting, work)
    comparable_measures(tasks, assignments, counting, doc_ids=doc_ids)
    counts = count_workload(tasks, assignments, quantities).query("counting == @counting")
    measured = measure_tasks(tasks, quantities)
    with_clause = measured["task_id"].isin(assignments["task_id"])
    totals = measured[with_clause].groupby("doc_id")[work].sum()
    shares = counts.pivot(index="department", columns="doc_id", values=work) / totals
    return shares if doc_ids is None else shares[list(doc_ids)].dropna(how="all")


def check_counting(counting: str, work: str = "tasks") -> None:
    """Refuse a counting that is not in `COUNTINGS`, or work that is not in `WORKS`.

    Raises
    ------
    PlanError
        One of them is unknown.
    """
    for given, known in ((counting, COUNTINGS), (work, WORKS)):
        if given not in known:
            raise PlanError(f"{given!r} cannot be counted", f"one of: {', '.join(known)}")


def rank_departments(counts: pd.DataFrame, *, doc_id: str | None = None) -> pd.DataFrame:
    """Rank departments in every counting but support, to see how far the order depends on it.

    Parameters
    ----------
    counts
        Table of `count_workload`.
    doc_id
        One plan; all plans added up if none is named.

    Returns
    -------
    DataFrame
        One row per department, by median rank: median, highest, lowest (1 is most; ties share the
        better rank), and the rank in each order as ``any_tasks``, ``lead_targets`` ...

    Raises
    ------
    PlanError
        The plan has no body of these kinds.
    """
    is_ranked = counts["body_type"].isin(OFFICES) & counts["counting"].ne("support")
    rows = counts[is_ranked & (counts["doc_id"].eq(doc_id) | (doc_id is None))]
    if rows.empty:
        raise PlanError(f"nothing to rank in {doc_id}", "name a plan and kinds of body in it")
    sums = rows.pivot_table(
        index="department", columns="counting", values=list(WORKS), aggfunc="sum", fill_value=0
    )
    # Sums of fractions differ in the last bit by the order of adding; equal work is a tie.
    ranks = sums.round(9).rank(ascending=False, method="min").astype(int)
    ranks.columns = [f"{counting}_{work}" for work, counting in ranks.columns]
    out = pd.DataFrame(
        {"median": ranks.median(axis=1), "highest": ranks.min(axis=1), "lowest": ranks.max(axis=1)}
    ).join(ranks)
    out = out.rename_axis("department").reset_index()
    return out.sort_values(["median", "lowest", "department"], ignore_index=True)
