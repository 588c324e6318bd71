"""The door to the tables: typed frames, and the way back to a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis import schema
from analysis.errors import PlanError
from analysis.paths import PROCESSED, RAW


def table(name: str, *, folder: Path = PROCESSED) -> pd.DataFrame:
    """Return one table of ``data/processed``, typed as `schema` declares it.

    Raises
    ------
    PlanError
        There is no such table, or it has not been built.
    """
    if name not in schema.TABLES:
        raise PlanError(f"no table {name!r}", f"one of: {', '.join(schema.TABLES)}")
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise PlanError("not built yet", "run `python -m analysis build`", file=path)
    return pd.read_csv(path, dtype=schema.TABLES[name].dtypes, encoding="utf-8")


def tables(*names: str, folder: Path = PROCESSED) -> list[pd.DataFrame]:
    """Return several tables in the order asked for."""
    return [table(name, folder=folder) for name in names]


def choose_plans(documents: pd.DataFrame, counties: Sequence[str]) -> pd.DataFrame:
    """Rows of ``documents`` named by county (周村区, zhoucun) or doc_id.

    Raises
    ------
    PlanError
        A name is unknown.
    """
    slugs = documents["doc_id"].str.rsplit("-", n=1).str[0]
    names = pd.concat([documents["doc_id"], documents["county"], slugs])
    if unknown := sorted(set(counties) - set(names)):
        raise PlanError(f"no county {', '.join(unknown)}", f"one of: {', '.join(slugs)}")
    return documents[documents.index.isin(names.index[names.isin(counties)])]


def trace(rows: pd.DataFrame, *, folder: Path = PROCESSED) -> pd.DataFrame:
    """Lead rows with a task_id back to their source.

    Returns
    -------
    DataFrame
        ``rows`` with county, doc_number, task_no and title before their own columns.
    """
    documents, tasks = tables("documents", "tasks", folder=folder)
    home = tasks[["task_id", "doc_id", "task_no", "title"]].merge(
        documents[["doc_id", "county", "doc_number"]], on="doc_id", validate="many_to_one"
    )
    lead = ["county", "doc_number", "task_no", "title"]
    home = home[["task_id", *lead]]
    own = rows.drop(columns=lead, errors="ignore")
    return home.merge(own, on="task_id", how="right", validate="one_to_many")


def denominators(path: Path = RAW / "population.csv") -> pd.DataFrame:
    """Resident population by plan: doc_id, population, year, basis, source, confidence.

    A plan without a sourced figure has an empty population, never an estimate.
    """
    return pd.read_csv(path, dtype={"doc_id": "str", "population": "float64", "year": "Int64"})
