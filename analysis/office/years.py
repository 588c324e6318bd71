"""Sheets of the indicator workbook: this year against last, and results against targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from openpyxl import Workbook

from analysis import load
from analysis.load import Plans
from analysis.office.notes import plain
from analysis.office.sheets import Cell, Head, write_sheet
from analysis.targets.panel import compare_target_years
from analysis.targets.results import compare_results
from analysis.wording import county_name, text_for

# Column of the table, head of the sheet, greatest width.
_YEARS = (
    ("county", "county", 13), ("state", "state", 10), ("name", "indicator", 26),
    ("before_text", "before", 16), ("text", "now", 16), ("ratio", "share", 10),
    ("before_sentence", "before_sentence", 46), ("sentence", "sentence", 46),
    ("id", "task", 20),
)  # fmt: skip
_RESULTS = (
    ("county", "county", 13), ("outcome", "outcome", 10), ("name", "indicator", 26),
    ("text", "target", 16), ("result_text", "result", 16), ("ratio", "reached", 10),
    ("sentence", "target_sentence", 42), ("result_sentence", "result_sentence", 42),
    ("remark", "remark", 14), ("id", "task", 20),
)  # fmt: skip
_NARROW = {"state", "outcome", "ratio", "county", "id", "remark"}


def add_years(book: Workbook, plans: Plans, printed: Mapping[str, str], language: str) -> None:
    """Add a sheet of the targets of two years, and one of results, where the plans have them."""
    own = set(plans.documents["doc_id"])
    tables = load.tables("documents", "tasks", "quantities", scope=load.ALL)
    is_plan = tables[0]["kind"].eq("plan")
    years = compare_target_years(tables[0][is_plan], *tables[1:])
    years = years[years["doc_id"].isin(own)]
    results = compare_results(*tables)
    results = results[results["doc_id"].isin(own)]
    names = county_name(tables[0], language)
    years = years.assign(
        ratio=1 + years["change"],
        state=[text_for(f"state_{s}", language) for s in years["state"]],
        name=years["indicator"].fillna(years["before_indicator"]),
        id=years["task_id"].fillna(years["before_task_id"]),
    )
    results = results.assign(
        ratio=results["share"],
        outcome=[text_for(f"outcome_{o}", language) for o in results["outcome"]],
        name=results["indicator"].fillna(results["result_indicator"]),
        id=results["task_id"].fillna(results["result_task_id"]),
    )
    for key, frame, columns in (
        ("print_years", years, _YEARS),
        ("print_results", results, _RESULTS),
    ):
        if frame.empty:
            continue
        rows = frame.assign(county=frame["doc_id"].map(names))
        write_sheet(
            book,
            text_for(key, language),
            [Head(text_for(f"years_head_{head}", language), wide) for _, head, wide in columns],
            (
                [_cell(name, row[name], language) for name, *_ in columns]
                for row in rows.to_dict("records")
            ),
            freeze="D2",
            printed=dict(printed) | {"top": text_for(key, language)},
        )


def _cell(name: str, value: Any, language: str) -> Cell:
    look = "centre" if name in _NARROW else "text"
    if name == "ratio":
        return Cell(None if pd.isna(value) else round(float(value), 4), look, format="0.0%")
    return plain(None if pd.isna(value) or value == "" else str(value), look, language)
