"""The ledger of tasks, which an office fills in: progress by formula, nothing filled in is lost.

A row is a target, a pledge in words, or a task with neither. Results are rated against the target
by its bound and lit green, amber or red by the share of the time that has passed. A ledger that
is written anew takes over what stands in the one before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from analysis.errors import PlanError
from analysis.load import Plans
from analysis.office.notes import (
    add_about,
    add_source,
    find_sources,
    name_columns,
    plain,
    word_pages,
)
from analysis.office.sheets import (
    Cell,
    Head,
    amount,
    count_lines,
    new_book,
    row_height,
    write_sheet,
)
from analysis.office.tables import first_departments, ledger_table
from analysis.wording import text_for

# Columns with their greatest width: those that are printed, those beside them, and those of the
# machine, which are hidden.
_PRINTED = {
    "no": 6, "county": 9, "task": 19, "goal": 35, "value": 18, "lead": 23, "due": 12,
    "result": 8, "rate": 8, "light": 5,
}  # fmt: skip
_BESIDE = {
    "progress": 12, "leader": 12, "person": 12, "filled_on": 12, "problem": 24, "next": 24,
    "check": 10, "support": 20, "theme": 16, "due_words": 14, "source": 28,
}  # fmt: skip
_TIGHT = ("no", "county", "due", "result", "rate", "light")
_ENGLISH = {"value": 26, "light": 8, "rate": 10}
_HIDDEN = {"high": 8, "bound": 8, "department": 12, "key": 12}
FILLED = ("result", "progress", "leader", "person", "filled_on", "problem", "next", "check")
_LIGHTS = {"green": "92D050", "amber": "FFC000", "red": "FF5050"}
_TOP = 2  # lines above the head
_PAGE = 526.0  # points of rows on a page of A4 landscape, below title and head
_SHORT = 33  # characters of a task's own words that are printed
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass
class Kept:
    """What a reader put into a ledger: cells by row and head, heads of added columns, widths."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)  # rows as they were, by key
    added: dict[str, float | None] = field(default_factory=dict)
    widths: dict[str, float] = field(default_factory=dict)
    top: dict[str, Any] = field(default_factory=dict)
    sheets: dict[str, list[list[Any]]] = field(default_factory=dict)


# --- rows -----------------------------------------------------------------------------------


def read_due(words: str, year: int) -> tuple[date, bool]:
    """Last day that a deadline's words allow, and whether it is assumed: the end of the year."""
    if found := re.search(r"(?:(20\d\d)年)?(\d{1,2})月(?:(\d{1,2})日)?", words):
        own, month = int(found[1] or year), min(max(int(found[2]), 1), 12)
        last = pd.Period(f"{own}-{month:02d}").days_in_month
        return date(own, month, min(int(found[3] or last), last)), False
    if found := re.search(r"20\d\d", words):
        return date(int(found[0]), 12, 31), False
    for pattern, month in ((r"上半年|二季度", 6), (r"一季度", 3), (r"三季度", 9)):
        if re.search(pattern, words):
            return date(year, month, 30 if month != 3 else 31), False
    return date(year, 12, 31), not re.search(r"年[内末底度]|全年", words)


def ledger_rows(plans: Plans, *, language: str = "zh") -> pd.DataFrame:
    """Rows of `ledger_table` with what a ledger asks of them besides.

    Returns
    -------
    DataFrame
        The columns of `ledger_table`, and no (of the task, counted through), is_first (row of its
        task), department (the body named first), due_date, assumed (no deadline is stated), key
        (of the row, by task and goal: what was filled in is found again by it).
    """
    rows = ledger_table(plans, language=language)
    year = plans.documents.set_index("doc_id")["year"]
    homes = rows["task_id"].map(plans.tasks.set_index("task_id")["doc_id"])
    due = [read_due(words or "", int(year[d])) for words, d in zip(rows["due"], homes, strict=True)]
    first = ~rows["task_id"].duplicated()
    words = rows["goal"].str.replace(r"\s", "", regex=True)
    twice = rows.groupby(["task_id", words]).cumcount().astype(str)
    return rows.assign(
        no=first.cumsum(),
        is_first=first,
        department=rows["task_id"].map(first_departments(plans.assignments, language=language)),
        due_date=[day for day, _ in due],
        assumed=[is_assumed for _, is_assumed in due],
        key=rows["task_id"] + "|" + words.map(_digest) + "|" + twice,
    )


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:10]


