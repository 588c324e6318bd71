"""A draft checked before it is issued: what a reader would ask back, with line and sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis import load
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.office.notes import plain
from analysis.office.sheets import Cell, Head, new_book, write_sheet
from analysis.targets.compare import qualify
from analysis.targets.panel import compare_target_years
from analysis.targets.prepare import prepare_targets
from analysis.targets.qualifiers import bare_words
from analysis.text import fold_width, line_of, split_sentences
from analysis.wording import text_for

_DRAFT = "draft"
_BASE = re.compile(
    r"同比|环比|[比较][^,，。;；]{0,6}(?:上年|去年|20\d\d年)|以上年|年均|[比较]\d{4}|上年"
)
_SHORTEST = 24  # characters of a sentence that says something of its own
_COLUMNS = ("kind", "line", "task", "sentence", "what", "remedy")


class Finding(NamedTuple):
    """One thing to look at: its kind, the place in the draft, the words, and what they lack."""

    kind: str
    place: int
    task_no: int
    sentence: str
    what: str = ""


def check_draft(
    text: str,
    tables: dict[str, pd.DataFrame],
    *,
    county: str = "",
    year: int = 0,
    language: str = "zh",
) -> pd.DataFrame:
    """Everything in a draft that a reader would ask back.

    Parameters
    ----------
    text, tables
        The draft's text and its tables, as `build.read_draft` gives them.
    county, year
        Whose and which year's plan it is, for last year's targets; read out of the title where
        not given.
    language
        zh or en, of the words of `kind` and `remedy`.

    Returns
    -------
    DataFrame
        One row per finding in the order of the text: kind, line (from 1), task (number), sentence,
        what (the words in question), remedy.
    """
    title = tables["documents"]["title"].iloc[0]
    year = year or int((re.findall(r"20\d\d(?=年)", title or text) or [0])[0])
    documents = tables["documents"].assign(
        year=year or 2000, label=_DRAFT, county=county or "草案", city="草案市"
    )
    found = [
        *_numbers(tables, documents),
        *_charge(tables),
        *_bodies(tables, year),
        *_numbering(tables, text),
        *_contradictions(tables, documents),
        *_last_year(tables, documents, county or title, year),
        *_shared(tables, county or title),
    ]
    rows = [
        (
            text_for(f"lint_{f.kind}", language), line_of(text, f.place), f.task_no or pd.NA,
            f.sentence, f.what, text_for(f"lint_{f.kind}_remedy", language),
        )
        for f in sorted(found, key=lambda f: (f.place, f.kind, f.what))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"task": "Int64"})


# --- rules ----------------------------------------------------------------------------------


def _cited(tables: dict[str, pd.DataFrame], rows: pd.DataFrame) -> Iterator[tuple[pd.Series, int]]:
    """Yield rows with the number of their task."""
    numbers = tables["tasks"].set_index("task_id")["task_no"]
    for row in rows.iloc:
        yield row, int(numbers.get(row["task_id"], 0) or 0)


def _targets(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return tables["quantities"][tables["quantities"]["kind"].eq("target")]


def _numbers(tables: dict[str, pd.DataFrame], documents: pd.DataFrame) -> Iterator[Finding]:
    """Numbers without a unit, growth without a base, targets without a year or a deadline."""
    stray = tables["numerals"][tables["numerals"]["account"].eq("unexplained")]
    tasks = tables["tasks"]
    for row in stray.itertuples():
        inside = tasks["char_start"].le(row.char_start) & tasks["char_end"].ge(row.char_end)
        no = int(tasks.loc[inside, "task_no"].max()) if inside.any() else 0
        yield Finding("no_unit", row.char_start, no, row.context.strip(), row.text)
    targets = _targets(tables)
    growth = targets["measure"].eq("growth") & ~targets["sentence"].str.contains(_BASE)
    for row, no in _cited(tables, targets[growth]):
        yield Finding(
            "no_base", row["char_start"], no, row["sentence"], row["indicator"] + row["text"]
        )
    if documents["year"].iloc[0] == 2000 and not tables["tasks"]["due"].ne("").any():
        for row, no in _cited(tables, targets[targets["due"].eq("")]):
            words = row["indicator"] + row["text"]
            yield Finding("no_due", row["char_start"], no, row["sentence"], words)


def _charge(tables: dict[str, pd.DataFrame]) -> Iterator[Finding]:
    """Targets of tasks that name nobody."""
    named = set(tables["assignments"]["task_id"])
    for row, no in _cited(tables, _targets(tables)):
        if row["task_id"] not in named:
            words = row["indicator"] + row["text"]
            yield Finding("nobody", row["char_start"], no, row["sentence"], words)


def _bodies(tables: dict[str, pd.DataFrame], year: int) -> Iterator[Finding]:
    """Bodies that a reform has renamed by then, and those that neither lexicon nor study knows."""
    reforms = [
        (re.compile(row["pattern"]), row["now"])
        for row in read_lexicon("reformed_bodies")
        if not year or int(row["since"]) <= year
    ]
    known = {row["department"] for row in read_lexicon("departments")}
    known |= set(load.table("assignments")["department"])
    tasks = tables["tasks"].set_index("task_id")
    for row, no in _cited(tables, tables["assignments"]):
        task, name = tasks.loc[row["task_id"]], row["name"]
        place = int(task["clause_start"]) if pd.notna(task["clause_start"]) else task["char_start"]
        now = next((now for pattern, now in reforms if pattern.search(name)), "")
        if now:
            yield Finding("renamed", place, no, task["clause"], f"{name} → {now}")
        elif row["body_type"] in ("department", "unknown", "") and row["department"] not in known:
            yield Finding("unknown_body", place, no, task["clause"], name)


def _numbering(tables: dict[str, pd.DataFrame], text: str) -> Iterator[Finding]:
    """Numbers of tasks and headings that are skipped, doubled, lost or not read."""
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    report = tables["report"]
    kinds = ["numbering", "unread_numbered_line", "restored_section_number"]
    for row in report[report["kind"].isin(kinds)].itertuples():
        line = int(row.place.rpartition(":")[2]) if ":" in row.place else 1
        yield Finding("numbering", starts[min(line, len(starts)) - 1], 0, row.what)
    restored = tables["sections"][tables["sections"]["restored"]]
    for row in restored.itertuples():
        yield Finding("numbering", row.char_start, 0, row.section_title)


def _contradictions(tables: dict[str, pd.DataFrame], documents: pd.DataFrame) -> Iterator[Finding]:
    """Two different numbers for one thing."""
    targets = prepare_targets(tables["quantities"], tables["tasks"], documents)
    seen: dict[tuple[object, ...], pd.Series] = {}
    for row, no in _cited(tables, targets):
        words = bare_words(row["phrase"], generic=False)
        told = tuple(sorted(qualify(row["phrase"], row["statement"], "", None).items()))
        key = (words, row["dimension"], row["measure"], told)
        first = seen.setdefault(key, row)
        differs = first["value_base_low"] != row["value_base_low"]
        if len(words) > 2 and differs and first["sentence"] != row["sentence"]:
            numbers = f"{first['indicator']}{first['text']} / {row['indicator']}{row['text']}"
            yield Finding("two_numbers", row["char_start"], no, row["sentence"], numbers)


def _last_year(
    tables: dict[str, pd.DataFrame], documents: pd.DataFrame, county: str, year: int
) -> Iterator[Finding]:
    """Targets that ask for less than those of the county's plan of the year before."""
    plans = load.table("documents")
    before = plans[plans["year"].eq(year - 1)]
    before = before[[bool(name) and name in county for name in before["county"]]]
    if before.empty:
        return
    old = before.iloc[0]
    own = documents.assign(**{k: old[k] for k in ("province", "city", "county")})
    whole = load.read_plans((old["doc_id"],))
    both = [
        pd.concat([whole.documents, own]),
        pd.concat([whole.tasks, tables["tasks"]]),
        pd.concat([whole.quantities, tables["quantities"]]),
    ]
    moved = compare_target_years(*(frame.reset_index(drop=True) for frame in both))
    less = moved["state"].eq("lowered") & moved["bound"].ne("le")
    less |= moved["state"].eq("raised") & moved["bound"].eq("le")
    places = tables["quantities"].set_index("quantity_id")["char_start"]
    for row, no in _cited(tables, moved[less]):
        words = f"{row['indicator']} {row['before_text']} → {row['text']}"
        place = int(places[row["quantity_id"]])
        yield Finding("less", place, no, row["sentence"], words)


