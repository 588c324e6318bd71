"""The door to the tables: typed frames, and the way back to a sentence."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import schema
from analysis.errors import PlanError, shorten
from analysis.files import settle
from analysis.study import DATAPACKAGE_FILE, POPULATION_FILE, current
from analysis.text import decode, place_of, read_bytes

PLANS, ABOVE, REPORTS, ALL = "plans", "above", "reports", "all"
_DOC_ID = re.compile(r"^([a-z_]+-[0-9]{4})")
_GAPS = re.compile(r"\s+")
_OPENING = 4  # characters of a title by which its place is found: a page may break a longer one


def table(name: str, *, folder: Path | None = None, scope: str = PLANS) -> pd.DataFrame:
    """Return one table of ``data/processed``, typed as `schema` declares it.

    A text that is not there is empty, never missing.

    Parameters
    ----------
    name, folder
        The table, and where the tables lie; those of the study if no folder is given.
    scope
        Rows of which documents: ``plans``, those of the lowest level that has a plan, which are
        compared with each other; ``above``, plans of the levels over them; ``reports``, what
        tells of results; ``all``.

    Raises
    ------
    PlanError
        There is no such table, or it has not been built, or it is not as the build wrote it.
    """
    if name not in schema.TABLES:
        raise PlanError(f"no table {name!r}", f"one of: {', '.join(schema.TABLES)}")
    folder = folder or current().processed
    settle(folder)
    path = folder / f"{name}.csv"
    data = _read_built(path)
    if described(folder).get(path.name) != hashlib.sha256(data).hexdigest():
        problem = f"not the file that {DATAPACKAGE_FILE} describes"
        raise PlanError(problem, "run `python -m analysis build`", file=path)
    frame = parse_table(name, data, path)
    if scope == ALL or name == "report" or "documents.csv" not in described(folder):
        return frame
    documents = frame if name == "documents" else table("documents", folder=folder, scope=ALL)
    return cut_scope(frame, documents, scope)


def successive_plans(documents: pd.DataFrame) -> list[tuple[str, str]]:
    """Ids of every county's plan and of that of the year before, in order."""
    plans = documents.sort_values(["province", "city", "county", "year"])
    found = []
    for _, own in plans.groupby(["province", "city", "county"], sort=True):
        years = dict(zip(own["year"], own["doc_id"], strict=True))
        found += [(years[y - 1], doc_id) for y, doc_id in years.items() if y - 1 in years]
    return found


def cut_scope(frame: pd.DataFrame, documents: pd.DataFrame, scope: str = PLANS) -> pd.DataFrame:
    """Rows of a table that belong to plans that are compared, to plans above, or to reports."""
    is_plan = documents["kind"].eq("plan")
    rank = documents["level"].map({level: k for k, level in enumerate(schema.LEVELS)})
    lowest = rank.eq(rank[is_plan].min())
    chosen = {PLANS: is_plan & lowest, ABOVE: is_plan & ~lowest, REPORTS: ~is_plan}[scope]
    if chosen.all():
        return frame
    key = next(k for k in ("doc_id", "task_id", "quantity_id") if k in frame)
    homes = frame[key].str.extract(_DOC_ID, expand=False)
    return frame[homes.isin(documents.loc[chosen, "doc_id"])].reset_index(drop=True)


def parse_table(name: str, data: bytes, path: Path) -> pd.DataFrame:
    """Return a table from the bytes of its CSV, typed as `schema` declares it.

    Raises
    ------
    PlanError
        The bytes are no such table.
    """
    declared = schema.TABLES[name]
    missing = {c: [] if c in declared.texts else [""] for c in declared.names}
    try:
        frame = pd.read_csv(
            io.BytesIO(data),
            dtype=declared.dtypes,
            encoding="utf-8",
            keep_default_na=False,
            na_values=missing,
        )
    except (ValueError, TypeError, OverflowError) as error:  # those of the parser among them
        problem = f"no table as the build writes it ({shorten(str(error))})"
        raise PlanError(problem, "run `python -m analysis build`", file=path) from None
    if list(frame.columns) != declared.names:
        problem = f"other columns than those of {name}"
        raise PlanError(problem, "run `python -m analysis build`", file=path)
    return frame


