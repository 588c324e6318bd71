"""Who works with whom: pairs of bodies in one clause.

A pair says that a plan names two bodies for one task, never that they worked together.
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import pandas as pd

from analysis.departments.workload import comparable_measures, plans_that_allow, unique_assignments
from analysis.errors import PlanError

KINDS = ("lead_support", "co_lead", "joint", "together")


def pair_bodies(tasks: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """Pairs of bodies that a clause names together; collectives are no partners.

    Returns
    -------
    DataFrame
        One row per task, kind and pair: task_id, doc_id, kind, source, target, weight. Kinds:
        ``lead_support`` from whoever carries the task to whoever supports; without direction
        (source sorts before target) ``co_lead`` between leads, ``joint`` between bodies of which
        none is singled out, and ``together`` between any two. Weights of one task and kind add
        up to 1 (Newman 2001), so that a clause with eight bodies does not outweigh the rest.
    """
    rows = unique_assignments(assignments).query("body_type != 'collective'")
    rows = rows.merge(tasks[["task_id", "doc_id"]], on="task_id", validate="many_to_one")
    rows = rows[["task_id", "doc_id", "department", "role"]]
    both = rows.merge(rows, on=["task_id", "doc_id"], suffixes=("", "_other"))
    in_order = both["department"] < both["department_other"]
    ends = both["role"].str.cat(both["role_other"], sep="-")
    chosen = {
        "lead_support": ends.isin(["lead-support", "responsible-support"]),
        "co_lead": ends.eq("lead-lead") & in_order,
        "joint": ends.eq("responsible-responsible") & in_order,
        "together": in_order,
    }
    pairs = pd.concat([both[keep].assign(kind=kind) for kind, keep in chosen.items()])
    pairs["weight"] = 1 / pairs.groupby(["task_id", "kind"])["kind"].transform("size")
    pairs = pairs.rename(columns={"department": "source", "department_other": "target"})
    names = ["task_id", "doc_id", "kind", "source", "target", "weight"]
    return pairs[names].sort_values(names[:-1], ignore_index=True)


def coordination_edges(
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    kind: str = "lead_support",
    *,
    doc_ids: Sequence[str] | None = None,
    pooled: bool = False,
) -> pd.DataFrame:
    """Edges of one kind with their weights.

    Returns
    -------
    DataFrame
        One row per plan and pair, or per pair if `pooled`: doc_id (``all`` if pooled), kind,
        source, target, tasks (tasks that name both), weight (sum of the fractions), n_plans.

    Raises
    ------
    PlanError
        The kind is unknown, or the clauses of a plan asked for do not state it: 滕州 names no
        support. `plans_that_allow` lists the plans that do.
    """
    if kind not in KINDS:
        raise PlanError(f"no kind of edge {kind!r}", f"one of: {', '.join(KINDS)}")
    comparable_measures(tasks, assignments, kind, doc_ids=doc_ids)
    pairs = pair_bodies(tasks, assignments).query("kind == @kind")
    if doc_ids is not None:
        pairs = pairs[pairs["doc_id"].isin(doc_ids)]
    rows = pairs.assign(plan="all" if pooled else pairs["doc_id"])
    edges = rows.groupby(["plan", "kind", "source", "target"]).agg(
        tasks=("task_id", "size"), weight=("weight", "sum"), n_plans=("doc_id", "nunique")
    )
    return edges.rename_axis(index={"plan": "doc_id"}).reset_index()


def shared_edges(edges: pd.DataFrame) -> pd.DataFrame:
    """Set the plans side by side: one row per pair, tasks by plan, n_plans and their sum."""
    table = edges.pivot(index=["source", "target"], columns="doc_id", values="tasks")
    table = table.fillna(0).astype(int)
    ordered = table.assign(n_plans=table.gt(0).sum(axis=1), tasks=table.sum(axis=1)).reset_index()
    return ordered.rename_axis(columns=None).sort_values(
        ["n_plans", "tasks", "source", "target"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )


def measure_centrality(edges: pd.DataFrame) -> pd.DataFrame:
    """Centrality of each body in the network of each plan.

    Returns
    -------
    DataFrame
        One row per plan and department. Directed edges: out_degree and out_strength (bodies that
        support it, and their tasks added up), in_degree and in_strength (bodies that it
        supports). Others: degree and strength. Both: betweenness (Freeman 1977; edges unweighted,
        0 to 1).

    Raises
    ------
    PlanError
        There are no edges.
    """
    if edges.empty:
        raise PlanError("no two bodies share a task", "choose more counties")
    directed = edges["kind"].eq("lead_support").all()
    parts = []
    for doc_id, plan in edges.groupby("doc_id"):
        graph = nx.from_pandas_edgelist(
            plan, edge_attr="tasks", create_using=nx.DiGraph if directed else nx.Graph
        )
        measures = {"betweenness": nx.betweenness_centrality(graph)}
        for end in ("out_", "in_") if directed else ("",):
            degree = getattr(graph, f"{end}degree")
            measures[f"{end}degree"] = dict(degree())
            measures[f"{end}strength"] = dict(degree(weight="tasks"))
        parts.append(pd.DataFrame(measures).assign(doc_id=doc_id))
    first = "out_strength" if directed else "strength"
    out = pd.concat(parts).rename_axis("department").reset_index()
    names = [c for c in out if c not in {"doc_id", "department", "betweenness"}]
    return out[["doc_id", "department", *names, "betweenness"]].sort_values(
        ["doc_id", first, "department"], ascending=[True, False, True], ignore_index=True
    )


def compare_coordinators(tasks: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """Who coordinates where: tasks that a body carries with the support of others.

    Returns
    -------
    DataFrame
        One row per department that coordinates in at least one plan, one column per plan that
        states support: 0 where the plan names the department without support, empty where it does
        not name it; n_plans that it coordinates in.
    """
    doc_ids = plans_that_allow(tasks, assignments, "lead_support")
    pairs = pair_bodies(tasks, assignments).query("kind == 'lead_support'")
    led = pairs.groupby(["source", "doc_id"])["task_id"].nunique().unstack()
    named = assignments.merge(tasks[["task_id", "doc_id"]], on="task_id")
    is_named = pd.crosstab(named["department"], named["doc_id"]).gt(0)
    table = led.reindex(columns=doc_ids).fillna(0)
    table = table.where(is_named.loc[table.index, doc_ids]).rename_axis("department")
    table["n_plans"] = table.gt(0).sum(axis=1)
    total = table[doc_ids].sum(axis=1).rename("total")
    return table.loc[total.sort_values(ascending=False, kind="stable").index].reset_index()
