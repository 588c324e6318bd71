"""What became of a plan: its targets beside what a report of results says."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from analysis.targets.panel import pair_targets
from analysis.targets.prepare import prepare_targets

_ABOUT = 0.05  # of a target that is stated as about, 0 to 1
# A number of a part of the year is no result of the year.
_PART = re.compile(
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})[-—~至到、](?:\d{1,2}|[一二三四五六七八九十]{1,2})月"
    r"|[上下]半年|[前第一二三四]+季度|(?:截至|截止到?|到)(?:目前|\d{1,2}月|[一二三四五六七八九十]{1,2}月)"
    r"|(?:首|前)\d{1,2}个?月|今年以来|月均"
)
_WHOLE = re.compile(r"1[-—~至到]12月|(?:截至|到)12月(?:底|末|31日)|(?:截至|到)年(?:底|末)")
_LATER = re.compile("新的一年|我们(?:将|计划)|[明来次下](?:一个?)?年|下一步")
OUTCOMES = ("exceeded", "reached", "missed", "undecided", "not_mentioned")


def compare_results(
    documents: pd.DataFrame, tasks: pd.DataFrame, quantities: pd.DataFrame
) -> pd.DataFrame:
    """Every target of a plan beside the result that a report of the same place and year tells.

    Parameters
    ----------
    documents, tasks, quantities
        Tables with plans and reports (`load.tables` with the scope ``all``).

    Returns
    -------
    DataFrame
        One row per target of a plan with a report, and per number of a report that is no target's
        result: doc_id (the plan), report_doc_id, outcome (exceeded, reached, missed; undecided:
        the two numbers leave it open; not_mentioned; unmatched, for a number of the report),
        indicator, text, sentence, bound, quantity_id of the target, the same with ``result_`` of
        the report, share (result over target), and remark (why a number was not taken: part of
        the year, another year).
    """
    reports = documents[documents["kind"].eq("report")]
    plans = documents[documents["kind"].eq("plan")]
    keys = ["province", "city", "county", "year"]
    both = plans.merge(reports, on=keys, suffixes=("", "_report"))
    said = prepare_targets(quantities, tasks, plans)
    told = prepare_targets(quantities.assign(kind="target"), tasks, reports)
    rows: list[dict[str, Any]] = []
    for pair in both.sort_values(["doc_id", "doc_id_report"]).itertuples():
        own = said[said["doc_id"].eq(pair.doc_id)].reset_index(drop=True)
        found = told[told["doc_id"].eq(pair.doc_id_report)]
        remarks = _remarks(found, pair.year)
        usable = found[remarks.eq("")].reset_index(drop=True)
        pairs = pair_targets(own, usable.assign(title=""))
        ids = {"doc_id": pair.doc_id, "report_doc_id": pair.doc_id_report}
        for i, j in zip(pairs["left"], pairs["right"], strict=True):
            target, result = own.loc[i], usable.loc[j]
            rows.append(ids | _judge(target, result) | _cite(target) | _cite(result, "result_"))
        for i in own.index.difference(pairs["left"]):
            rows.append(ids | {"outcome": "not_mentioned"} | _cite(own.loc[i]))
        taken = set(usable.loc[pairs["right"], "quantity_id"])
        for result in found[~found["quantity_id"].isin(taken)].iloc:
            remark = remarks[result.name]
            rows.append(ids | {"outcome": "unmatched", "remark": remark} | _cite(result, "result_"))
    columns = ["doc_id", "report_doc_id", "outcome", "share", "remark"]
    columns += [f"{end}{c}" for end in ("", "result_") for c in _CITED]
    texts = dict.fromkeys(["remark", "quantity_id", "result_quantity_id"], "object")
    table = pd.DataFrame(rows, columns=columns).astype(texts).fillna({"remark": ""})
    order = table["quantity_id"].fillna("~" + table["result_quantity_id"].fillna(""))
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)


_CITED = ["indicator", "text", "sentence", "bound", "unit", "value_low", "value_high"]
_CITED += ["quantity_id", "task_id"]


def _cite(row: pd.Series, prefix: str = "") -> dict[str, Any]:
    return {prefix + c: row[c] for c in _CITED}


def _remarks(found: pd.DataFrame, year: int) -> pd.Series:
    """Why a number of a report is no result of the year; empty where it may be one."""
    clauses = [
        s[max(0, s.find(t) - 30) : s.find(t)] if t in s else s
        for s, t in zip(found["sentence"], found["text"], strict=True)
    ]
    part = [bool(_PART.search(c)) and not _WHOLE.search(c) for c in clauses]
    named = pd.Series([re.findall(r"20\d\d(?=年)", c) for c in clauses], index=found.index)
    other = found["year"].ne(year) | named.map(lambda years: years[-1:] not in ([], [str(year)]))
    other |= pd.Series([bool(_LATER.search(c)) for c in clauses], index=found.index)
    remarks = pd.Series("", index=found.index, dtype="str")
    return remarks.mask(pd.Series(part, index=found.index), "part of the year").mask(
        other, "another year"
    )


def _judge(target: pd.Series, result: pd.Series) -> dict[str, Any]:
    """Outcome of a target whose result is told, bounds respected."""
    low, high = result["value_base_low"], result["value_base_high"]
    about = _ABOUT * abs(low) if result["bound"] == "approx" else 0.0
    ends = (-math.inf if result["bound"] == "le" else low - about,
            math.inf if result["bound"] == "ge" else high + about)  # fmt: skip
    found = {_outcome(target, end) for end in ends}
    if len(found) > 1:  # at least reached, or left open
        found = {"reached"} if found == {"reached", "exceeded"} else {"undecided"}
    goal = target["value_base_low"]
    return {"outcome": found.pop(), "share": low / goal if goal else math.nan}


def _outcome(target: pd.Series, value: float) -> str:
    """Outcome of a value; a limit (le) is kept or not, and never exceeded."""
    low, high = target["value_base_low"], target["value_base_high"]
    slack = _ABOUT * abs(low) if target["bound"] == "approx" else 0.0
    if target["bound"] == "le":
        return "reached" if value <= high else "missed"
    if value < low - slack:
        return "missed"
    return "exceeded" if value > high + slack else "reached"