def _shared(tables: dict[str, pd.DataFrame], county: str) -> Iterator[Finding]:
    """Sentences that stand word for word in another county's plan of the study."""
    homes: dict[str, str] = {}
    plans = load.table("documents")
    others = plans[[not (name and name in county) for name in plans["county"]]]
    documents = others.set_index("doc_id")["label"]
    tasks = load.table("tasks")
    for task in tasks[tasks["doc_id"].isin(documents.index)].itertuples():
        for start, end in split_sentences(task.text):
            homes.setdefault(_fold(task.text[start:end]), documents[task.doc_id])
    for task in tables["tasks"].itertuples():
        for start, end in split_sentences(task.text):
            sentence = _fold(task.text[start:end])
            if len(sentence) >= _SHORTEST and sentence in homes:
                place = int(task.text_start) + start
                words = task.text[start:end].strip()
                yield Finding("shared", place, int(task.task_no), words, homes[sentence])


def _fold(sentence: str) -> str:
    return re.sub(r"[\s\W]", "", fold_width(sentence))


# --- as a table -----------------------------------------------------------------------------


def describe(found: pd.DataFrame, language: str = "zh") -> str:
    """Findings as lines of text, and their number by kind."""
    lines = []
    for row in found.itertuples():
        task = "" if pd.isna(row.task) else text_for("page_task", language, no=row.task) + " "
        what = f" [{row.what}]" if row.what else ""
        place = text_for("lint_line", language, n=row.line)
        lines.append(f"{place} {task}{row.kind}{what}: {row.sentence} —— {row.remedy}")
    counts = found["kind"].value_counts().sort_index()
    told = [text_for("lint_count", language, kind=kind, n=n) for kind, n in counts.items()]
    lines.append(text_for("lint_total", language, n=len(found), kinds="；".join(told)))
    return "\n".join(lines)


def write_findings(found: pd.DataFrame, path: Path, language: str = "zh") -> Path:
    """Write findings as a workbook.

    Raises
    ------
    PlanError
        The file is open or its folder cannot be written.
    """
    from datetime import datetime

    from analysis.office.books import save_book

    if path.suffix != ".xlsx":
        raise PlanError(f"{path.name} is no name of a workbook", "name it .xlsx", file=path)
    title = text_for("lint_sheet", language)
    book = new_book(title, language)
    widths = (16, 8, 8, 60, 30, 40)
    heads = [
        Head(text_for(f"lint_head_{key}", language), width)
        for key, width in zip(_COLUMNS, widths, strict=True)
    ]
    rows = [
        [
            Cell(row.kind, "centre"),
            Cell(int(row.line), "centre"),
            Cell(None if pd.isna(row.task) else int(row.task), "centre"),
            Cell(row.sentence),
            plain(row.what, "text", language),
            Cell(row.remedy),
        ]
        for row in found.itertuples()
    ]
    write_sheet(book, title, heads, rows, printed={"top": title})
    return save_book(book, path, date=datetime(2000, 1, 1))
