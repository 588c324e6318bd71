"""Reviewed judgements: the CSV files of ``analysis/lexicon``, each row with its reason."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from analysis.errors import PlanError
from analysis.study import LEXICON, current


def read_lexicon(name: str) -> tuple[dict[str, str], ...]:
    """Rows of ``lexicon/<name>.csv`` in file order, cells stripped; errors as in `read_rows`.

    A study may have a file of this name in a folder ``lexicon`` of its own, whose rows come after.
    """
    own = current().lexicon / f"{name}.csv"
    rows = read_rows(LEXICON / f"{name}.csv")
    return (*rows, *read_rows(own)) if own.is_file() else rows


@cache
def read_rows(path: Path) -> tuple[dict[str, str], ...]:
    """Rows of a CSV of the package in file order, cells stripped.

    Raises
    ------
    PlanError
        A row has too few or too many cells, or no reason where the file asks for one.
    """
    rows = []
    with path.open(encoding="utf-8", newline="") as f:
        reader = csv.DictReader(f)
        for row in reader:
            if None in row or None in row.values():
                raise PlanError(
                    f"{len(reader.fieldnames or ())} cells expected",
                    "quote cells that hold a comma",
                    file=path,
                    line=reader.line_num,
                )
            if not row.get("reason", "-").strip():
                raise PlanError(
                    "no reason given", "say why the row is here", file=path, line=reader.line_num
                )
            rows.append({k: v.strip() for k, v in row.items()})
    return tuple(rows)


def theme_names() -> list[str]:
    """Return the canonical themes in the order of ``lexicon/themes.csv``."""
    return [row["theme"] for row in read_lexicon("themes")]