# --- the book -------------------------------------------------------------------------------


def ledger_book(
    plans: Plans,
    *,
    language: str = "zh",
    kept: Kept | None = None,
    by_department: bool = False,
) -> tuple[Workbook, list[str]]:
    """Workbook of the ledger, and the rows that were filled in and are no more.

    Parameters
    ----------
    plans, language
        What it is made of, and the language of its words.
    kept
        What a reader put into the ledger before; see `read_kept`.
    by_department
        Add one sheet per department that leads (责任清单).
    """
    kept = kept or Kept()
    table = ledger_rows(plans, language=language)
    printed = word_pages("print_ledger", plans, language)
    book = new_book(printed["top"], language)
    name = text_for("sheet_ledger", language)
    _write_ledger(book, name, table, plans, kept, printed, language)
    _add_summary(book, name, table, printed, language)
    if by_department:
        for department, rows in table.groupby("department", sort=True):
            sheet = _SHEET_NAME.sub("", str(department))[:31]
            _write_ledger(book, sheet, rows, plans, kept, printed, language, full=False)
    lost = _add_lost(book, table, kept, printed, language)
    book.properties.keywords = ledger_id(table, language, by_department=by_department)
    add_source(book, plans, printed, language)
    facts = {
        "rows": len(table),
        "plans": len(plans.documents),
        "tasks": len(plans.tasks),
        "targets": len(plans.targets),
        "without": int(table["value_low"].isna().sum()),
    }
    keys = ("goal", "values", "bounds", "rate", "light", "bodies", "due", "check", "offsets")
    add_about(book, plans, ("ledger", *keys), facts, printed, language)
    for title, lines in kept.sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    return book, lost


def ledger_id(table: pd.DataFrame, language: str, *, by_department: bool) -> str:
    """Digest of what a ledger is made of, which stands in its properties."""
    columns = [*_PRINTED, *_BESIDE, *_HIDDEN]
    made = f"{columns} {language} {by_department}\n{table.to_csv(index=False)}"
    return hashlib.sha256(made.encode()).hexdigest()[:16]


def is_current(path: Path, table: pd.DataFrame, language: str, *, by_department: bool) -> bool:
    """Whether the ledger at `path` was made of these rows, whatever was filled in since."""
    try:
        made = load_workbook(path, read_only=True).properties.keywords
    except (OSError, KeyError, ValueError, BadZipFile):
        return False
    return made == ledger_id(table, language, by_department=by_department)


def _write_ledger(
    book: Workbook,
    name: str,
    table: pd.DataFrame,
    plans: Plans,
    kept: Kept,
    printed: dict[str, str],
    language: str,
    *,
    full: bool = True,
) -> Worksheet:
    """Write the rows of a ledger, or of one department's list, with formulas and lights."""
    columns = [*_PRINTED, *_BESIDE, *_HIDDEN] if full else [*_PRINTED, "support", "source"]
    widths = _PRINTED | _BESIDE | _HIDDEN | (_ENGLISH if language == "en" else {})
    heads = [_head(key, widths[key], language) for key in columns]
    added = list(kept.added) if full else []
    letters = {key: get_column_letter(n) for n, key in enumerate(columns, 1)}
    own = kept.rows if full else {}
    lines = [
        [
            *_cells(row, columns, letters, n, own.get(row.key, {}), language, full=full),
            *(_filled(own.get(row.key, {}).get(head), "text") for head in added),
        ]
        for n, row in enumerate(table.itertuples(), _TOP + 2)
    ]
    title = printed["top"] if full else f"{name} {text_for('title_list', language)}"
    sheet = write_sheet(
        book,
        name,
        [*heads, *(Head(head, 20) for head in added)],
        lines,
        freeze=f"E{_TOP + 2}",
        links=find_sources(plans, language),
        printed=printed | {"top": ""},
        top=(title, text_for("ledger_filled_by", language)),
    )
    for key in _TIGHT:  # a blank less on each side, so that a page has room for a readable size
        sheet.column_dimensions[letters[key]].width -= 1
    _merge_tasks(sheet, table, letters)
    last = get_column_letter(len(_PRINTED))
    end = _TOP + 1 + len(lines)
    sheet.merge_cells(f"A1:{last}1")
    sheet.print_area = f"A1:{last}{end}"
    for key in _HIDDEN if full else ():
        sheet.column_dimensions[letters[key]].hidden = True
    lights = f"{letters['light']}{_TOP + 2}:{letters['light']}{end}"
    for colour, fill in _LIGHTS.items():
        word = text_for(f"light_{colour}", language)
        rule = CellIsRule("equal", [f'"{word}"'], fill=PatternFill(bgColor=fill, fill_type="solid"))
        sheet.conditional_formatting.add(lights, rule)
    if full:
        by_head = {head.text: get_column_letter(n) for n, head in enumerate(heads, 1)}
        by_head |= {h: get_column_letter(len(heads) + n) for n, h in enumerate(added, 1)}
        for head, width in (kept.widths | kept.added).items():
            if head in by_head and width:
                sheet.column_dimensions[by_head[head]].width = width
        for place, value in kept.top.items():
            sheet[place].value = value
    return sheet


