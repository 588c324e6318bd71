"""The directory of bodies: who is named where, and all that the plans say of one of them."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from analysis import load
from analysis.departments.workload import unique_assignments
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.schema import BODY_TYPES


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


def department_page(department: str, doc_id: str = "") -> DepartmentPage:
    """All that the plans say of a department: its tasks, their targets, its partners.

    Parameters
    ----------
    department
        As the table assignments has it; `selection.find_department` knows it by other names.
    doc_id
        One plan; all if empty.

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
        No plan, or not the one asked for, names the department.
    """
    documents, tasks, assignments, quantities = load.tables(
        "documents", "tasks", "assignments", "quantities"
    )
    documents = documents[["doc_id", "doc_number"]].assign(county=documents["label"])
    tasks = tasks.merge(documents, on="doc_id")
    own = unique_assignments(assignments).query("department == @department")
    own = own.merge(tasks, on="task_id", validate="one_to_one")
    where = "、".join(dict.fromkeys(own["county"]))
    if own.empty:
        raise PlanError(f"no plan names {department}", "list_bodies lists those named")
    if doc_id:
        own = own[own["doc_id"].eq(doc_id)]
    if own.empty:
        raise PlanError(f"the plan {doc_id} does not name {department}", f"named in: {where}")
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


def _list_partners(own: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """One row per body named in the same tasks, and in which relation."""
    mine = own[["task_id", "department", "role"]]
    both = unique_assignments(assignments).merge(mine, on="task_id", suffixes=("", "_own"))
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
