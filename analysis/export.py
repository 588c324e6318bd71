"""The study for other tools: its tables as Parquet, a panel of counties by year, and dyads.

`schema` declares them all, and the data package beside them describes each column.
"""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from analysis import load, schema
from analysis.errors import PlanError
from analysis.files import write_together
from analysis.shared_text import counterparts, runs
from analysis.study import DATAPACKAGE_FILE
from analysis.targets.indicators import indicator_name


def build_panel(comparisons: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """One row per plan and target that an indicator knows, as `schema.PANEL` declares it."""
    plans = documents.drop(columns=["level", "year"])
    rows = comparisons.merge(plans, on="doc_id", validate="many_to_one")
    names = {i: indicator_name(i) for i in rows["indicator_id"].unique()}
    return schema.PANEL.validate(rows.assign(indicator=rows["indicator_id"].map(names)))


def pair_plans(documents: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """One row per plan and other plan, as `schema.PLAN_DYADS` declares it; none for one plan.

    Of more than `runs.EVERY_PAIR` plans, pairs that share nothing are left out.
    """
    if len(documents) < 2:
        return schema.PLAN_DYADS.validate(pd.DataFrame(columns=schema.PLAN_DYADS.names))
    passages = runs.read_passages(documents, tasks)
    pairs = runs.compare_plans(passages, lengths=[runs.SHORTEST])
    pairs = pairs.rename(columns={"other": "other_id"})
    return schema.PLAN_DYADS.validate(_describe_pairs(pairs, documents))


def pair_tasks(documents: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """One row per task and nearest task of another plan, as `schema.TASK_DYADS` declares it."""
    if len(documents) < 2:
        return schema.TASK_DYADS.validate(pd.DataFrame(columns=schema.TASK_DYADS.names))
    pairs = counterparts.counterparts(tasks, documents, plans=len(documents))
    homes = tasks.set_index("task_id")["doc_id"]
    pairs = pairs.rename(columns={"doc_id": "other_id", "score": "similarity"})
    pairs["doc_id"] = pairs["task_id"].map(homes)
    return schema.TASK_DYADS.validate(_describe_pairs(pairs, documents))


def _describe_pairs(pairs: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Add what the two plans of a pair have in common: county, city, and days between issues."""
    plans = documents.set_index("doc_id")
    issued = pd.to_datetime(plans["issued_on"], errors="coerce")
    one, two = pairs["doc_id"], pairs["other_id"]
    for column, names in {
        "same_county": ["county", "city", "province"],
        "same_city": ["city", "province"],
    }.items():
        place = plans[names].agg("/".join, axis=1)
        pairs[column] = one.map(place).eq(two.map(place))
    pairs["days"] = (two.map(issued) - one.map(issued)).dt.days
    return pairs


def write(folder: Path) -> list[Path]:
    """Write every table of the study, the panel and the dyads to a folder; return the paths.

    Raises
    ------
    PlanError
        The tables have not been built, or the package pyarrow is missing.
    """
    frames = {name: load.table(name) for name in schema.TABLES}
    documents, tasks = frames["documents"], frames["tasks"]
    frames |= {
        "panel": build_panel(frames["comparisons"], documents),
        "plan_dyads": pair_plans(documents, tasks),
        "task_dyads": pair_tasks(documents, tasks),
    }
    files = {f"{name}.parquet": _to_parquet(frame) for name, frame in frames.items()}
    files[DATAPACKAGE_FILE] = schema.describe_export(files, load.data_version()).encode()
    write_together(folder, files)
    return [folder / name for name in files]


def _to_parquet(frame: pd.DataFrame) -> bytes:
    """Parquet of a table, typed as `schema` declares it; the same table gives the same bytes."""
    buffer = io.BytesIO()
    try:
        frame.to_parquet(buffer, engine="pyarrow", index=False)
    except ImportError:
        raise PlanError("Parquet needs the package pyarrow", "install it (`make setup`)") from None
    return buffer.getvalue()