def _merge_tasks(sheet: Worksheet, table: pd.DataFrame, letters: dict[str, str]) -> None:
    """Join what names a task over its rows, which together are high enough for it.

    The department of each row stands in a column of its own, for filters and sums.
    """
    joined = ("no", "task", "lead")
    width = {key: sheet.column_dimensions[letters[key]].width - 1 for key in _PRINTED}
    numbers = table["no"].to_numpy()
    starts = [0, *(k for k in range(1, len(numbers)) if numbers[k] != numbers[k - 1])]
    used = 0.0  # points of the page
    for start, stop in pairwise([*starts, len(numbers)]):
        first, last = start + _TOP + 2, stop + _TOP + 1
        tall = 0.0
        for n in range(first, last + 1):
            own = (k for k in _PRINTED if k not in joined and k in ("county", "goal", "value"))
            lines = [count_lines(str(sheet[f"{letters[k]}{n}"].value or ""), width[k]) for k in own]
            sheet.row_dimensions[n].height = row_height(max(lines))
            tall += sheet.row_dimensions[n].height
        shared = [str(sheet[f"{letters[k]}{first}"].value or "") for k in joined]
        wanted = row_height(max(map(count_lines, shared, (width[k] for k in joined))))
        if wanted > tall:
            sheet.row_dimensions[last].height += wanted - tall
        used += max(wanted, tall)
        if used > _PAGE and start:
            sheet.row_breaks.append(Break(first - 1))
            used = max(wanted, tall)
        for key in joined if last > first else ():
            sheet.merge_cells(f"{letters[key]}{first}:{letters[key]}{last}")


def _head(key: str, width: int, language: str) -> Head:
    return name_columns({key: width}, language)[0]


def _cells(
    row: Any,
    columns: Iterable[str],
    letters: dict[str, str],
    n: int,
    filled: dict[str, Any],
    language: str,
    *,
    full: bool,
) -> Iterator[Cell]:
    """Yield the cells of one row; what names the task is joined with the rows below."""
    has_value = pd.notna(row.value_low)
    goal = row.goal if len(row.goal) <= _SHORT or has_value else row.goal[: _SHORT - 1] + "…"
    due = datetime.combine(row.due_date, datetime.min.time())
    made = {
        "no": Cell(int(row.no), "centre"),
        "county": Cell(row.county, "centre"),
        "task": Cell(row.task),
        "goal": Cell(goal),
        "value": _value(row, language),
        "lead": plain(row.lead, "text", language),
        "due": Cell(due, "muted" if row.assumed else "centre", "yyyy-mm-dd", f"{row.due_date}"),
        "rate": Cell(_rate(letters, n) if has_value and full else None, "formula", "0%", "100%"),
        "light": Cell(_light(letters, n, row, language) if full else None, "formula"),
        "support": plain(row.support, "text", language),
        "theme": plain(row.theme, "centre", language),
        "due_words": Cell(
            text_for("due_assumed", language) if row.assumed else row.due or None, "centre"
        ),
        "source": Cell(row.source, task_id=row.task_id),
        "high": Cell(float(row.value_high) if has_value else None, "number"),
        "bound": Cell(row.bound if has_value else None, "centre"),
        "department": plain(row.department, "centre", language),
        "key": Cell(row.key),
    }
    for key in columns:
        if key in FILLED:
            head = text_for(f"head_{key}", language)
            value = filled.get(head)
            if value is None and key == "check":
                value = text_for("check_list", language).split(",")[0]
            look = "text" if key in ("problem", "next") else "centre"
            yield _filled(value, look, "yyyy-mm-dd" if key == "filled_on" else "General")
        else:
            yield made[key]


