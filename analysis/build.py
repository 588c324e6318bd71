"""From ``data/raw`` to ``data/processed``: the only writer of the tables.

Build and read chains meet here and nowhere else: themes and comparisons are computed by the read
chain from tables that this module has just made.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from pandas.testing import assert_frame_equal

from analysis import schema
from analysis.errors import PlanError, explain, shorten
from analysis.files import write_together
from analysis.load import cut_scope, drop_parts, parse_table
from analysis.parallel import run_batches
from analysis.reading import clauses
from analysis.reading.documents import (
    KINDS,
    TEXTS,
    Source,
    check_source,
    find_counties,
    label_documents,
    make_document,
    read_document,
    read_sources,
)
from analysis.reading.intake import read_file, to_docx
from analysis.reading.plan import read_plan
from analysis.study import DATAPACKAGE_FILE, SOURCES_FILE
from analysis.text import line_of, read_bytes

Report = Callable[[str], None]


def _silent(_: str) -> None:
    pass


Tables = dict[str, pd.DataFrame]
BATCH = 10  # plans that a worker reads at a time
_HANDFUL = 20
LARGE = 300  # plans from which on `analysis.large` builds a study


def build_tables(
    raw: Path,
    *,
    report: Report = _silent,
    indicators: bool = True,
    jobs: int = 1,
    batch: int = BATCH,
) -> Tables:
    """Read every plan of ``raw`` and return the tables, validated and sorted by key.

    A plan that cannot be read is a row of the table `report`, and the others are read.

    Parameters
    ----------
    raw
        Folder with the plans and ``sources.csv``.
    report
        Told of each step as it begins.
    indicators
        Match targets to the lexicon's indicators; else group them by their own words alone.
    jobs, batch
        Processes that read, 0 for one per core, and plans that each is given at a time; neither
        changes a table. A handful of plans is read sooner than a second process has started.

    Raises
    ------
    PlanError
        No plan can be read, or the list of sources is at fault; the message says which, where,
        and what to do.
    """
    plans = list_plans(raw)
    read: dict[str, Tables] = {}
    faults: dict[str, PlanError] = {}
    jobs = jobs if len(plans) > _HANDFUL else 1
    for own, unread in run_batches(partial(read_batch, raw), cut_batches(plans, batch), jobs=jobs):
        read |= own
        faults |= unread
        report(f"read {', '.join([*own, *unread])}")
    tables = join_plans(raw, plans, read, faults)
    return tables | read_chain(tables, report=report, indicators=indicators)


def list_plans(raw: Path) -> list[Source]:
    """Plans and reports of ``sources.csv``, in the order of their ids.

    Raises
    ------
    PlanError
        The list is at fault, or names no plan.
    """
    plans = sorted((s for s in read_sources(raw) if s.kind in KINDS), key=lambda s: s.doc_id)
    if not any(s.kind == "plan" for s in plans):
        raise PlanError("no plan listed", "give at least one row the kind “plan”", file=raw)
    return plans


def cut_batches(plans: list[Source], size: int) -> list[list[Source]]:
    """Plans in batches of a size, in their order."""
    return [plans[start : start + size] for start in range(0, len(plans), size)]


def read_batch(raw: Path, plans: list[Source]) -> tuple[dict[str, Tables], dict[str, PlanError]]:
    """Tables of each plan that can be read, and what is wrong with each other, by doc_id."""
    read, faults = {}, {}
    for source in plans:
        try:
            read[source.doc_id] = read_plan(read_document(raw, source))
        except Exception as error:  # whatever it is, the other plans are read
            faults[source.doc_id] = explain(error, raw / source.file)
    return read, faults


def join_plans(
    raw: Path, plans: list[Source], read: dict[str, Tables], faults: dict[str, PlanError]
) -> Tables:
    """Tables of several plans, validated and sorted; a plan at fault is a row of `report`."""
    try:
        return _join(read, faults)
    except PlanError:  # one check of all plans is much faster than one of each
        for source in plans:
            if source.doc_id in read and (fault := _find_fault(read[source.doc_id], raw, source)):
                faults[source.doc_id] = fault
                del read[source.doc_id]
        return _join(read, faults)


def _join(read: dict[str, Tables], faults: dict[str, PlanError]) -> Tables:
    if not read:
        raise next(iter(faults.values()))
    names = next(iter(read.values()))
    tables = {n: pd.concat([t[n] for t in read.values()], ignore_index=True) for n in names}
    tables["documents"]["label"] = label_documents(tables["documents"])
    found = pd.concat([tables["report"], report_unread(faults)])
    tables["report"] = _report(tables | {"report": found})
    return {name: schema.TABLES[name].validate(frame) for name, frame in tables.items()}


def report_unread(faults: dict[str, PlanError]) -> pd.DataFrame:
    """Plans that cannot be read: rows of the build's report."""
    unread = [("unread_plan", doc_id, e.problem, e.remedy) for doc_id, e in faults.items()]
    return pd.DataFrame(unread, columns=schema.REPORT.names)