def described(folder: Path) -> dict[str, str]:
    """SHA-256 of each table of a folder, by file name, as ``datapackage.json`` has it.

    Raises
    ------
    PlanError
        The tables have not been built, or that file is no description of them.
    """
    path = folder / DATAPACKAGE_FILE
    try:
        resources = json.loads(_read_built(path))["resources"]
        return {r["path"]: r["hash"].removeprefix("sha256:") for r in resources}
    except (ValueError, KeyError, TypeError, AttributeError):
        problem = "no description of tables as the build writes it"
        raise PlanError(problem, "run `python -m analysis build`", file=path) from None


def _read_built(path: Path) -> bytes:
    if not path.is_file():
        raise PlanError("not built yet", "run `python -m analysis build`", file=path)
    return read_bytes(path)


def tables(*names: str, folder: Path | None = None, scope: str = PLANS) -> list[pd.DataFrame]:
    """Return several tables in the order asked for; see `table`."""
    return [table(name, folder=folder, scope=scope) for name in names]


def trace(rows: pd.DataFrame, *, folder: Path | None = None) -> pd.DataFrame:
    """Lead rows of any table with a doc_id, task_id or quantity_id back to their source.

    Returns
    -------
    DataFrame
        ``rows`` as they are, and before their own columns county (the plan's label), doc_number,
        task_no and title; behind them the sentence, where a quantity_id leads to one and the rows
        have none; and last source_file and place: the page of a printed plan, else the line (in a
        Word file: the paragraph) in which the quantity or the task stands. What an id does not
        lead to is empty.

    Raises
    ------
    PlanError
        The rows have no id.
    """
    names = ("documents", "tasks", "quantities")
    documents, tasks, quantities = tables(*names, folder=folder, scope=ALL)
    plans, homes = documents.set_index("doc_id"), tasks.set_index("task_id")
    cited, ids = quantities.set_index("quantity_id"), rows.copy()
    if not {"doc_id", "task_id", "quantity_id"} & set(rows):
        raise PlanError("these rows have no id", "keep doc_id, task_id or quantity_id")
    if "quantity_id" in ids and "task_id" not in ids:
        ids["task_id"] = ids["quantity_id"].map(cited["task_id"])
    if "task_id" in ids and "doc_id" not in ids:
        ids["doc_id"] = ids["task_id"].map(homes["doc_id"])
    lead = {"county": ids["doc_id"].map(plans["label"])}
    lead["doc_number"] = ids["doc_id"].map(plans["doc_number"])
    if "task_id" in ids:
        lead |= {name: ids["task_id"].map(homes[name]) for name in ("task_no", "title")}
    found = pd.concat([pd.DataFrame(lead), rows.drop(columns=[*lead], errors="ignore")], axis=1)
    if "quantity_id" in ids and "sentence" not in ids:
        found["sentence"] = ids["quantity_id"].map(cited["sentence"])
    found["source_file"] = ids["doc_id"].map(plans["source_file"])
    starts = ids.get("quantity_id", pd.Series(index=ids.index)).map(cited["char_start"])
    if "task_id" in ids:
        starts = starts.fillna(ids["task_id"].map(homes["char_start"]))
    known = read_texts(plans.loc[plans.index.isin(ids["doc_id"])].reset_index())
    found["place"] = [
        place_of(known[doc_id], int(start)) if doc_id in known and pd.notna(start) else ""
        for doc_id, start in zip(ids["doc_id"], starts, strict=True)
    ]
    texts = ["county", "doc_number", "source_file"]
    texts += {"title", "sentence"} & set(found) - set(rows)
    return found.fillna(dict.fromkeys(texts, ""))


