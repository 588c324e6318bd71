"""Checks of the built tables: schema, keys, hashes, and every quotation against its source."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
from pandera.errors import SchemaErrors

from analysis import load, schema
from analysis.errors import PlanError
from analysis.reading.documents import read_sources
from analysis.reading.layout import segment
from analysis.study import DATAPACKAGE_FILE, current
from analysis.text import read_text


def check_tables(raw: Path, folder: Path) -> list[str]:
    """Return everything that is wrong with the tables of ``folder``; empty when all is well."""
    frames = {name: load.table(name, folder=folder) for name in schema.TABLES}
    problems = _check_hashes(folder) + _check_quotations(raw, frames)
    for name, frame in frames.items():
        declared = schema.TABLES[name]
        try:
            if not declared.validate(frame).equals(frame):
                problems.append(f"{name}.csv: not in the order of its key")
        except SchemaErrors as error:
            cases = error.failure_cases[["column", "check", "failure_case"]].astype(str)
            problems += [f"{name}.csv: " + " · ".join(c) for c in cases.to_numpy()[:5]]
        for column, other in declared.foreign.items():
            orphans = set(frame[column].dropna()) - {""} - set(frames[other][column])
            problems += [f"{name}.csv: {column} {o} is not in {other}" for o in sorted(orphans)]
    return problems


def _check_hashes(folder: Path) -> list[str]:
    path = folder / DATAPACKAGE_FILE
    if not path.is_file():
        raise PlanError("not built yet", "run `python -m analysis build`", file=path)
    package = json.loads(path.read_text(encoding="utf-8"))
    return [
        f"{r['path']}: not the file that {DATAPACKAGE_FILE} describes; run the build again"
        for r in package["resources"]
        if "sha256:" + hashlib.sha256((folder / r["path"]).read_bytes()).hexdigest() != r["hash"]
    ]


def _check_quotations(raw: Path, frames: dict[str, pd.DataFrame]) -> list[str]:
    """Every quotation is what stands at its place, and a task's words begin where it says."""
    try:
        texts = load.read_texts(frames["documents"], raw=raw)
    except PlanError as error:
        return [str(error)]
    problems = []
    for name in ("quantities", "numerals"):
        frame = frames[name]
        doc_ids = (
            frame["doc_id"] if "doc_id" in frame else frame["task_id"].str.rsplit("-", n=1).str[0]
        )
        spans = zip(doc_ids, frame["char_start"], frame["char_end"], frame["text"], strict=True)
        problems += [
            f"{name}.csv: {doc_id} {start}:{end} reads {texts[doc_id][start:end]!r}, not {text!r}"
            for doc_id, start, end, text in spans
            if texts[doc_id][start:end] != text
        ]
    for task in frames["tasks"].itertuples():
        for part in ("text", "clause"):
            words, place = getattr(task, part), getattr(task, f"{part}_start")
            found = texts[task.doc_id][place : task.char_end].lstrip()
            if words[:1] != found[: len(words[:1])]:
                told = f"{part} begins {words[:9]!r}, but at {place} stands {found[:9]!r}"
                problems.append(f"tasks.csv: {task.task_id} {told}")
    return problems


def account_characters(raw: Path | None = None) -> pd.DataFrame:
    """Characters of each plan by the kind of segment that holds them.

    Returns
    -------
    DataFrame
        One row per plan; columns header, section, task_no, title, text, clause, rest, and `all`,
        the length of the decoded text. The segments follow each other without gap or overlap, so
        each row adds up.
    """
    raw, rows = raw or current().raw, {}
    for source in read_sources(raw):
        if source.kind == "plan":
            text = read_text(raw / source.file)
            spans = pd.DataFrame([(s.kind, s.end - s.start) for s in segment(text, source.file)])
            rows[source.doc_id] = {**spans.groupby(0)[1].sum(), "all": len(text)}
    kinds = ["header", "section", "task_no", "title", "text", "clause", "rest", "all"]
    return pd.DataFrame(rows).T.reindex(columns=kinds).fillna(0).astype(int)
