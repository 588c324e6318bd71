"""The door to the tables: typed frames, and the way back to a sentence."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import schema
from analysis.errors import PlanError, shorten
from analysis.files import settle
from analysis.study import DATAPACKAGE_FILE, POPULATION_FILE, current
from analysis.text import decode, place_of, read_bytes

PLANS, ABOVE, REPORTS, ALL = "plans", "above", "reports", "all"
PARTS = "parts"  # folder of the tables of a large study
_ID_COLUMNS = ("doc_id", "task_id", "quantity_id")
_DOC_ID = re.compile(r"^([a-z_]+-[0-9]{4})")
_GAPS = re.compile(r"\s+")
_OPENING = 4  # characters of a title by which its place is found: a page may break a longer one


def table(
    name: str,
    *,
    folder: Path | None = None,
    scope: str = PLANS,
    where: Mapping[str, Any] | None = None,
    columns: Sequence[str] = (),
) -> pd.DataFrame:
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
    where
        Rows to read: the value, or the list of values, that a column must have. A column of
        `documents` (county, city, year, …) chooses plans for every table.
    columns
        Columns to read; all of them if none is given.

    Raises
    ------
    PlanError
        There is no such table, or it has not been built, or it is not as the build wrote it.
    """
    if name not in schema.TABLES:
        raise PlanError(f"no table {name!r}", f"one of: {', '.join(schema.TABLES)}")
    folder, declared = folder or current().processed, schema.TABLES[name]
    settle(folder)
    many = (list, tuple, set, frozenset, pd.Series, pd.Index)
    asked = {k: [*v] if isinstance(v, many) else [v] for k, v in (where or {}).items()}
    known = dict.fromkeys([*declared.names, *schema.DOCUMENTS.names * (name != "report")])
    if unknown := sorted({*columns, *asked} - {*known}):
        raise PlanError(f"{name} has no column {', '.join(unknown)}", f"one of: {', '.join(known)}")
    own = {k: v for k, v in asked.items() if k in declared.names}
    if name == "report" or "documents" not in _resources(folder):
        return _read(folder, name, own, None, columns)
    documents = _read(folder, "documents", {}, None, ())
    chosen = in_scope(documents, scope) if scope != ALL else documents["doc_id"].ne("")
    for column in asked.keys() - own.keys() if name != "documents" else asked:
        chosen &= documents[column].isin(asked[column])
    if name == "documents":
        frame = documents[chosen].reset_index(drop=True)
        return frame[[*columns]] if columns else frame
    plans = None if chosen.all() else documents.loc[chosen, "doc_id"]
    return _read(folder, name, own, plans, columns)


def _read(
    folder: Path,
    name: str,
    where: Mapping[str, list[Any]],
    plans: pd.Series | None,
    columns: Sequence[str],
) -> pd.DataFrame:
    """Rows of a table that have the values asked for, and belong to `plans` if they are given."""
    resource = _resources(folder).get(name, {})
    if "parts" in resource:
        frame = _read_parts(folder, resource, where, plans, columns)
    else:
        frame = _read_csv(folder, name)
        for column, values in where.items():
            frame = frame[frame[column].isin(values)]
    if plans is not None:
        frame = frame[_homes(frame).isin(plans)]
    return frame[[*columns] or schema.TABLES[name].names].reset_index(drop=True)


