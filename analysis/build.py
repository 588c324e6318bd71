"""From ``data/raw`` to ``data/processed``: the only writer of the tables.

Build and read chains meet here and nowhere else: themes and comparisons are computed by the read
chain from tables that this module has just made.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis import audit, departments, quantities, schema, tasks
from analysis.documents import Document, read_document, read_sources
from analysis.errors import PlanError
from analysis.files import write_together
from analysis.numerals import read_numbers
from analysis.paths import DATAPACKAGE_FILE
from analysis.text import fold_width, line_of

Say = Callable[[str], None]


def _silent(_: str) -> None:
    pass


def build_tables(raw: Path, *, say: Say = _silent) -> dict[str, pd.DataFrame]:
    """Read every plan of ``raw`` and return the tables, validated and sorted by key.

    Parameters
    ----------
    raw
        Folder with the plans and ``sources.csv``.
    say
        Told of each step as it begins.

    Raises
    ------
    PlanError
        A raw file cannot be used; the message says which, where, and what to do.
    """
    plans = [s for s in read_sources(raw) if s.kind == "plan"]
    if not plans:
        raise PlanError("no plan listed", "give at least one row the kind “plan”", file=raw)
    parts: dict[str, list[pd.DataFrame]] = {}
    for source in sorted(plans, key=lambda s: s.doc_id):
        say(f"reading {source.doc_id}")
        for name, frame in read_plan(read_document(raw, source)).items():
            parts.setdefault(name, []).append(frame)
    tables = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    tables["report"] = _report(tables)
    tables = {name: schema.TABLES[name].validate(frame) for name, frame in tables.items()}
    return tables | read_chain(tables, say=say)


def read_plan(document: Document) -> dict[str, pd.DataFrame]:
    """Tables of one plan: documents (one row), sections, tasks, quantities and the rest."""
    text, folded = document.text, fold_width(document.text)
    segments = tasks.segment(text, document.source.file)
    sections = tasks.read_sections(document, segments)
    task_rows = tasks.read_tasks(document, segments, sections)
    numbers, numerals = read_numbers(folded)
    figures = quantities.read_quantities(text, folded, task_rows, numbers)
    source = document.source
    header = {
        "doc_id": document.doc_id,
        "county": source.county,
        "city": source.city,
        "province": source.province,
        "year": int(source.year),
        "doc_number": document.doc_number,
        "title": document.title,
        "issuer": document.issuer,
        "issued_on": document.issued_on,
        "source_file": source.file,
        "sha256": source.sha256,
        "n_sections": len(sections),
        "n_tasks": len(task_rows),
        "n_chars": len(text),
    }
    return {
        "documents": pd.DataFrame([header]),
        "sections": sections,
        "tasks": task_rows,
        "quantities": figures,
        "numerals": audit.account_numerals(document.doc_id, text, numerals, segments, figures),
        "assignments": _read_assignments(document, task_rows),
    }


def _read_assignments(document: Document, task_rows: pd.DataFrame) -> pd.DataFrame:
    try:
        return departments.read_assignments(task_rows)
    except PlanError as error:
        starts = task_rows.set_index("task_id")["char_start"]
        line = line_of(document.text, starts.get(error.task, 0))
        raise error.at(document.source.file, line) from None


def read_chain(tables: dict[str, pd.DataFrame], *, say: Say = _silent) -> dict[str, pd.DataFrame]:
    """Tables that the read chain computes from the others."""
    from analysis import compare, themes  # imports scikit-learn and jieba: only when needed

    documents, task_rows = tables["documents"], tables["tasks"]
    say("matching targets to indicators")
    comparisons = compare.compare_targets(tables["quantities"], task_rows, documents)
    say("sorting tasks into themes")
    sorted_tasks = themes.assign_themes(task_rows, documents, tables["assignments"])
    return {
        "comparisons": schema.COMPARISONS.validate(comparisons),
        "themes": schema.THEMES.validate(sorted_tasks),
    }


def _report(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Everything that the rules did not know, one row each, with what to do about it."""
    numerals, sections = tables["numerals"], tables["sections"]
    stray = numerals[numerals["account"].eq("unexplained")]
    unknown = sections[sections["theme"].isna()]
    lost = sections[sections["restored"]]
    bare = tables["tasks"][tables["tasks"]["clause"].isna()]
    parts = [
        departments.report_unknown(tables["assignments"]),
        _findings(
            "unexplained_numeral",
            stray["doc_id"] + ":" + stray["char_start"].astype(str),
            stray["context"],
            "add a row to lexicon/exclusions.csv, numeral_words.csv or units.csv",
        ),
        _findings(
            "unknown_heading",
            unknown["doc_id"],
            unknown["section_title"],
            "add a row to lexicon/sections.csv",
        ),
        _findings(
            "no_clause",
            bare["task_id"],
            bare["title"],
            "none if the plan names nobody for this task; else mend the clause's brackets",
        ),
        _findings(
            "restored_section_number",
            lost["doc_id"],
            lost["section_title"],
            "none: the number was lost in the source and follows from the order",
        ),
    ]
    found = [p for p in parts if len(p)]
    columns = schema.REPORT.names
    return pd.concat([pd.DataFrame(columns=columns), *found], ignore_index=True).drop_duplicates()


def _findings(kind: str, place: pd.Series, what: pd.Series, remedy: str) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "place": place, "what": what, "remedy": remedy})


def to_csv(frame: pd.DataFrame) -> bytes:
    """CSV of a table: UTF-8, LF, no index; the same table gives the same bytes."""
    return frame.to_csv(index=False, lineterminator="\n", float_format="%.12g").encode()


def write_tables(tables: dict[str, pd.DataFrame], out: Path) -> str:
    """Write the tables and ``datapackage.json`` to ``out``; return the data's version.

    A failure leaves the old tables as they were.
    """
    files = {name: to_csv(frame) for name, frame in tables.items()}
    package = schema.datapackage(files).encode()
    write_together(
        out, {f"{n}.csv": data for n, data in files.items()} | {DATAPACKAGE_FILE: package}
    )
    return schema.data_version(files)