def read_texts(documents: pd.DataFrame, *, raw: Path | None = None) -> dict[str, str]:
    """Decoded text of each plan by doc_id, which the places of all tables refer to.

    Raises
    ------
    PlanError
        A file is not the one that the tables were built from.
    """
    raw = raw or current().raw
    texts = {}
    for plan in documents.itertuples():
        path, digest = raw / plan.source_file, plan.sha256
        if plan.text_file:  # what was read out of a Word file, a PDF or a page
            path, digest = raw.parent / "processed" / plan.text_file, plan.text_sha256
        data = read_bytes(path)
        if hashlib.sha256(data).hexdigest() != digest:
            problem = "the tables were built from another version of this file"
            raise PlanError(problem, "run `python -m analysis build`", file=path)
        texts[plan.doc_id] = decode(data, path)
    return texts


def read_words(
    tasks: pd.DataFrame, documents: pd.DataFrame, *, raw: Path | None = None
) -> pd.DataFrame:
    """Own words of each task, as the document has them: without the clause that closes it.

    Returns
    -------
    DataFrame
        One row per task, in the order given: task_id, doc_id, char_start, char_end, title_start,
        text_start, words; places are those of the document, and `words` is what stands from
        `char_start`, where the task's number is, to `char_end`.
    """
    texts = read_texts(documents[documents["doc_id"].isin(tasks["doc_id"])], raw=raw)
    rows = []
    for task in tasks.itertuples():
        text, end = texts[task.doc_id], task.char_end
        if _GAPS.sub("", text[task.clause_start : end]) == _GAPS.sub("", task.clause):
            end = task.clause_start
        words = text[task.char_start : end].rstrip()
        start = task.char_start
        title = max(start, text.find(task.title[:_OPENING], start, end))
        place = (task.task_id, task.doc_id, start, start + len(words), title, task.text_start)
        rows.append((*place, words))
    columns = ["task_id", "doc_id", "char_start", "char_end", "title_start", "text_start", "words"]
    return pd.DataFrame(rows, columns=columns)


def denominators(path: Path | None = None) -> pd.DataFrame:
    """Resident population by plan: doc_id, population, year, basis, source, confidence.

    A plan without a sourced number has an empty population, never an estimate.
    """
    path = path or current().raw / POPULATION_FILE
    if not path.is_file():
        raise PlanError("no population of the counties", "list it in this file", file=path)
    return pd.read_csv(path, dtype={"doc_id": "str", "population": "float64", "year": "Int64"})


def data_version(folder: Path | None = None) -> str:
    """Version of the data, as ``datapackage.json`` has it.

    Raises
    ------
    PlanError
        The tables have not been built.
    """
    folder = folder or current().processed
    described(folder)
    return json.loads((folder / DATAPACKAGE_FILE).read_bytes())["version"]


@dataclass(frozen=True)
class Plans:
    """The tables of some plans, cut to what belongs to them."""

    documents: pd.DataFrame
    tasks: pd.DataFrame
    quantities: pd.DataFrame
    assignments: pd.DataFrame

    @property
    def targets(self) -> pd.DataFrame:
        """Quantities that are targets."""
        return self.quantities[self.quantities["kind"].eq("target")]


def read_plans(doc_ids: Sequence[str] = ()) -> Plans:
    """Read the tables of some plans, or of all; `selection.find_plans` knows them by name."""
    documents, *others = tables("documents", "tasks", "quantities", "assignments")
    chosen = documents["doc_id"].isin(doc_ids) if doc_ids else documents["doc_id"].ne("")
    return cut_plans(documents[chosen], *others)


def cut_plans(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    assignments: pd.DataFrame,
) -> Plans:
    """Cut tasks to some documents, quantities and assignments to those tasks; sort them all."""
    tasks = tasks[tasks["doc_id"].isin(documents["doc_id"])]
    own = [t[t["task_id"].isin(tasks["task_id"])] for t in (quantities, assignments)]
    return Plans(
        documents.sort_values("doc_id", ignore_index=True),
        tasks.sort_values(["doc_id", "task_no"], ignore_index=True),
        own[0].sort_values(["task_id", "char_start"], ignore_index=True),
        own[1].sort_values(["task_id", "position"], ignore_index=True),
    )