def _filled(value: Any, look: str, form: str = "General") -> Cell:
    """A cell with what a reader put into it."""
    if isinstance(value, (datetime, date)):
        form = "yyyy-mm-dd"
    return Cell(value, "formula" if isinstance(value, Formula) else look, form)


def _value(row: Any, language: str) -> Cell:
    """The target, with its bound and unit in the number's format."""
    if pd.isna(row.value_low):
        return plain(None, "centre", language)
    cell = amount(row.value_low, row.value_high, row.bound, language=language)
    unit = row.unit.replace('"', "") if isinstance(row.unit, str) else ""
    code = f'{cell.format}"{unit}"' if unit else cell.format
    return Cell(cell.value, "number", code, cell.shown + unit)


def _rate(letters: dict[str, str], n: int) -> str:
    """Formula of the share reached: result over target; of a limit 1, or limit over result."""
    result, low, high, bound = (f"{letters[k]}{n}" for k in ("result", "value", "high", "bound"))
    over = f"IF({result}<={high},1,{high}/{result})"
    return (
        f'=IF(OR({result}="",{low}=0,NOT(ISNUMBER({result}))),"",'
        f'IF({bound}="le",{over},{result}/{low}))'
    )


def _light(letters: dict[str, str], n: int, row: Any, language: str) -> str:
    """Formula of the light: green on time or done, amber a little behind, red late or far behind.

    The share reached is held against the share of the time from 1 January to the deadline.
    """
    rate, due, progress = (f"{letters[k]}{n}" for k in ("rate", "due", "progress"))
    green, amber, red = (f'"{text_for(f"light_{c}", language)}"' for c in _LIGHTS)
    words = text_for("progress_list", language).split(",")
    start = f"DATE({row.due_date.year},1,1)"
    passed = f"MAX(0,MIN(1,(TODAY()-{start})/({due}-{start})))"
    late = f"TODAY()>{due}"
    by_rate = (
        f"IF({rate}>=1,{green},IF({late},{red},IF({rate}>={passed},{green},"
        f"IF({rate}>=0.8*{passed},{amber},{red}))))"
    )
    by_words = (
        f'IF({progress}="{words[3]}",{green},IF({late},IF({progress}="","",{red}),'
        f'IF({progress}="{words[1]}",{green},IF({progress}="{words[2]}",{amber},'
        f'IF({progress}="{words[0]}",{red},"")))))'
    )
    return f"=IF(ISNUMBER({rate}),{by_rate},{by_words})"


def _add_summary(
    book: Workbook, name: str, table: pd.DataFrame, printed: dict[str, str], language: str
) -> None:
    """Sheet of counts by county, department and theme, as formulas over the ledger."""
    columns = [*_PRINTED, *_BESIDE, *_HIDDEN]
    end = _TOP + 1 + len(table)

    def span(key: str) -> str:
        letter = get_column_letter(columns.index(key) + 1)
        return f"'{name}'!${letter}${_TOP + 2}:${letter}${end}"

    lines: list[list[Cell]] = []
    for key in ("county", "department", "theme"):
        for value in table[key].dropna().drop_duplicates():
            if not value:
                continue
            asked = f"{span(key)},$B{len(lines) + _TOP + 2}"
            cells = [Cell(text_for(f"summary_{key}", language), "centre"), Cell(value)]
            cells.append(Cell(f"=COUNTIFS({asked})", "formula"))
            cells.append(Cell(f'=COUNTIFS({asked},{span("result")},"<>")', "formula"))
            for colour in _LIGHTS:
                word = text_for(f"light_{colour}", language)
                cells.append(Cell(f'=COUNTIFS({asked},{span("light")},"{word}")', "formula"))
            lines.append(cells)
    heads = [Head(text_for(f"summary_{k}", language), w) for k, w in (
        ("by", 14), ("name", 34), ("rows", 10), ("filled", 10), ("green", 8), ("amber", 8),
        ("red", 8),
    )]  # fmt: skip
    title = text_for("sheet_summary", language)
    sheet = write_sheet(
        book, title, heads, lines, freeze=f"C{_TOP + 2}", printed=printed | {"top": ""},
        top=(title, text_for("summary_note", language)),
    )  # fmt: skip
    sheet.print_area = f"A1:G{len(lines) + _TOP + 1}"


