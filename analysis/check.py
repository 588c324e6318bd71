"""Checks of the built tables: schema, keys, hashes, and every promise of the reading.

The promises stand here once (`PROMISES`): `check` holds every built plan against them, and the
fuzzer of the tests every text that it invents.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import load, schema
from analysis.errors import PlanError, shorten
from analysis.files import settle
from analysis.reading.documents import read_sources
from analysis.reading.intake import fold_characters, read_file
from analysis.reading.layout import segment
from analysis.reading.rows import DITTO
from analysis.study import DATAPACKAGE_FILE, current
from analysis.text import line_of, read_bytes

_MOST = 5  # faults of a table that are told


@dataclass(frozen=True)
class Reading:
    """A plan's decoded text, and the rows of each table that belong to it."""

    doc_id: str
    text: str
    tables: dict[str, pd.DataFrame]


def check_tables(raw: Path, folder: Path) -> list[str]:
    """Return everything that is wrong with the tables of ``folder``; empty when all is well.

    Raises
    ------
    PlanError
        Nothing has been built there.
    """
    settle(folder)
    if not (folder / DATAPACKAGE_FILE).exists():
        load.described(folder)
    frames: dict[str, pd.DataFrame] = {}
    problems: list[str] = []
    with suppress(PlanError):
        if load.list_parts(folder):
            return list(_check_parts(raw, folder))
    try:
        hashes = load.described(folder)
    except PlanError as error:
        hashes, problems = None, [str(error)]
    for name in schema.TABLES:
        path = folder / f"{name}.csv"
        try:
            data = read_bytes(path)
            frames[name] = load.parse_table(name, data, path)
        except PlanError as error:
            problems.append(str(error))
            continue
        if hashes is not None and hashes.get(path.name) != hashlib.sha256(data).hexdigest():
            problem = f"not the file that {DATAPACKAGE_FILE} describes; run the build again"
            problems.append(f"{path.name}: {problem}")
    if len(frames) < len(schema.TABLES):
        return problems + list(_check_schema(frames))
    try:
        texts = load.read_texts(frames["documents"], raw=raw)
    except PlanError as error:
        return [*problems, *_check_schema(frames), str(error)]
    return problems + find_faults(frames, texts)


def _check_parts(raw: Path, folder: Path) -> Iterator[str]:
    """Yield what is wrong with the tables of a large study, looked at part by part."""
    listed = load.list_parts(folder)
    documents = load.table("documents", folder=folder, scope=load.ALL)
    report = load.table("report", folder=folder)
    reported = report["place"].str.extract(f"^({schema.DOC_ID})", expand=False)
    for file in (part["path"].rsplit("/", 1)[1] for part in listed["tasks"]):
        frames = {}
        for name, parts in listed.items():
            same = [part for part in parts if part["path"].endswith(f"/{name}/{file}")]
            try:
                if same and name not in ("documents", "report", "comparisons"):
                    frames[name] = load.read_part(folder, name, same[0])
            except PlanError as error:
                yield str(error)
        if missing := {"tasks", "sections", "quantities"} - frames.keys():
            yield f"{file}: no part of {', '.join(sorted(missing))}"
            continue
        homes = documents[documents["doc_id"].isin(frames["tasks"]["doc_id"])]
        frames["documents"] = homes.reset_index(drop=True)
        frames["report"] = report[reported.isin(homes["doc_id"])].reset_index(drop=True)
        yield from find_faults(frames, load.read_texts(homes, raw=raw))
    for name in ("comparisons", "report"):
        for part in listed[name]:
            try:
                found = schema.TABLES[name].faults(load.read_part(folder, name, part))
                yield from (fault.told for fault in found[:_MOST])
            except PlanError as error:
                yield str(error)


def find_faults(frames: dict[str, pd.DataFrame], texts: dict[str, str]) -> list[str]:
    """Everything that schema, keys and promises forbid in tables whose plans have these texts."""
    faults = list(_check_schema(frames))
    for doc_id, text in texts.items() if not faults else ():
        faults += broken_promises(Reading(doc_id, text, cut_tables(doc_id, frames)))
    return faults


def _check_schema(frames: dict[str, pd.DataFrame]) -> Iterator[str]:
    """Yield what the declarations forbid: values, order, and keys that lead nowhere."""
    for name, frame in frames.items():
        declared = schema.TABLES[name]
        if found := declared.faults(frame):
            yield from (fault.told for fault in found[:_MOST])
            continue
        if not declared.validate(frame).equals(frame):
            yield f"{name}.csv: not in the order of its key"
        for column, other in declared.foreign.items():
            if other in frames:
                orphans = set(frame[column]) - {""} - set(frames[other][column])
                yield from (f"{name}.csv: {column} {o} is not in {other}" for o in sorted(orphans))


