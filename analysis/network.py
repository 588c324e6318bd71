"""Who works with whom: pairs of bodies in one clause, and the bodies that there are.

A pair says that a plan names two bodies for one task, never that they worked together.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd

from analysis import load
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.paths import PROCESSED
from analysis.schema import BODY_TYPES
from analysis.workload import comparable_measures, name_once, plans_that_allow

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
    rows = name_once(assignments).query("body_type != 'collective'")
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
    """
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


def fixed_layout(edges: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Place every body once, on a circle, so that plans can be compared at a glance.

    The order is that of the graph's Fiedler vector (Juvan and Mohar 1992): bodies that are often
    named together stand near each other.

    Returns
    -------
    DataFrame
        One row per department: x, y, on the unit circle.
    """
    pooled = edges.groupby(["source", "target"], as_index=False)["weight"].sum().round(9)
    graph = nx.from_pandas_edgelist(pooled)
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    order: list[str] = []
    for part in parts:
        inner = nx.from_pandas_edgelist(pooled[pooled["source"].isin(part)], edge_attr="weight")
        # Bodies with the same partners tie: rounded, so that their names decide and not noise.
        vector = nx.fiedler_vector(inner, "weight", seed=seed).round(6)
        order += [name for _, name in sorted(zip(vector, inner, strict=True))]
    # Half a step on, so that few bodies stand at the very top, where labels would meet.
    angle = 2 * np.pi * (np.arange(len(order)) + 0.5) / len(order)
    out = pd.DataFrame({"department": order, "x": np.cos(angle), "y": np.sin(angle)})
    return out.sort_values("department", ignore_index=True)


def list_bodies(tasks: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """Bodies that each plan names, as it names them.

    Returns
    -------
    DataFrame
        One row per plan and department: doc_id, department, body_type, names (as written, joined
        by 、), form (局, 分局, 中心 ...; empty where the name's end says nothing), tasks. A body
        that is not here is not named, which is not to say that the county has none.
    """
    rows = assignments.merge(tasks[["task_id", "doc_id"]], on="task_id", validate="many_to_one")
    bodies = rows.groupby(["doc_id", "department", "body_type"]).agg(
        names=("name", lambda names: "、".join(sorted(set(names)))),
        tasks=("task_id", "nunique"),
    )
    bodies.insert(1, "form", [_form(names) for names in bodies["names"]])
    return bodies.reset_index()


def _form(names: str) -> str:
    """Form of a body by the end of its (first) name as written."""
    forms = ((r["pattern"], r["form"]) for r in read_lexicon("body_forms"))
    return next((form for p, form in forms if re.search(p, names.split("、")[0])), "")


def structure_table(bodies: pd.DataFrame) -> pd.DataFrame:
    """Which functions have a body of their own where.

    Returns
    -------
    DataFrame
        One row per department, departments first and then each other kind of body: body_type,
        department, n_plans, and one column per plan with the names as written; empty where the
        plan names no such body.
    """
    table = bodies.pivot(index=["body_type", "department"], columns="doc_id", values="names")
    table.insert(0, "n_plans", table.notna().sum(axis=1))
    order = {body_type: i for i, body_type in enumerate(BODY_TYPES)}
    out = table.rename_axis(columns=None).reset_index()
    out["order"] = out["body_type"].map(order)
    out = out.sort_values(["order", "n_plans", "department"], ascending=[True, False, True])
    return out.drop(columns="order").reset_index(drop=True)


class DepartmentPage(NamedTuple):
    """All that the plans say of one department."""

    department: str
    tasks: pd.DataFrame
    targets: pd.DataFrame
    partners: pd.DataFrame


def find_department(name: str, assignments: pd.DataFrame) -> str:
    """Department behind a name: the function's, one as written in a plan, short, or in English.

    A part of a name will do where only one department has it: 发改局 finds 区发改局.

    Raises
    ------
    PlanError
        No body, or more than one, goes by this name; the error lists the nearest names.
    """
    named = sorted(set(assignments["department"]))
    aliases = {d: d for d in named}
    for row in read_lexicon("department_names"):
        known_as = (row["department"], row["short"], row["name_en"], row["short_en"])
        aliases |= {alias.casefold(): row["department"] for alias in known_as}
    aliases |= dict(zip(assignments["name"], assignments["department"], strict=True))
    wanted = name.strip().casefold()
    found = {aliases[wanted]} if wanted in aliases else set()
    if not found and len(wanted) > 1:
        found = {d for alias, d in aliases.items() if wanted in alias and d in named}
    if len(found) == 1:
        if found <= set(named):
            return found.pop()
        raise PlanError(f"no plan names {found.pop()}", "list_bodies lists those named")
    near = difflib.get_close_matches(wanted, aliases, n=6, cutoff=0.3)
    options = sorted(found) or [d for d in dict.fromkeys(aliases[a] for a in near) if d in named]
    raise PlanError(
        f"{'more than one' if found else 'no'} department {name!r}",
        f"did you mean {'、'.join(options[:4])}?" if options else "list_bodies lists all",
    )


def department_page(
    name: str, county: str | None = None, *, folder: Path = PROCESSED
) -> DepartmentPage:
    """All that the plans say of a department: its tasks, their targets, its partners.

    Parameters
    ----------
    name
        Name as for `find_department`.
    county
        County as printed, its plan's doc_id, or the first part of that; all counties if None.

    Returns
    -------
    DepartmentPage
        ``tasks``: one row per task, with role and whether its list is open. ``targets``: one row
        per target of these tasks, value_low to value_high in unit, due as stated; a task's
        targets are its bodies' together. ``partners``: one row per body named with it: tasks
        together; tasks in which it supports the department, is supported by it, or stands beside.

    Raises
    ------
    PlanError
        Department or county are unknown (the error suggests the nearest), or the county's plan
        does not name the department.
    """
    documents, tasks, assignments, quantities = load.tables(
        "documents", "tasks", "assignments", "quantities", folder=folder
    )
    department = find_department(name, assignments)
    tasks = tasks.merge(documents[["doc_id", "county", "doc_number"]], on="doc_id")
    own = name_once(assignments).query("department == @department")
    own = own.merge(tasks, on="task_id", validate="one_to_one")
    if county is not None:
        doc_id = _find_plan(county, documents)
        if doc_id not in set(own["doc_id"]):
            where = "、".join(dict.fromkeys(own["county"]))
            raise PlanError(f"the plan {doc_id} does not name {department}", f"named in: {where}")
        own = own[own["doc_id"].eq(doc_id)]
    place = ["task_id", "county", "doc_number", "task_no"]
    targets = own[["task_id", "county", "task_no", "role"]].merge(
        quantities.query("kind == 'target'"), on="task_id"
    )
    said = ["indicator", "value_low", "value_high", "unit", "bound", "measure", "due", "sentence"]
    listed = own[[*place, "name", "role", "open_list", "theme", "title"]]
    return DepartmentPage(
        department,
        listed.sort_values("task_id", ignore_index=True),
        targets[["quantity_id", "county", "task_no", "role", *said]].reset_index(drop=True),
        _list_partners(own, assignments),
    )


def _find_plan(county: str, documents: pd.DataFrame) -> str:
    """Plan of a county by name, doc_id or the part of the doc_id before the year."""
    short = documents["doc_id"].str.rsplit("-", n=1).str[0]
    options: dict[str, str] = {}
    for names in (documents["county"], documents["doc_id"], short):
        options |= dict(zip(names, documents["doc_id"], strict=True))
    if county in options:
        return options[county]
    near = difflib.get_close_matches(county, options, n=2, cutoff=0.3) or documents["county"]
    raise PlanError(f"no plan of {county!r}", f"did you mean {'、'.join(near)}?")


def _list_partners(own: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """One row per body named in the same tasks, and in which relation."""
    mine = own[["task_id", "department", "role"]]
    both = name_once(assignments).merge(mine, on="task_id", suffixes=("", "_own"))
    both = both[both["department"] != both["department_own"]]
    carried, carries = both["role_own"].ne("support"), both["role"].ne("support")
    relation = {
        "tasks": carries | ~carries,
        "supports_it": carried & ~carries,
        "supported_by_it": ~carried & carries,
        "beside_it": carried == carries,
    }
    partners = pd.DataFrame(relation).groupby([both["department"], both["body_type"]]).sum()
    return (
        partners.rename_axis(["partner", "body_type"])
        .reset_index()
        .sort_values(["tasks", "partner"], ascending=[False, True], ignore_index=True)
    )
