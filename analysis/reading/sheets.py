"""Text of an Excel file (.xlsx): the rows of its sheets, with tabs between the cells."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.errors import PlanError
from analysis.reading.grid import GridCell, as_lines

_LARGEST, _ROWS, _COLUMNS = 80_000_000, 5000, 40  # bytes unpacked, rows and columns of a sheet


def read_xlsx(data: bytes, file: Path | None = None) -> str:
    """Text of an Excel file: a line a row, sheet by sheet, hidden sheets left out.

    Raises
    ------
    PlanError
        The file is damaged, or larger than a plan can be.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(info.file_size for info in package.infolist()) > _LARGEST:
                raise PlanError("this Excel file is too large", "cut the plan out", file=file)
        book = load_workbook(io.BytesIO(data), data_only=True)
    except PlanError:
        raise
    except Exception as error:  # the library raises whatever a damaged part makes it raise
        remedy = "save it again in Excel or WPS, without a password"
        raise PlanError(f"this Excel file is damaged ({error})", remedy, file=file) from None
    sheets = [s for s in book.worksheets if s.sheet_state == "visible"]
    lines = [line for sheet in sheets for line in as_lines(_grid(sheet))]
    if not lines:
        raise PlanError("this Excel file holds no cells", "give the plan's file", file=file)
    return "\n".join(lines) + "\n"


def _grid(sheet: Worksheet) -> list[list[GridCell]]:
    upper = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, min(area.max_row, area.min_row + _ROWS) + 1)
        for column in range(area.min_col, min(area.max_col, _COLUMNS) + 1)
    }
    rows = min(sheet.max_row or 0, _ROWS)
    columns = min(sheet.max_column or 0, _COLUMNS)
    return [
        [_cell(sheet, row, column, upper) for column in range(1, columns + 1)]
        for row in range(1, rows + 1)
    ]


def _cell(
    sheet: Worksheet, row: int, column: int, upper: dict[tuple[int, int], tuple[int, int]]
) -> GridCell:
    first = upper.get((row, column), (row, column))
    if first[1] != column:
        return GridCell("")  # the right part of a cell over several columns
    return GridCell(_words(sheet.cell(*first).value), goes_on=first[0] != row)


def _words(value: object) -> str:
    """A cell's value as it is read: 3 and not 3.0, 2024-03-05 and not a time of day."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