def read_chain(
    tables: dict[str, pd.DataFrame], *, report: Report = _silent, indicators: bool = True
) -> dict[str, pd.DataFrame]:
    """Tables that the read chain computes from the others, and what it adds to the report.

    Where one cannot be made, of plans too few or too much alike, it is empty and the report says
    so: what was read out of the plans stands in any case.
    """
    names = ("documents", "tasks", "quantities", "assignments")
    plans = {name: cut_scope(tables[name], tables["documents"]) for name in names}
    steps = {
        "comparisons": ("matching targets to indicators", partial(_match, plans, indicators)),
        "themes": ("sorting tasks into themes", partial(_sort, plans)),
    }
    made: dict[str, pd.DataFrame] = {}
    rows = [tables["report"]]
    for name, (words, make) in steps.items():
        report(words)
        table = schema.TABLES[name]
        try:
            frame, found = make()
            made[name] = table.validate(frame)
        except (PlanError, ValueError) as error:
            made[name] = table.validate(pd.DataFrame(columns=table.names))
            what = pd.Series([str(error).splitlines()[0][:100]])
            found = _findings("table_not_made", pd.Series([name]), what, "add further plans")
        rows.append(found)
    return made | {"report": schema.REPORT.validate(pd.concat(rows))}


def _match(tables: dict[str, pd.DataFrame], indicators: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Comparisons, and the targets without an indicator."""
    from analysis.targets import compare, discover

    lexicon = None if indicators else ()
    quantities = tables["quantities"]
    comparisons = compare.compare_targets(
        quantities, tables["tasks"], tables["documents"], lexicon=lexicon, judged=indicators
    )
    unknown = discover.list_unknown(comparisons, quantities, lexicon=lexicon)
    return comparisons, report_unmatched(unknown)


def report_unmatched(unknown: pd.DataFrame) -> pd.DataFrame:
    """Targets of `discover.list_unknown`: rows of the build's report."""
    near = unknown["near"].where(unknown["near"] == "", "; near: " + unknown["near"])
    return _findings(
        "no_indicator",
        unknown["quantity_id"],
        unknown["indicator"] + " " + unknown["text"] + near,
        "none if no other plan has it; else add a row to lexicon/indicators.csv",
    )


def _sort(tables: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Themes, and the tasks whose theme is not sure."""
    from analysis.themes import classify  # imports scikit-learn and jieba: only when needed

    tasks = tables["tasks"]
    themes = classify.assign_themes(tasks, tables["documents"], tables["assignments"])
    return themes, classify.report_unsure(themes, tasks)


def _report(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Everything that the rules did not know, one row each, with what to do about it."""
    numerals, sections = tables["numerals"], tables["sections"]
    stray = numerals[numerals["account"].eq("unexplained")]
    reported = tables["documents"].query("kind == 'report'")["doc_id"]
    unknown = sections[sections["theme"].eq("") & ~sections["doc_id"].isin(reported)]
    lost = sections[sections["restored"]]
    tasks = tables["tasks"]
    named = tasks["task_id"].isin(tables["assignments"]["task_id"])  # by a heading above it
    bare = tasks[tasks["clause"].eq("") & ~named & ~tasks["doc_id"].isin(reported)]
    parts = [
        tables["report"],
        clauses.report_unknown(tables["assignments"]),
        _findings(
            "unexplained_numeral",
            stray["doc_id"] + ":" + stray["char_start"].astype(str),
            stray["context"].map(shorten),
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
            "none if the plan names nobody for this task; else fix the clause's brackets",
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


_NO_CHARACTER = "\ufdd0"  # Unicode keeps it for a program's own use


def to_csv(frame: pd.DataFrame) -> bytes:
    """CSV of a table: UTF-8, LF, no index; the same table gives the same bytes."""
    options = {"index": False, "lineterminator": "\n", "float_format": "%.12g"}
    text = frame.to_csv(**options)
    if "\r" in text:  # which alone, unlike a line end, has no quotes put around its cell
        text = frame.replace("\r", f"\n{_NO_CHARACTER}", regex=True).to_csv(**options)
        text = text.replace(f"\n{_NO_CHARACTER}", "\r")
    return text.encode()


def write_texts(documents: pd.DataFrame, raw: Path, out: Path) -> None:
    """Write what was read out of Word, Excel, PDF and web files, which all places refer to."""
    made = documents[documents["text_file"].ne("")]
    files = {
        Path(plan.text_file).name: read_file(raw / plan.source_file).encode()
        for plan in made.itertuples()
    }
    if files:
        write_together(out / TEXTS, files)


def write_tables(tables: dict[str, pd.DataFrame], out: Path) -> str:
    """Write the tables and ``datapackage.json`` to ``out``; return the data's version.

    Every table is read back from its bytes and compared before any file is moved in. A failure
    leaves the old tables as they were.

    Raises
    ------
    PlanError
        A table does not read back as it is.
    """
    files = {f"{name}.csv": to_csv(frame) for name, frame in tables.items()}
    for name, frame in tables.items():
        path = out / f"{name}.csv"
        try:  # numbers are written with twelve figures
            assert_frame_equal(parse_table(name, files[path.name], path), frame, rtol=1e-11)
        except AssertionError as error:
            problem = f"would not read back as it is: {error}"
            raise PlanError(
                problem, "report this line together with the plans", file=path
            ) from None
    package = schema.datapackage({name: files[f"{name}.csv"] for name in tables}).encode()
    write_together(out, files | {DATAPACKAGE_FILE: package})
    drop_parts(out)
    return schema.data_version({name: files[f"{name}.csv"] for name in tables})


def register(
    file: Path,
    doc_id: str,
    *,
    county: str,
    raw: Path,
    city: str = "",
    province: str = "",
    convert: bool = False,
    **given: Any,
) -> Source:
    """Copy a plan into ``raw`` and add its row to ``sources.csv``; returns the row.

    The plan is read whole, as the build reads it, before anything is written.

    Parameters
    ----------
    file, doc_id
        The plan, and the id that it gets.
    county, city, province
        Its place; city and province may be left out where the county's name is unique in China.
    raw
        Folder of the plans; made where it is not there.
    convert
        Turn an old Office file (.doc, .wps, .rtf) into .docx by LibreOffice, and list that.
    given
        Further cells of its row: facts that the text does not print or prints wrongly, note.

    Raises
    ------
    PlanError
        The id is not of the form county-year or is taken, the place is not known, or the text
        cannot be read as a plan.
    """
    places = find_counties(county, city, province)
    if not (city and province):
        if len(places) != 1:
            raise PlanError(f"{county} is not one county of the list", "give --city and --province")
        city, province = places[0]["city"], places[0]["province"]
    if convert:
        with TemporaryDirectory() as folder:
            made = to_docx(file, Path(folder))
            if made != file:
                given["note"] = f"{given.get('note', '')} converted from {file.name}".strip()
                place = {"county": county, "city": city, "province": province}
                return register(made, doc_id, raw=raw, **(place | given))
    data = read_bytes(file)
    cells = dict.fromkeys(("issuer", "doc_number", "issued_on", "note"), "") | given
    cells["kind"] = cells.get("kind") or "plan"
    source = check_source(
        Source(
            file=f"{doc_id}{file.suffix or '.txt'}",
            sha256=hashlib.sha256(data).hexdigest(),
            doc_id=doc_id,
            county=county,
            city=city,
            province=province,
            year=doc_id[-4:],
            **cells,
        )
    )
    sources = read_sources(raw) if (raw / SOURCES_FILE).is_file() else []
    if doc_id in {s.doc_id for s in sources}:
        raise PlanError(f"{doc_id} is listed already", "choose another id", file=raw / SOURCES_FILE)
    if (raw / source.file).exists():
        remedy = f"take it away, or list it in {SOURCES_FILE}"
        raise PlanError("there is a file of this name already", remedy, file=raw / source.file)
    document = make_document(data, source, file)
    if fault := _find_fault(read_plan(document), file.parent, replace(source, file=file.name)):
        raise fault
    source = replace(
        source, **{k: getattr(document, k) for k in ("issuer", "doc_number", "issued_on")}
    )
    listed = _to_csv(sorted([*sources, source], key=lambda s: s.file))
    write_together(raw, {source.file: data, SOURCES_FILE: listed})
    return source


def read_draft(file: Path) -> tuple[str, dict[str, pd.DataFrame]]:
    """Text and tables of a draft that belongs to no study yet; its id is draft-2000.

    Raises
    ------
    PlanError
        The file cannot be read, or holds no numbered task.
    """
    names = [f.name for f in fields(Source)]
    cells = dict.fromkeys(names, "") | {"kind": "plan", "doc_id": "draft-2000", "year": "2000"}
    document = make_document(read_bytes(file), Source(**cells | {"file": file.name}), file)
    return document.text, read_plan(document)


# Columns of a table of ids, as an office may head them.
_HEADS = {"文件": "file", "编号": "doc_id", "县区": "county", "市": "city", "省": "province"}


def register_all(
    files: Sequence[Path], table: Path, *, raw: Path, convert: bool = False, **given: Any
) -> list[tuple[Path, PlanError | None]]:
    """Register every plan that a table of ids names, one after the other.

    A plan that cannot be read costs no other.

    Parameters
    ----------
    files
        Plans, and folders that hold them.
    table
        CSV or Excel file with the columns file, doc_id, county, and any others of `register`
        (文件, 编号, 县区, 市, 省 are understood, too).
    raw, convert, given
        As in `register`, for all of them; a cell of the table stands before what is given.

    Returns
    -------
    list of (Path, PlanError or None)
        Each file, in the table's order, and why it was not added; a file that the table does not
        name stands behind them.

    Raises
    ------
    PlanError
        The table cannot be read, or lacks a column.
    """
    rows = _read_ids(table)
    inside = [path for f in files for path in (sorted(f.iterdir()) if f.is_dir() else [f])]
    known = {path.name: path for path in inside if path.is_file() and path != table}
    found: list[tuple[Path, PlanError | None]] = []
    for row in rows:
        path = known.pop(row["file"], table.parent / row["file"])
        cells = given | {k: v for k, v in row.items() if v and k not in ("file", "doc_id")}
        try:
            register(path, row["doc_id"], raw=raw, convert=convert, **cells)
            found.append((path, None))
        except PlanError as error:
            found.append((path, error))
    remedy = f"add a row for it to {table.name}"
    return found + [
        (p, PlanError("not in the table of ids", remedy, file=p)) for p in known.values()
    ]


def _read_ids(table: Path) -> list[dict[str, str]]:
    """Rows of a table of ids, by the names of the columns of `sources.csv`."""
    read_bytes(table)  # a file that is not there is an error of ours
    try:
        read = pd.read_excel if table.suffix == ".xlsx" else pd.read_csv
        rows = read(table, dtype=str, keep_default_na=False).rename(columns=_HEADS)
    except (ValueError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        problem = f"is no table of ids ({str(error).splitlines()[0]})"
        raise PlanError(problem, "save it as CSV (UTF-8) or .xlsx", file=table) from None
    rows = rows.apply(lambda column: column.str.strip())
    if missing := [name for name in ("file", "doc_id", "county") if name not in rows]:
        raise PlanError(f"the table lacks {', '.join(missing)}", "add the columns", file=table)
    known = {"file", "doc_id", *(f.name for f in fields(Source))} - {"sha256", "year"}
    return rows[[name for name in rows if name in known]].to_dict("records")


def _find_fault(tables: dict[str, pd.DataFrame], raw: Path, source: Source) -> PlanError | None:
    """First fault of one plan's tables by the schema, with its line; None where they hold."""
    frames = tables | {"documents": tables["documents"].assign(label="-")}
    starts = tables["tasks"].set_index("task_id")["char_start"]
    for name, frame in frames.items():
        if found := schema.TABLES[name].faults(frame):
            line = None
            if found[0].row is not None:
                row = frame.iloc[found[0].row]
                place = row.get("char_start", starts.get(row.get("task_id")))
                line = line_of(read_file(raw / source.file), int(place)) if place else None
            remedy = "fix the text at that place"
            return PlanError(found[0].told, remedy, file=raw / source.file, line=line)
    return None


def unregister(doc_id: str, raw: Path) -> Path:
    """Take a plan out of ``raw``, file and row of the list; returns the file's path.

    Raises
    ------
    PlanError
        No plan of this id is listed.
    """
    sources = read_sources(raw)
    found = next((s for s in sources if s.doc_id == doc_id), None)
    if found is None:
        ids = ", ".join(s.doc_id for s in sources if s.doc_id)
        raise PlanError(f"no plan {doc_id!r}", f"one of: {ids}", file=raw / SOURCES_FILE)
    listed = _to_csv([s for s in sources if s is not found])
    write_together(raw, {SOURCES_FILE: listed, found.file: None})
    return raw / found.file


def _to_csv(sources: list[Source]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [f.name for f in fields(Source)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(s) for s in sources)
    return buffer.getvalue().encode()