def cut_tables(doc_id: str, frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Rows of each table that belong to one plan, by the id that they have or stand in."""
    cut = {}
    for name, frame in frames.items():
        column = next((c for c in ("doc_id", "task_id", "place") if c in frame), "quantity_id")
        own = rf"{re.escape(doc_id)}(?:[-:].*)?"
        cut[name] = frame[frame[column].str.fullmatch(own)]
    return cut


# --- what is promised of every plan that is read ------------------------------------------------


def broken_promises(reading: Reading) -> list[str]:
    """Every promise that a reading breaks, each in one line; empty when all hold."""
    return [
        f"{name}.csv: {reading.doc_id} {told}"
        for name, promise in PROMISES
        for told in promise(reading)
    ]


def _segments_cover(reading: Reading) -> Iterator[str]:
    """Header, headings, tasks and rest follow each other without gap or overlap."""
    end = 0
    is_report = reading.tables["documents"]["kind"].eq("report").any()
    for part in segment(reading.text, reading.doc_id, by_paragraphs=bool(is_report)):
        if part.start != end or part.end <= part.start:
            yield f"a {part.kind} runs from {part.start} to {part.end}, behind {end}"
        end = part.end
    if end != len(reading.text):
        yield f"the segments end at {end} of {len(reading.text)} characters"


def _counts_agree(reading: Reading) -> Iterator[str]:
    """The counts of a plan are those of its rows."""
    tables = reading.tables
    found = (len(tables["sections"]), len(tables["tasks"]), len(reading.text))
    told = tuple(map(int, tables["documents"][["n_sections", "n_tasks", "n_chars"]].iloc[0]))
    if found != told:
        yield f"{told} sections, tasks and characters, where there are {found}"


def _quotes(name: str) -> Callable[[Reading], Iterator[str]]:
    def promise(reading: Reading) -> Iterator[str]:
        """Every quotation is what stands at its place."""
        rows = reading.tables[name][["char_start", "char_end", "text"]]
        for start, end, text in rows.itertuples(index=False):
            if (found := reading.text[start:end]) != text:
                yield f"{start}:{end} reads {shorten(found)!r}, not {shorten(text)!r}"

    return promise


_NUMERAL = set("〇一二两三四五六七八九十百千万亿")


def _numerals_accounted(reading: Reading) -> Iterator[str]:
    """Every digit and Chinese numeral of the text has an account, and no two accounts."""
    rows = reading.tables["numerals"].sort_values("char_start")
    end, open_places = 0, []
    for start, stop in [*zip(rows["char_start"], rows["char_end"], strict=True), (None, None)]:
        until = len(reading.text) if start is None else start
        if until < end:
            yield f"two numerals hold the place {until}"
        gap = range(end, until)
        open_places += [i for i in gap if _is_numeral(reading.text[i])]
        end = max(end, stop or 0)
    for place in open_places[:_MOST]:
        context = shorten(reading.text[max(0, place - 8) : place + 8])
        yield f"no account of {reading.text[place]!r} at {place}, in {context!r}"


def _is_numeral(char: str) -> bool:
    return char in _NUMERAL or unicodedata.category(char) in {"Nd", "Nl", "No"}


def _quantities_inside(reading: Reading) -> Iterator[str]:
    """A quantity lies in its task, and the numerals in it point to it."""
    tables = reading.tables
    spans = tables["tasks"].set_index("task_id")[["char_start", "char_end"]]
    pointed = set(tables["numerals"]["quantity_id"])
    for row in tables["quantities"].itertuples():
        start, end = spans.loc[row.task_id] if row.task_id in spans.index else (0, 0)
        if not start <= row.char_start < row.char_end <= end:
            yield f"{row.quantity_id} stands outside its task"
        if row.quantity_id not in pointed:
            yield f"no numeral points to {row.quantity_id}"
    numerals = tables["numerals"]
    odd = numerals[numerals["account"].eq("quantity") != numerals["quantity_id"].ne("")]
    yield from (f"the numeral at {place} is a quantity or is none" for place in odd["char_start"])


def _tasks_apart(reading: Reading) -> Iterator[str]:
    """Tasks follow each other, and their words stand where the row says, in the task's span."""
    end = 0
    for task in reading.tables["tasks"].sort_values("task_no").itertuples():
        if task.char_start < end:
            yield f"{task.task_id} begins inside the task before it"
        end = task.char_end
        span = _squeeze(reading.text[task.char_start : task.char_end])
        for part in ("title", "text", "clause"):
            if not _is_inside(_squeeze(getattr(task, part)), span):
                yield f"{task.task_id} {part} is not what stands there"
        for part in ("text", "clause"):
            words, place = getattr(task, part), getattr(task, f"{part}_start")
            found = reading.text[place : task.char_end].lstrip()
            # the place of a clause is that of its last line
            if words and not any(x[:1] == found[:1] for x in words.splitlines()):
                told = f"{part} begins {words[:9]!r}, but at {place} stands {found[:9]!r}"
                yield f"{task.task_id} {told}"


def _squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def _is_inside(words: str, text: str) -> bool:
    """Whether words stand in a text, in order; there may be more in between."""
    characters = iter(text)
    return all(c in characters for c in words)


_NUMBERED = re.compile(r"^[^\S\n]*(\d{1,3})[^\S\n]*[.、](?!\d)", re.MULTILINE)


def _no_task_swallowed(reading: Reading) -> Iterator[str]:
    """A line that goes on counting the tasks is a task, or a row of the report."""
    folded = fold_characters(reading.text)
    places = reading.tables["report"]["place"]
    told = set(places.str.extract(r":(\d+)$")[0].dropna().astype(int))
    tasks = reading.tables["tasks"].sort_values("task_no")
    following = [*tasks["printed_no"].iloc[1:], ""]
    for task, after in zip(tasks.itertuples(), following, strict=True):
        if not (task.printed_no.isascii() and task.printed_no.isdecimal()):
            continue
        due = int(task.printed_no) + 1
        for line in _NUMBERED.finditer(folded, task.char_start + 1, task.char_end):
            if int(line[1]) == 1 or after == str(due):
                break  # a list of its own
            if int(line[1]) == due and line_of(reading.text, line.start(1)) not in told:
                yield f"{task.task_id} holds a line that is numbered {due}"


_CELLS = re.compile(r"[|\t\n]")


def _bodies_named(reading: Reading) -> Iterator[str]:
    """Every body is named in the clause of its task, or without one in that of a heading.

    Where a cell of the clause stands for the bodies of the row above (同上), that row is such.
    """
    tasks = reading.tables["tasks"].set_index("task_id")
    clauses, starts = tasks["clause"].map(_squeeze), tasks["char_start"]
    first_named: dict[str, int] = {}
    for row in reading.tables["assignments"].itertuples():
        clause, start = clauses.get(row.task_id, ""), starts.get(row.task_id, 0)
        if _is_inside(_squeeze(row.name), clause):
            continue
        is_own = clause and not any(
            map(DITTO.fullmatch, _CELLS.split(tasks["clause"][row.task_id]))
        )
        if not is_own and row.name not in first_named:
            spaced = r"\s*".join(map(re.escape, _squeeze(row.name)))
            found = re.search(spaced, reading.text)
            first_named[row.name] = found.end() if found else len(reading.text) + 1
        if is_own or first_named[row.name] > start:
            yield f"{row.task_id} names no {shorten(row.name)!r}"


PROMISES: tuple[tuple[str, Callable[[Reading], Iterator[str]]], ...] = (
    ("documents", _segments_cover),
    ("documents", _counts_agree),
    ("quantities", _quotes("quantities")),
    ("pledges", _quotes("pledges")),
    ("numerals", _quotes("numerals")),
    ("numerals", _numerals_accounted),
    ("quantities", _quantities_inside),
    ("tasks", _tasks_apart),
    ("tasks", _no_task_swallowed),
    ("assignments", _bodies_named),
)


def account_characters() -> pd.DataFrame:
    """Characters of each plan by the kind of segment that holds them.

    Returns
    -------
    DataFrame
        One row per plan; columns header, section, task_no, title, text, clause, rest, and `all`,
        the length of the decoded text. The segments follow each other without gap or overlap, so
        each row adds up.
    """
    raw, rows = current().raw, {}
    for source in read_sources(raw):
        if source.kind == "plan":
            text = read_file(raw / source.file)
            spans = pd.DataFrame([(s.kind, s.end - s.start) for s in segment(text, source.file)])
            rows[source.doc_id] = {**spans.groupby(0)[1].sum(), "all": len(text)}
    kinds = ["header", "section", "task_no", "title", "text", "clause", "rest", "all"]
    return pd.DataFrame(rows).T.reindex(columns=kinds).fillna(0).astype(int)
