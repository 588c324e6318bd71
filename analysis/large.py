"""The build of a large study: part by part, on every core or on a cluster, flat in memory.

Fifty plans make a part. Workers read the parts and write their tables as Parquet, as they come;
what has to be known of all plans (which targets meet, what themes are learned from) passes through
files of a few columns. Which worker does what, and when, changes no byte. The tables lie in a
folder of their own under ``parts``; ``datapackage.json``, written last, says which one counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis import build, schema
from analysis.errors import PlanError
from analysis.files import locked, write_together
from analysis.load import PARTS, drop_parts, in_scope
from analysis.parallel import run_batches
from analysis.reading.documents import Source, label_documents
from analysis.study import DATAPACKAGE_FILE
from analysis.targets import compare, discover
from analysis.targets.indicators import FOUND, read_indicators
from analysis.targets.prepare import prepare_targets
from analysis.themes import sample
from analysis.themes.classify import gather, report_unsure
from analysis.themes.words import place_names

PART = 50  # plans
_PLAN_TABLES = ("sections", "tasks", "assignments", "quantities", "pledges", "numerals")
_BUCKETS = 16  # of indicators that one worker gates
_ROWS = 50_000  # rows of a part of a table that is no plan's
_BUILDING = ".building-"


def build_large(
    raw: Path,
    out: Path,
    *,
    report: Callable[[str], None] = lambda _: None,
    indicators: bool = True,
    jobs: int = 0,
    cluster: str = "",
    part: int = PART,
) -> str:
    """Read every plan of ``raw`` and write the tables as Parquet; return the data's version.

    Parameters
    ----------
    raw, report, indicators
        As `build.build_tables` takes them.
    out
        Folder of the tables; the workers of a cluster must reach it, and ``raw``, by this path.
    jobs, cluster
        As `parallel.run_batches` takes them.
    part
        Plans of a part.

    Raises
    ------
    PlanError
        No plan can be read, or the list of sources is at fault; the old tables are as they were.
    """
    plans = build.list_plans(raw)
    parts = list(enumerate(build.cut_batches(plans, part)))
    raw, out = raw.resolve(), out.resolve()
    (out / PARTS).mkdir(parents=True, exist_ok=True)
    with locked(out / PARTS):  # not `out`, which the last step locks
        for stale in out.glob(f"{_BUILDING}*"):  # what a build that was killed has left
            shutil.rmtree(stale, ignore_errors=True)
        work = Path(mkdtemp(prefix=_BUILDING, dir=out))
        try:
            run = partial(run_batches, jobs=jobs, cluster=cluster)
            return _build(work, raw, out, parts, indicators, run, report)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _build(
    work: Path,
    raw: Path,
    out: Path,
    parts: list[tuple[int, list[Source]]],
    indicators: bool,
    run: Callable[..., Iterator[Any]],
    report: Callable[[str], None],
) -> str:
    plans = [plan for _, own in parts for plan in own]
    read, n = [], 0
    step = partial(_read_part, raw, out, work, _compared(plans), indicators)
    for number, documents in run(step, parts):
        read.append(documents)
        n += len(parts[number][1])
        report(f"read {n} of {len(plans)} plans")
    if not any(map(len, read)):
        build.join_plans(raw, plans[:1], *build.read_batch(raw, plans[:1]))  # says why
    documents = _label(read)
    _write(work / "tables" / "documents", 0, "documents", documents)
    report("matching targets to indicators, learning themes")
    _draw_sample(work, documents)
    steps: list[tuple[str, Any]] = [("models", None), *sample.WEIGHTS.items()]
    steps += [("year", int(year)) for year in sorted(documents["year"].unique())]
    steps += [("bucket", bucket) for bucket in range(len(_bounds()) + 1)]
    list(run(partial(_learn_or_gate, work, indicators), steps))
    report("sorting tasks into themes")
    list(run(partial(_sort_part, work), [p.name for p in _files(work / "tables" / "tasks")]))
    _order_found(work)
    _join_findings(work)
    return _publish(work, out)


# --- files of parts ---------------------------------------------------------------------------

_ARROW = {
    "string": pa.string(),
    "date": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


def _write(folder: Path, number: int | str, name: str, frame: pd.DataFrame) -> None:
    """Write a part of a declared table; a part that is written again is the same."""
    fields = [(c.name, _ARROW[c.type]) for c in schema.TABLES[name].columns]
    _save(folder, number, pa.Table.from_pandas(frame, pa.schema(fields), preserve_index=False))


def _save(folder: Path, number: int | str, table: pa.Table) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number:0>5}.parquet"
    beside = path.with_suffix(f".{os.getpid()}")
    plain = table.replace_schema_metadata()
    options = {"compression": "zstd", "row_group_size": _ROWS}
    pq.write_table(plain, beside, use_dictionary=False, **options)  # long texts are read faster
    os.replace(beside, path)


def _load(path: Path, name: str) -> pd.DataFrame:
    """Part of a declared table as pandas."""
    return pq.read_table(path).to_pandas().astype(schema.TABLES[name].dtypes)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _compared(plans: list[Source]) -> frozenset[str]:
    """Ids of the plans of the lowest level that has one: they are compared with each other."""
    rows = [(s.doc_id, s.kind, s.government()) for s in plans]
    frame = pd.DataFrame(rows, columns=["doc_id", "kind", "level"])
    return frozenset(frame.loc[in_scope(frame), "doc_id"])


# --- reading ----------------------------------------------------------------------------------


def _read_part(
    raw: Path,
    out: Path,
    work: Path,
    compared: frozenset[str],
    indicators: bool,
    part: tuple[int, list[Source]],
) -> tuple[int, pd.DataFrame]:
    """Read the plans of a part, write its tables, and match its targets."""
    number, plans = part
    read, faults = build.read_batch(raw, plans)
    try:
        tables = build.join_plans(raw, plans, read, faults)
    except PlanError:  # none of them can be read
        _write(work / "findings", number, "report", build.report_unread(faults))
        return number, pd.DataFrame()
    documents = tables["documents"]
    build.write_texts(documents, raw, out)
    for name in _PLAN_TABLES:
        _write(work / "tables" / name, number, name, tables[name])
    _write(work / "findings", number, "report", tables["report"])
    own = documents[documents["doc_id"].isin(compared)]
    tasks = tables["tasks"][tables["tasks"]["doc_id"].isin(own["doc_id"])]
    quantities = tables["quantities"][tables["quantities"]["task_id"].isin(tasks["task_id"])]
    targets = prepare_targets(quantities, tasks, own)
    rows = compare.match_targets(targets, read_indicators() if indicators else ())
    left = compare.unmatched(targets, rows)
    told = {row["quantity_id"] for row in rows}
    _keep_matches(work / "matches", number, rows)
    columns = [c for c in left.columns if c in _UNMATCHED]
    left = left[columns].assign(told=left["quantity_id"].isin(told))
    _save(work / "unmatched", number, pa.Table.from_pandas(left, preserve_index=False))
    return number, documents


# What grouping by words, and the record of a group, ask of a target.
_UNMATCHED = {
    "quantity_id", "doc_id", "value_low", "value_high", "unit", "bound", "measure", "indicator",
    "text", "value_base_low", "value_base_high", "year", "plan_year", "phrase", "statement",
    "title", "dimension", "is_total",
}  # fmt: skip
# Columns of a record of a match.
_MATCHED = {
    "concept": pa.string(),
    "quantity_id": pa.string(),
    "doc_id": pa.string(),
    **dict.fromkeys(("value_low", "value_high", "value_base_low", "value_base_high"), pa.float64()),
    **dict.fromkeys(("unit", "unit_base", "bound", "measure", "match", "phrase"), pa.string()),
    **dict.fromkeys(("year", "plan_year"), pa.int64()),
    **dict.fromkeys(("fault", "qualifiers"), pa.string()),
}


@lru_cache
def _bounds() -> list[str]:
    """First words of the ids at which buckets of indicators begin; “found” is one by itself."""
    words = sorted({i.indicator_id.split("-")[0] for i in read_indicators()})
    found = FOUND.rstrip("-")
    return sorted([*words[:: -(-len(words) // _BUCKETS)], found, f"{found}!"])


def _keep_matches(folder: Path, number: int, rows: list[dict[str, Any]]) -> None:
    """Write the records of a part, a group of rows for each bucket of indicators."""
    told = [row | {"qualifiers": json.dumps(row["qualifiers"])} for row in rows]
    table = pa.Table.from_pylist(told, pa.schema(_MATCHED))
    buckets = np.array([bisect_right(_bounds(), r["concept"].split("-")[0]) for r in rows], int)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number:0>5}.parquet"
    beside = path.with_suffix(f".{os.getpid()}")
    with pq.ParquetWriter(beside, table.schema) as writer:
        for bucket in range(len(_bounds()) + 1):
            writer.write_table(table.filter(pa.array(buckets == bucket)))
    os.replace(beside, path)


# --- what is known of all plans ---------------------------------------------------------------


def _label(read: Iterable[pd.DataFrame]) -> pd.DataFrame:
    documents = pd.concat([frame for frame in read if len(frame)], ignore_index=True)
    documents["label"] = label_documents(documents)
    return schema.DOCUMENTS.validate(documents)


def _draw_sample(work: Path, documents: pd.DataFrame) -> None:
    """Count the terms of a seeded sample of the tasks, from which themes are learned."""
    own = documents[in_scope(documents)]
    chosen = sample.draw_rows(int(own["n_tasks"].sum()))
    parts, start = [], 0
    for path in _files(work / "tables" / "tasks"):
        tasks = _load(path, "tasks")
        tasks = tasks[tasks["doc_id"].isin(own["doc_id"])]
        rows = chosen[(chosen >= start) & (chosen < start + len(tasks))] - start
        start += len(tasks)
        tasks = tasks.iloc[rows]
        assignments = _load(path.parents[1] / "assignments" / path.name, "assignments")
        parts.append((tasks, assignments[assignments["task_id"].isin(tasks["task_id"])]))
    tasks, assignments = (
        pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)
    )
    corpus = gather(tasks, own, assignments=assignments)
    joblib.dump(corpus, work / "corpus")
    joblib.dump((place_names(own), corpus.counts.terms), work / "terms")
    joblib.dump(own, work / "compared")


def _learn_or_gate(work: Path, indicators: bool, step: tuple[str, Any]) -> None:
    """One of the steps that need what was read of all plans, and not each other."""
    kind, chosen = step
    if kind == "year":
        _group_year(work, chosen, indicators)
    elif kind == "bucket":
        _gate_bucket(work, chosen, indicators)
    else:
        corpus, compared = joblib.load(work / "corpus"), joblib.load(work / "compared")
        fitted = (
            sample.fit_models(corpus, compared)
            if kind == "models"
            else sample.fit_groups(corpus, lead_weight=chosen)
        )
        joblib.dump(fitted, work / kind)


def _gate_bucket(work: Path, bucket: int, indicators: bool) -> None:
    """Comparisons of the indicators of a bucket, all plans together."""
    known = {i.indicator_id: i for i in read_indicators()}
    groups = [pq.ParquetFile(path).read_row_group(bucket) for path in _files(work / "matches")]
    rows = pa.concat_tables(groups).to_pylist()
    for order, row in enumerate(rows):
        row |= {"order": order, "indicator": known[row["concept"]]}
        row["qualifiers"] = json.loads(row["qualifiers"])
    found = schema.COMPARISONS.validate(compare.stand_together(rows, judged=indicators))
    _write(work / "tables" / "comparisons", f"{bucket:02d}-000", "comparisons", found)


def _group_year(work: Path, year: int, indicators: bool) -> None:
    """Comparisons of the targets that no indicator knows, and those that stand under none."""
    lexicon = None if indicators else ()
    chosen = [("plan_year", "==", year)]
    groups = [pq.read_table(path, filters=chosen) for path in _files(work / "unmatched")]
    targets = pa.concat_tables(groups).to_pandas().assign(kind="target")
    targets["order"] = range(len(targets))
    table = compare.stand_together(compare.group_unmatched(targets), judged=indicators)
    _write(work / "found", year, "comparisons", schema.COMPARISONS.validate(table))
    left = discover.list_unknown(table, targets[~targets["told"]], lexicon=lexicon)
    _write(work / "findings", f"year-{year}", "report", build.report_unmatched(left))


def _order_found(work: Path) -> None:
    """Put the comparisons of targets that were grouped by their words in their place."""
    found = pa.concat_tables(pq.read_table(path) for path in _files(work / "found"))
    found = found.sort_by([(name, "ascending") for name in schema.COMPARISONS.key])
    bucket = bisect_right(_bounds(), FOUND.rstrip("-"))
    for number, start in enumerate(range(0, len(found), _ROWS)):
        name = f"{bucket:02d}-{number:03d}"
        _save(work / "tables" / "comparisons", name, found.slice(start, _ROWS))


def _join_findings(work: Path) -> None:
    """Write the table `report`, one kind of finding after the other."""
    rows = pa.concat_tables(pq.read_table(path) for path in _files(work / "findings"))
    number = 0
    for kind in sorted(rows["kind"].unique().to_pylist()):
        own = rows.filter(pc.equal(rows["kind"], kind)).to_pandas().drop_duplicates()
        own = own.sort_values(list(schema.REPORT.key), ignore_index=True)
        for start in range(0, len(own), _ROWS):
            part = own.iloc[start : start + _ROWS]
            _write(work / "tables" / "report", number, "report", part)
            number += 1
    if not number:
        _write(work / "tables" / "report", 0, "report", pd.DataFrame(columns=schema.REPORT.names))


# --- themes -----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _learned(work: Path) -> tuple[sample.Learned, pd.DataFrame]:
    """What was learned; large arrays are shared by the processes of a machine."""
    read = partial(joblib.load, mmap_mode="r")
    groups = {name: read(work / name) for name in sample.WEIGHTS}
    (names, terms), (folds, models) = read(work / "terms"), read(work / "models")
    learned = sample.Learned(names, terms, folds, models, groups)
    return learned, read(work / "compared")


def _sort_part(work: Path, name: str) -> None:
    """Themes of the tasks of a part, and those whose theme is not sure."""
    learned, compared = _learned(work)
    tasks, assignments = (
        _load(work / "tables" / table / name, table) for table in ("tasks", "assignments")
    )
    tasks = tasks[tasks["doc_id"].isin(compared["doc_id"])].reset_index(drop=True)
    if len(tasks):
        themes = sample.apply(learned, tasks, compared, assignments)
    else:
        themes = pd.DataFrame(columns=schema.THEMES.names)
    number = name.removesuffix(".parquet")
    _write(work / "tables" / "themes", number, "themes", schema.THEMES.validate(themes))
    _write(work / "findings", f"themes-{number}", "report", report_unsure(themes, tasks))


# --- the end ----------------------------------------------------------------------------------


def _publish(work: Path, out: Path) -> str:
    """Move the tables in, and let the description of the data name them; return the version."""
    for path in (work / "tables").glob("*/*"):
        if path.suffix != ".parquet":  # begun by a worker that was killed at it
            path.unlink()
    parts = {
        name: [_describe(path) for path in _files(work / "tables" / name)] for name in schema.TABLES
    }
    version = schema.parts_version(parts)
    home = out / PARTS / version
    if not home.exists():
        home.parent.mkdir(exist_ok=True)
        os.rename(work / "tables", home)
    package = schema.describe_parts(parts, f"{PARTS}/{version}").encode()
    old = {f"{name}.csv": None for name in schema.TABLES if (out / f"{name}.csv").exists()}
    write_together(out, {DATAPACKAGE_FILE: package, **old})
    drop_parts(out, but=version)
    return version


def _describe(path: Path) -> dict[str, Any]:
    """Facts of a part: its file, size, hash and rows, and the first and last of its keys."""
    data = path.read_bytes()
    file = pq.ParquetFile(pa.BufferReader(data))
    key = file.read(columns=[schema.TABLES[path.parent.name].key[0]])[0]
    return {
        "path": f"{path.parent.name}/{path.name}",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "rows": len(key),
        "first": key[0].as_py() if len(key) else "",
        "last": key[-1].as_py() if len(key) else "",
    }