def _add_lost(
    book: Workbook, table: pd.DataFrame, kept: Kept, printed: dict[str, str], language: str
) -> list[str]:
    """Sheet of what was filled into rows that are no more; returns a line per row."""
    gone = [key for key in kept.rows if key not in set(table["key"])]
    if not gone:
        return []
    heads = list(dict.fromkeys(head for key in gone for head in kept.told[key]))
    lines = [[_filled(kept.told[key].get(head), "text") for head in heads] for key in gone]
    name = text_for("sheet_lost", language)
    write_sheet(book, name, [Head(h, 30) for h in heads], lines, printed=printed)
    task, goal = (text_for(f"head_{key}", language) for key in ("source", "goal"))
    return [f"{kept.told[k].get(task) or k}: {kept.told[k].get(goal) or ''}" for k in gone]


# --- what was filled in ---------------------------------------------------------------------


def read_kept(path: Path, language: str = "zh") -> Kept:
    """What a reader put into the ledger at `path`; nothing where there is none.

    Cells of the columns to fill in, added columns with their cells, changed widths, the lines
    above the head, and sheets of the reader's own, by their values.

    Raises
    ------
    PlanError
        The file is no workbook, or no ledger that this program wrote: it is not overwritten.
    """
    if not path.is_file():
        return Kept()
    try:
        book = load_workbook(path, rich_text=True)
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        problem = f"the ledger there cannot be read ({type(error).__name__})"
        raise PlanError(problem, "move it away, or choose another folder", file=path) from None
    name, fresh = text_for("sheet_ledger", language), set(_own_sheets(language))
    if name not in book.sheetnames:
        problem = f"the workbook there has no sheet {name}"
        raise PlanError(problem, "move it away, or choose another folder", file=path)
    sheet = book[name]
    heads = {text_for(f"head_{k}", language): k for k in (*_PRINTED, *_BESIDE, *_HIDDEN)}
    top = next((r for r in range(1, 12) if _texts(sheet, r) & {text_for("head_key", language)}), 0)
    if not top:
        problem = "the ledger there has no column of keys"
        raise PlanError(problem, "move it away, or choose another folder", file=path)
    places = {str(_plain(c.value)): c.column for c in sheet[top] if c.value is not None}
    kept = Kept(added={h: _width(sheet, n) for h, n in places.items() if h not in heads})
    kept.widths = {h: w for h, n in places.items() if h in heads and (w := _width(sheet, n))}
    for line in sheet.iter_rows(min_row=top + 1):
        cells = {head: _content(line[n - 1]) for head, n in places.items()}
        key = cells.get(text_for("head_key", language))
        if not key:
            continue
        stated = {h: v for h, v in cells.items() if v not in (None, "")}
        own = {h: v for h, v in stated.items() if _is_filled(h, v, heads, language)}
        if own:
            kept.rows[str(key)] = own
            made = {"rate", "light", *_HIDDEN}
            kept.told[str(key)] = {h: v for h, v in cells.items() if heads.get(h) not in made}
    kept.top = {
        c.coordinate: c.value
        for r in range(2, top)
        for c in sheet[r]
        if c.value not in (None, text_for("ledger_filled_by", language))
    }
    for title in book.sheetnames:
        if title not in fresh and not _is_list(book[title], language):
            kept.sheets[title] = [
                [_plain(v) for v in row] for row in book[title].iter_rows(values_only=True)
            ]
    return kept


def _own_sheets(language: str) -> list[str]:
    keys = ("ledger", "summary", "lost", "source", "about")
    return [text_for(f"sheet_{key}", language) for key in keys]


def _is_list(sheet: Worksheet, language: str) -> bool:
    """Whether a sheet is a department's list that this program wrote."""
    return str(sheet["A1"].value or "").endswith(text_for("title_list", language))


def _is_filled(head: str, value: object, heads: dict[str, str], language: str) -> bool:
    key = heads.get(head)
    if key is None:
        return True
    return key in FILLED and value != text_for("check_list", language).split(",")[0]


def _texts(sheet: Worksheet, row: int) -> set[str]:
    return {str(_plain(c.value)) for c in sheet[row] if c.value is not None}


class Formula(str):
    """A formula that a reader typed in."""


def _content(cell: SheetCell) -> Any:
    value = _plain(cell.value)
    return Formula(value) if cell.data_type == "f" else value


def _plain(value: object) -> Any:
    return str(value) if isinstance(value, CellRichText) else value


def _width(sheet: Worksheet, column: int) -> float | None:
    letter = get_column_letter(column)
    return sheet.column_dimensions[letter].width if letter in sheet.column_dimensions else None
