"""From ``data/raw`` to ``data/processed``: the only writer of the tables.

Build and read chains meet here and nowhere else: themes and comparisons are computed by the read
chain from tables that this module has just made.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path

import pandas as pd

from analysis import schema
from analysis.errors import PlanError
from analysis.files import write_together
from analysis.reading import clauses
from analysis.reading.documents import Source, read_document, read_header, read_sources
from analysis.reading.layout import segment
from analysis.reading.plan import read_plan
from analysis.schema import DOC_ID
from analysis.study import DATAPACKAGE_FILE, SOURCES_FILE
from analysis.text import read_text

Report = Callable[[str], None]


def _silent(_: str) -> None:
    pass


def build_tables(raw: Path, *, report: Report = _silent) -> dict[str, pd.DataFrame]:
    """Read every plan of ``raw`` and return the tables, validated and sorted by key.

    Parameters
    ----------
    raw
        Folder with the plans and ``sources.csv``.
    report
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
        report(f"reading {source.doc_id}")
        for name, frame in read_plan(read_document(raw, source)).items():
            parts.setdefault(name, []).append(frame)
    tables = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    tables["report"] = _report(tables)
    tables = {name: schema.TABLES[name].validate(frame) for name, frame in tables.items()}
    return tables | read_chain(tables, report=report)


def read_chain(
    tables: dict[str, pd.DataFrame], *, report: Report = _silent
) -> dict[str, pd.DataFrame]:
    """Tables that the read chain computes from the others."""
    from analysis.targets import compare  # imports scikit-learn and jieba: only when needed
    from analysis.themes import classify

    documents, task_rows = tables["documents"], tables["tasks"]
    report("matching targets to indicators")
    comparisons = compare.compare_targets(tables["quantities"], task_rows, documents)
    report("sorting tasks into themes")
    sorted_tasks = classify.assign_themes(task_rows, documents, tables["assignments"])
    return {
        "comparisons": schema.COMPARISONS.validate(comparisons),
        "themes": schema.THEMES.validate(sorted_tasks),
    }


def _report(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Everything that the rules did not know, one row each, with what to do about it."""
    numerals, sections = tables["numerals"], tables["sections"]
    stray = numerals[numerals["account"].eq("unexplained")]
    unknown = sections[sections["theme"].eq("")]
    lost = sections[sections["restored"]]
    bare = tables["tasks"][tables["tasks"]["clause"].eq("")]
    parts = [
        tables["report"],
        clauses.report_unknown(tables["assignments"]),
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


def register(
    file: Path, doc_id: str, *, county: str, city: str, province: str, raw: Path, note: str = ""
) -> Source:
    """Copy a plan into ``raw`` and add its row to ``sources.csv``; returns the row.

    The text must decode, have a readable header and numbered tasks; nothing is written otherwise.

    Raises
    ------
    PlanError
        The id is not of the form county-year or is taken, or the text cannot be read as a plan.
    """
    if not re.fullmatch(DOC_ID, doc_id):
        raise PlanError(f"{doc_id!r} is no id", "write county and year, as in zhoucun-2023")
    text = read_text(file)
    facts = read_header(text, file)
    segment(text, file)
    sources = read_sources(raw) if (raw / SOURCES_FILE).is_file() else []
    if doc_id in {s.doc_id for s in sources}:
        raise PlanError(f"{doc_id} is listed already", "choose another id", file=raw / SOURCES_FILE)
    data = file.read_bytes()
    source = Source(
        file=f"{doc_id}{file.suffix or '.txt'}",
        sha256=hashlib.sha256(data).hexdigest(),
        kind="plan",
        doc_id=doc_id,
        county=county,
        city=city,
        province=province,
        year=doc_id[-4:],
        issuer=facts["issuer"],
        doc_number=facts["doc_number"],
        issued_on=facts["issued_on"],
        note=note,
    )
    listed = _to_csv(sorted([*sources, source], key=lambda s: s.file))
    write_together(raw, {source.file: data, SOURCES_FILE: listed})
    return source


def _to_csv(sources: list[Source]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [f.name for f in fields(Source)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(s) for s in sources)
    return buffer.getvalue().encode()