def _read_csv(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    data = _read_built(path)
    if described(folder).get(path.name) != hashlib.sha256(data).hexdigest():
        problem = f"not the file that {DATAPACKAGE_FILE} describes"
        raise PlanError(problem, "run `python -m analysis build`", file=path)
    return parse_table(name, data, path)


def _read_parts(
    folder: Path,
    resource: dict[str, Any],
    where: Mapping[str, list[Any]],
    plans: pd.Series | None,
    columns: Sequence[str],
) -> pd.DataFrame:
    """Rows asked for, from those parts of a large table that may hold some."""
    import pyarrow as pa  # the tables of a small study do without
    import pyarrow.dataset as ds

    declared, parts = schema.TABLES[resource["name"]], resource["parts"]
    if plans is not None and declared.key[0] in _ID_COLUMNS:
        ids = sorted(plans)  # a part holds the plans from one to another
        parts = [
            part
            for part in parts
            if (k := bisect_left(ids, _home(part["first"]))) < len(ids) and ids[k] <= part["last"]
        ]
    names = [*columns] or declared.names
    key = next((c for c in _ID_COLUMNS if c in declared.names), names[0])
    read = list(dict.fromkeys([*names, key]))
    if not parts:
        return pd.DataFrame(columns=read).astype({c: declared.dtypes[c] for c in read})
    for part in parts:
        path = folder / part["path"]
        if not path.is_file() or path.stat().st_size != part["bytes"]:
            problem = f"not the file that {DATAPACKAGE_FILE} describes"
            raise PlanError(problem, "run `python -m analysis build`", file=path)
    try:
        data = ds.dataset([str(folder / part["path"]) for part in parts])
        rows = None
        for column, values in where.items():
            wanted = pa.array(values, data.schema.field(column).type)
            found = ds.field(column).isin(wanted)
            rows = found if rows is None else rows & found
        frame = data.to_table(columns=read, filter=rows).to_pandas()
    except (pa.ArrowException, OSError) as error:
        problem = f"no table as the build writes it ({shorten(str(error))})"
        raise PlanError(problem, "run `python -m analysis build`", file=folder) from None
    return frame.astype({c: declared.dtypes[c] for c in read})


def list_parts(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Parts of each table of a large study: path, bytes, hash, rows, first and last key.

    A study whose tables are CSV has none.
    """
    return {n: r["parts"] for n, r in _resources(folder).items() if "parts" in r}


def read_part(folder: Path, name: str, part: dict[str, Any]) -> pd.DataFrame:
    """One part of a table of a large study.

    Raises
    ------
    PlanError
        It is not the file that the description names, or no such table.
    """
    path = folder / part["path"]
    data = _read_built(path)
    if hashlib.sha256(data).hexdigest() != part["hash"].removeprefix("sha256:"):
        problem = f"not the file that {DATAPACKAGE_FILE} describes"
        raise PlanError(problem, "run `python -m analysis build`", file=path)
    import pyarrow as pa

    try:
        frame = pd.read_parquet(io.BytesIO(data), engine="pyarrow")
        return frame.astype(schema.TABLES[name].dtypes)
    except (pa.ArrowException, ValueError, KeyError) as error:
        problem = f"no table as the build writes it ({shorten(str(error))})"
        raise PlanError(problem, "run `python -m analysis build`", file=path) from None


def count_rows(folder: Path) -> dict[str, int]:
    """Rows of each table of a large study."""
    return {name: sum(part["rows"] for part in own) for name, own in list_parts(folder).items()}


def drop_parts(folder: Path, *, but: str = "") -> None:
    """Take away the parts of large tables that the description does not name any more."""
    for home in (folder / PARTS).glob("*"):
        if home.name != but:
            shutil.rmtree(home, ignore_errors=True)
    if not but:
        shutil.rmtree(folder / PARTS, ignore_errors=True)


def successive_plans(documents: pd.DataFrame) -> list[tuple[str, str]]:
    """Ids of every county's plan and of that of the year before, in order."""
    plans = documents.sort_values(["province", "city", "county", "year"])
    found = []
    for _, own in plans.groupby(["province", "city", "county"], sort=True):
        years = dict(zip(own["year"], own["doc_id"], strict=True))
        found += [(years[y - 1], doc_id) for y, doc_id in years.items() if y - 1 in years]
    return found


def cut_scope(frame: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table that belong to plans that are compared."""
    chosen = in_scope(documents, PLANS)
    if chosen.all():
        return frame
    return frame[_homes(frame).isin(documents.loc[chosen, "doc_id"])].reset_index(drop=True)


def in_scope(documents: pd.DataFrame, scope: str = PLANS) -> pd.Series:
    """Whether each document is a plan that is compared, a plan above, or a report."""
    is_plan = documents["kind"].eq("plan")
    rank = documents["level"].map({level: k for k, level in enumerate(schema.LEVELS)})
    lowest = rank.eq(rank[is_plan].min())
    return {PLANS: is_plan & lowest, ABOVE: is_plan & ~lowest, REPORTS: ~is_plan}[scope]


def _home(key: str) -> str:
    """Id of the document that an id belongs to."""
    found = _DOC_ID.match(key)
    return found[1] if found else key


def _homes(frame: pd.DataFrame) -> pd.Series:
    """Id of the document that each row of a table belongs to."""
    key = next(k for k in _ID_COLUMNS if k in frame)
    return frame[key].str.extract(_DOC_ID, expand=False)


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
    listed = (part for r in _resources(folder).values() for part in r.get("parts", [r]))
    return {part["path"]: part["hash"].removeprefix("sha256:") for part in listed}


def _resources(folder: Path) -> dict[str, dict[str, Any]]:
    """Description of each table of a folder, by its name."""
    path = folder / DATAPACKAGE_FILE
    try:
        resources = {r["name"]: r for r in json.loads(_read_built(path))["resources"]}
        for part in (part for r in resources.values() for part in r.get("parts", [r])):
            part["path"].strip(), part["hash"].strip()  # whether it has both
        return resources
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


def denominators() -> pd.DataFrame:
    """Resident population by plan: doc_id, population, year, basis, source, confidence.

    A plan without a sourced number has an empty population, never an estimate.
    """
    path = current().raw / POPULATION_FILE
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
    """The tables of some plans, cut to what belongs to them.

    `comparisons` are those of the built tables, where the plans are all that the study has.
    """

    documents: pd.DataFrame
    tasks: pd.DataFrame
    quantities: pd.DataFrame
    assignments: pd.DataFrame
    comparisons: pd.DataFrame | None = None

    @property
    def targets(self) -> pd.DataFrame:
        """Quantities that are targets."""
        return self.quantities[self.quantities["kind"].eq("target")]


def read_plans(doc_ids: Sequence[str] = ()) -> Plans:
    """Read the tables of some plans, or of all; `selection.find_plans` knows them by name."""
    where = {"doc_id": doc_ids} if doc_ids else {}
    names = ("documents", "tasks", "quantities", "assignments")
    plans = cut_plans(*(table(name, where=where) for name in names))
    if doc_ids:
        return plans
    plain = {"comparable": bool, "year": "int64"}  # as a comparison gives them
    return replace(plans, comparisons=table("comparisons").astype(plain))


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
