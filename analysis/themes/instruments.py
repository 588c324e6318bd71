"""What the plans do about green development: fields, instruments, and how hard the wording is.

Everything here is read by closed lists (``lexicon/green_fields.csv``, ``instruments.csv``,
``strength.csv``), clause by clause: a clause may belong to several fields and use several
instruments, or none that the lists know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from analysis.lexicon import read_lexicon

GREEN = "绿色低碳"
PLAIN = "平述"
STATED = ("numbers", "pledge", "mention", "nothing")
_CLAUSE = re.compile(r"[^,，。;；:：!！?？\n]+")


@cache
def _patterns(name: str, column: str) -> dict[str, re.Pattern[str]]:
    return {row[column]: re.compile(row["pattern"]) for row in read_lexicon(name)}


def fields() -> list[str]:
    """Fields of green development in the order of their lexicon."""
    return list(_patterns("green_fields", "field"))


def instruments() -> list[str]:
    """Instruments in the order of their lexicon."""
    return list(_patterns("instruments", "instrument"))


def strengths() -> list[str]:
    """Grades of wording, hardest first; plain statements stand between the first and the rest."""
    first, *rest = _patterns("strength", "strength")
    return [first, PLAIN, *rest]


def find_fields(text: str) -> list[str]:
    """Fields of green development that a text names."""
    return _named(_patterns("green_fields", "field"), text)


def find_instruments(clause: str) -> list[str]:
    """Instruments that a clause names."""
    return _named(_patterns("instruments", "instrument"), clause)


def _named(patterns: dict[str, re.Pattern[str]], text: str) -> list[str]:
    return [name for name, pattern in patterns.items() if pattern.search(text)]


def grade_wording(clause: str) -> str:
    """How hard a clause is worded: the first grade of the lexicon that it names, else plain."""
    for name, pattern in _patterns("strength", "strength").items():
        if pattern.search(clause):
            return name
    return PLAIN


def read_clauses(tasks: pd.DataFrame) -> pd.DataFrame:
    """Divide title and text of each task into clauses, at every mark but the enumeration comma.

    Returns
    -------
    DataFrame
        One row per clause: task_id, doc_id, position (from 0, the title first), clause, fields,
        instruments (both lists), strength. A clause without a field of its own, as after 其中, has
        the fields of none: it is not guessed from its neighbours.
    """
    rows = [
        (task.task_id, task.doc_id, position, clause)
        for task in tasks.itertuples()
        for position, clause in enumerate(
            found.group().strip() for found in _CLAUSE.finditer(f"{task.title}。{task.text}")
        )
        if clause
    ]
    frame = pd.DataFrame(rows, columns=["task_id", "doc_id", "position", "clause"])
    return frame.assign(
        fields=frame["clause"].map(find_fields),
        instruments=frame["clause"].map(find_instruments),
        strength=frame["clause"].map(grade_wording),
    )


def share_green(
    tasks: pd.DataFrame, themes: pd.DataFrame, quantities: pd.DataFrame
) -> pd.DataFrame:
    """How much of each plan is green, on four definitions.

    Returns
    -------
    DataFrame
        One row per plan and definition: doc_id, by, n, n_all, share (NaN of nothing).
        ``heading``: tasks under a green heading; ``words``: tasks that the classifier calls green;
        ``field``: tasks whose title names a field of `find_fields`; ``targets``: targets whose
        sentence names one.
    """
    theme = themes.set_index("task_id")["predicted_theme"]
    targets = quantities[quantities["kind"].eq("target")]
    plan_of = tasks.set_index("task_id")["doc_id"]
    named = {
        "heading": (tasks["doc_id"], tasks["theme"].eq(GREEN)),
        "words": (tasks["doc_id"], tasks["task_id"].map(theme).eq(GREEN)),
        "field": (tasks["doc_id"], tasks["title"].map(find_fields).astype(bool)),
        "targets": (
            targets["task_id"].map(plan_of),
            targets["sentence"].map(find_fields).astype(bool),
        ),
    }
    parts = []
    for by, (plans, green) in named.items():
        counted = green.groupby(plans.to_numpy()).agg(n="sum", n_all="size")
        counted = counted.reindex(sorted(tasks["doc_id"].unique()), fill_value=0)
        parts.append(counted.rename_axis("doc_id").reset_index().assign(by=by))
    frame = pd.concat(parts, ignore_index=True)
    frame["share"] = frame["n"] / frame["n_all"]
    return frame[["doc_id", "by", "n", "n_all", "share"]]


def is_green(tasks: pd.DataFrame, themes: pd.DataFrame) -> pd.Series:
    """Whether heading or words put a task under green development, in the order of `tasks`."""
    by_words = tasks["task_id"].map(themes.set_index("task_id")["predicted_theme"]).eq(GREEN)
    return tasks["theme"].eq(GREEN) | by_words


def cover_fields(
    tasks: pd.DataFrame, clauses: pd.DataFrame, quantities: pd.DataFrame, pledges: pd.DataFrame
) -> pd.DataFrame:
    """Who pledges what in each field: in numbers, in words, by name only, or not at all.

    Returns
    -------
    DataFrame
        One row per field and plan: field, doc_id, n_clauses (that name the field), n_tasks (that
        hold one), n_targets and n_pledges (numbers, and targets in words such as 全覆盖, whose own
        clause or indicator names it), stated (the first of `STATED` that holds).
    """
    named = clauses.explode("fields").rename(columns={"fields": "field"})
    named = named[named["field"].notna()]
    cells = pd.MultiIndex.from_product(
        [fields(), sorted(tasks["doc_id"].unique())], names=["field", "doc_id"]
    )
    counted = named.groupby(["field", "doc_id"])["task_id"].agg(n_clauses="size", n_tasks="nunique")
    counted = counted.reindex(cells)
    plans = tasks.set_index("task_id")["doc_id"]
    for column, rows in (
        ("n_targets", quantities[quantities["kind"].eq("target")]),
        ("n_pledges", pledges),
    ):
        found = _with_fields(rows).explode("fields").rename(columns={"fields": "field"})
        found["doc_id"] = found["task_id"].map(plans)
        counted[column] = found.groupby(["field", "doc_id"]).size()
    counted = counted.fillna(0).astype("int64")
    holds = [counted[column] > 0 for column in ("n_targets", "n_pledges", "n_clauses")]
    return counted.assign(stated=np.select(holds, STATED[:3], STATED[3])).reset_index()


def _with_fields(rows: pd.DataFrame) -> pd.DataFrame:
    """Quantities or pledges with the fields that their own clause, and their indicator, name."""
    found = [
        find_fields(_around(row.sentence, row.text) + row.indicator) for row in rows.itertuples()
    ]
    return rows[["task_id", "text", "indicator", "sentence"]].assign(fields=found)


def _around(sentence: str, text: str) -> str:
    """The clause of a sentence that holds a number."""
    return next((c for c in _CLAUSE.findall(sentence) if text in c), "")


def green_targets(quantities: pd.DataFrame) -> pd.DataFrame:
    """Targets of green fields: task_id, text, indicator, sentence, fields (a list)."""
    found = _with_fields(quantities[quantities["kind"].eq("target")])
    return found[found["fields"].astype(bool)].reset_index(drop=True)


def count_instruments(clauses: pd.DataFrame, *, by: Iterable[str] = ("doc_id",)) -> pd.DataFrame:
    """How often each instrument is used.

    Returns
    -------
    DataFrame
        One row per group and instrument, zeros included: the columns `by`, instrument, n (clauses
        with it), n_all (clauses of the group), share. A clause with two counts in both; the rest
        of the clauses names none.
    """
    keys = list(by)
    sizes = clauses.groupby(keys).size().rename("n_all")
    named = clauses.explode("instruments").rename(columns={"instruments": "instrument"})
    table = named.groupby([*keys, "instrument"]).size().unstack(fill_value=0)
    table = table.reindex(index=sizes.index, columns=instruments(), fill_value=0)
    counted = table.reset_index().melt(keys, var_name="instrument", value_name="n")
    counted = counted.merge(sizes.reset_index(), on=keys, validate="many_to_one")
    return counted.assign(share=counted["n"] / counted["n_all"])


def count_strengths(clauses: pd.DataFrame, *, by: str = "doc_id") -> pd.DataFrame:
    """How hard the clauses are worded: one row per group and grade: `by`, strength, n, share."""
    table = pd.crosstab(clauses[by], clauses["strength"]).reindex(columns=strengths(), fill_value=0)
    counted = table.reset_index().melt(by, var_name="strength", value_name="n")
    return counted.assign(share=counted["n"] / counted.groupby(by)["n"].transform("sum"))


def lead_green(clauses: pd.DataFrame, assignments: pd.DataFrame, *, top: int = 3) -> pd.DataFrame:
    """Who leads each field: one row per field and department, most tasks first.

    Returns
    -------
    DataFrame
        field, department, n_tasks (that it leads or is responsible for), n_plans, of the `top`
        departments of each field, ties with the last of them included.
    """
    named = clauses.explode("fields").rename(columns={"fields": "field"})
    named = named.loc[named["field"].notna(), ["field", "task_id", "doc_id"]].drop_duplicates()
    leads = assignments[assignments["role"].isin(["lead", "responsible"])]
    both = named.merge(leads[["task_id", "department"]].drop_duplicates(), on="task_id")
    counted = both.groupby(["field", "department"]).agg(
        n_tasks=("task_id", "nunique"), n_plans=("doc_id", "nunique")
    )
    rank = counted.groupby("field")["n_tasks"].rank(method="min", ascending=False)
    counted = counted[rank <= top].reset_index()
    order = {name: place for place, name in enumerate(fields())}
    return counted.sort_values(
        ["field", "n_tasks", "department"],
        key=lambda column: column.map(order) if column.name == "field" else column,
        ascending=[True, False, True],
        ignore_index=True,
    )


def field_name(name: str, language: str = "zh") -> str:
    """Name of a field, an instrument or a grade of wording in a language."""
    if language == "zh":
        return name
    english = {
        row[column]: row[f"{column}_en"]
        for file, column in (
            ("green_fields", "field"),
            ("instruments", "instrument"),
            ("strength", "strength"),
        )
        for row in read_lexicon(file)
    }
    return (english | {PLAIN: "plain"}).get(name, name)
