"""Tables of files as lines of text: a line a row, a tab between cells, as `rows` reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.reading.rows import head_kind

_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class GridCell:
    """Words of a cell; `goes_on` where it is the lower part of a cell merged over rows."""

    words: str
    goes_on: bool = False


def as_lines(rows: list[list[GridCell]]) -> list[str]:
    """Lines of a table; a row of one cell is a line of its own.

    A cell that is merged over several rows stands in each of them, but not where the number of
    the row (or, without numbers, its first cell) is merged as well: then the rows are one task.
    """
    counted = next((_number_column(row) for row in rows if _number_column(row) >= 0), 0)
    lines = []
    for row in rows:
        is_one = counted < len(row) and row[counted].goes_on and len(row) > 1
        cells = ["" if c.goes_on and is_one else _BLANK.sub(" ", c.words).strip() for c in row]
        if any(cells):
            filled = [c for c in cells if c]
            lines.append(filled[0] if len(filled) == 1 and not is_one else "\t".join(cells))
    return lines


def _number_column(row: list[GridCell]) -> int:
    """Place of the head 序号 in a row; -1 where it has none."""
    return next((i for i, c in enumerate(row) if head_kind(c.words) == "number"), -1)
