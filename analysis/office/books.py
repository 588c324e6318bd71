"""Two finished workbooks for an office: the ledger of tasks, and the table of indicators.

Every row leads to its task on a sheet with the text as printed; another sheet says what the columns
mean, which version of the data they show and how well the numbers were read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.text import RichText
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.drawing.text import Font as ChartFont
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from analysis.errors import PlanError
from analysis.files import write_atomically
from analysis.load import Plans, read_plans
from analysis.office import ledger
from analysis.office.notes import (
    add_about,
    add_source,
    find_sources,
    name_columns,
    plain,
    word_pages,
)
from analysis.office.sheets import FONTS, Cell, Head, amount, new_book, shorten_middle, write_sheet
from analysis.office.tables import (
    describe_comparability,
    find_standing,
    first_departments,
    indicator_table,
    name_tied,
)
from analysis.office.years import add_years
from analysis.selection import WHOLE, Selection
from analysis.targets.indicators import indicator_name, split_id
from analysis.wording import LANGUAGES, county_name, join, text_for, theme_name

_BAR = "12355B"
_MOST = 6
_SIZE = (10.5, 5.6)  # cm; a chart is as wide as the first column, the next one stands beside it
_FIRST = 60  # columns
_ROW, _ROWS = 14, 12  # points, and rows from one line of charts to the next


def axis_unit(rows: pd.DataFrame, language: str = "zh") -> str:
    """Unit that the numbers of one indicator are shown in, with its 万 or 亿."""
    concept, _ = split_id(rows["indicator_id"].iloc[0])
    scale = rows["scale"].iloc[0]
    words = text_for(f"scale_{scale}", language) if scale > 1 else ""
    return f"{words}{concept.unit}" if language == "zh" else f"{words} {concept.unit_en}".strip()


def add_charts(
    book: Workbook,
    groups: Sequence[pd.DataFrame],
    names: pd.Series,
    printed: Mapping[str, str],
    language: str,
) -> int:
    """Sheet with a table of the best covered indicators and a bar chart for each of its rows.

    Only comparable numbers are drawn: an empty cell has no bar.

    Parameters
    ----------
    groups
        Rows of `indicator_table`, one frame per indicator.
    names
        Name of each plan's county, by doc_id.

    Returns
    -------
    int
        Number of charts; there is no such sheet where nothing can be compared.
    """
    charted = best_covered(groups)
    if not charted:
        return 0
    heads = [Head(text_for("head_charted", language), _FIRST), *(Head(n, 14) for n in names)]
    rows = [[Cell(_chart_title(rows, language)), *_bars(rows)] for rows in charted]
    title = text_for("sheet_charts", language)
    sheet = write_sheet(book, title, heads, rows, printed=printed, table=False)
    sheet.page_setup.fitToHeight = 1
    for column in range(1, len(heads) + 1):  # one chart stands under the first, one under the rest
        letter = get_column_letter(column)
        wide = _FIRST if column == 1 else _FIRST / len(names)
        sheet.column_dimensions[letter].width = max(wide, sheet.column_dimensions[letter].width)
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = _ROW, True
    below = len(rows) + 2
    sheet.cell(below, 1, text_for("charts_note", language)).style = "note"
    for place in range(len(rows)):
        anchor = f"{'AB'[place % 2]}{below + 2 + place // 2 * _ROWS}"
        sheet.add_chart(_chart(sheet, place + 2, len(heads), language), anchor)
    return len(rows)


def best_covered(groups: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Indicators with most comparable numbers that are not all equal, in the order they have."""
    figures = [rows.loc[rows["comparable"], "low"] for rows in groups]
    counted = [(len(f), n) for n, f in enumerate(figures) if f.min() < f.max()]
    best = sorted(counted, key=lambda c: (-c[0], c[1]))[:_MOST]
    return [groups[n] for n in sorted(n for _, n in best)]


def _chart_title(rows: pd.DataFrame, language: str) -> str:
    indicator_id = rows["indicator_id"].iloc[0]
    name, unit = indicator_name(indicator_id, language), axis_unit(rows, language)
    return text_for("indicator_unit", language, name=name, unit=unit)


def _bars(rows: pd.DataFrame) -> list[Cell]:
    return [
        amount(row.low, row.high, row.bound) if row.comparable else Cell(None, "number")
        for row in rows.itertuples()
    ]


def _chart(sheet: Worksheet, row: int, last: int, language: str) -> BarChart:
    """One bar for each number of a row; the number on a bar is shown as its cell shows it."""
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, max_col=last, min_row=row), from_rows=True)
    chart.set_categories(Reference(sheet, min_col=2, max_col=last, min_row=1))
    chart.width, chart.height = _SIZE
    chart.title, chart.legend, chart.gapWidth = str(sheet.cell(row, 1).value), None, 60
    chart.title.tx.rich.p[0].r[0].rPr = _letters(language, 11)
    series = chart.series[0]
    series.graphicalProperties.solidFill = _BAR
    series.dLbls = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, dLblPos="outEnd"
    )
    series.dLbls.txPr = _text(language, 9)
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.y_axis.majorGridlines = None
    chart.y_axis.scaling.min = 0
    chart.y_axis.number_format = "#,##0"
    chart.y_axis.txPr = chart.x_axis.txPr = _text(language, 9)
    return chart


def _letters(language: str, size: int) -> CharacterProperties:
    face = ChartFont(typeface=FONTS[language][0])
    return CharacterProperties(latin=face, ea=face, sz=100 * size, b=False)


def _text(language: str, size: int) -> RichText:
    letters = _letters(language, size)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=letters), endParaRPr=letters)
    return RichText(p=[paragraph])


# Columns with their greatest width; a Chinese character takes two.
_INDICATORS = {"project": 23, "no": 7, "indicator": 32, "unit": 14}
_COMPARED, _OWN = {"highest": 20, "lowest": 20}, {"gap": 12, "rank": 9}
_REMARKS = {"comparability": 40, "department": 24}
_COUNTY, _WORDS = 26, 20


def write(
    folder: Path,
    *,
    selection: Selection = WHOLE,
    language: str = "zh",
    by_department: bool = False,
    own: str = "",
    report: Callable[[str], None] = print,
) -> list[Path]:
    """Write both workbooks into a folder and return their paths.

    A ledger that stands there keeps what was filled in; where it was made of the same rows, it is
    not touched.

    Parameters
    ----------
    selection
        What of the study to show; counties count.
    language
        zh or en.
    by_department
        Add a sheet per department that leads to the ledger.
    own
        Id of the plan that stands first among the indicators.

    Raises
    ------
    PlanError
        The language is unknown, the tables have not been built, or a file is open or is no ledger.
    """
    if language not in LANGUAGES:
        raise PlanError(f"no language {language}", f"one of: {', '.join(LANGUAGES)}")
    plans = read_plans(selection.counties)
    counties = county_name(plans.documents, language) if selection.counties else ()
    names = {
        key: folder / f"{'-'.join([text_for(key, language), *counties])}.xlsx"
        for key in ("book_ledger", "book_indicators")
    }
    paths = [_write_ledger(names["book_ledger"], plans, language, by_department, report)]
    path = names["book_indicators"]
    report(f"writing {path.name}")
    try:
        book = indicator_book(plans, language=language, own=own)
    except PlanError as error:
        report(f"left out {path.name}: {error.problem}")
    else:
        paths.append(save_book(book, path, date=data_date(plans)))
    return paths


def _write_ledger(
    path: Path, plans: Plans, language: str, by_department: bool, report: Callable[[str], None]
) -> Path:
    rows = ledger.ledger_rows(plans, language=language)
    if path.is_file() and ledger.is_current(path, rows, language, by_department=by_department):
        report(f"{path.name}: unchanged")
        return path
    kept = ledger.read_kept(path, language)
    report(f"writing {path.name}")
    book, lost = ledger.ledger_book(
        plans, language=language, kept=kept, by_department=by_department
    )
    save_book(book, path, date=data_date(plans))
    if kept.rows:
        report(f"rows carried over with what was filled in: {len(kept.rows) - len(lost)}")
    for line in lost:
        report(f"no longer in the plan, kept on {text_for('sheet_lost', language)}: {line}")
    return path


def data_date(plans: Plans) -> datetime:
    """Date of the data: the day on which the last plan was issued, else the first of its year."""
    last = plans.documents["issued_on"].max() or f"{plans.documents['year'].max()}-01-01"
    return datetime.fromisoformat(last)


# --- the two books --------------------------------------------------------------------------


def indicator_book(plans: Plans, *, language: str = "zh", own: str = "") -> Workbook:
    """Workbook of the indicators: a row each, a column per county, charts of the best covered.

    The plan with the id `own` stands first, with its distance from the highest and its rank. Of
    one plan alone it is a table of the year's targets, without columns that compare.
    """
    groups = [rows for _, rows in indicator_table(plans).groupby("indicator_id", sort=False)]
    is_alone = len(plans.documents) == 1
    groups = [rows for rows in groups if not is_alone or rows["status"].ne("absent").any()]
    if own:
        groups = [rows.sort_values("doc_id", key=lambda d: d.ne(own)) for rows in groups]
    key = "targets" if is_alone else "indicators"
    printed = word_pages(f"print_{key}", plans, language)
    book = new_book(printed["top"], language)
    names = county_name(plans.documents, language)
    names = names.loc[[own, *names.index.drop(own)]] if own else names
    numbers = plans.documents.set_index("doc_id")["doc_number"]
    counties = [
        Head(f"{names[d]}\n{numbers[d].replace('〔', chr(10) + '〔')}", _COUNTY)
        for d in names.index
    ]
    compared = _COMPARED | (_OWN if own else {})
    remarks = {"department": _REMARKS["department"]} if is_alone else compared | _REMARKS
    offices = first_departments(plans.assignments, language=language)
    write_sheet(
        book,
        text_for(f"sheet_{key}", language),
        [*name_columns(_INDICATORS, language), *counties, *name_columns(remarks, language)],
        (
            _indicator_cells(n, rows, names, offices, list(remarks), own, language)
            for n, rows in enumerate(groups, 1)
        ),
        freeze="D2",
        links=find_sources(plans, language),
        printed=printed,
    )
    n_charts = add_charts(book, groups, names, printed, language)
    add_years(book, plans, printed, language)
    add_source(book, plans, printed, language)
    facts = {
        "rows": len(groups),
        "comparable": sum(bool(rows["comparable"].any()) for rows in groups),
        "n": n_charts,
    }
    keys = ("cells", "bounds", *(() if is_alone else ("comparable", "standing")), "matching")
    keys = (key, *keys, "departments", *(("charts",) if n_charts else ()), "offsets")
    add_about(book, plans, keys, facts, printed, language)
    return book


# --- rows -----------------------------------------------------------------------------------


def _indicator_cells(
    no: int,
    rows: pd.DataFrame,
    names: pd.Series,
    offices: pd.Series,
    remarks: Sequence[str],
    own: str,
    language: str,
) -> list[Cell]:
    indicator_id = rows["indicator_id"].iloc[0]
    concept, _ = split_id(indicator_id)
    spoken = rows[rows["status"].isin(["value", "no_number"])]
    bodies = offices.reindex(spoken["task_id"]).dropna().value_counts(sort=False)
    bodies = bodies.sort_values(ascending=False, kind="stable").index
    departments = join("role_join", bodies, language) or None
    said = _standing_cells(rows, names, own, language)
    if "comparability" in remarks:
        words = describe_comparability(rows, names, longest=_WORDS, language=language)
        said["comparability"] = Cell(words)
    said["department"] = plain(departments, "text", language)
    return [
        Cell(theme_name(concept.theme, language), "centre"),
        Cell(no, "centre"),
        Cell(indicator_name(indicator_id, language)),
        Cell(axis_unit(rows, language), "centre"),
        *(_county_cell(row, language) for row in rows.itertuples()),
        *(said[key] for key in remarks),
    ]


def _standing_cells(
    rows: pd.DataFrame, names: pd.Series, own: str, language: str
) -> dict[str, Cell]:
    """Highest and lowest number with their counties, and the own one's distance and rank."""
    keys = (*_COMPARED, *_OWN)
    found = find_standing(rows, own)
    if found is None:
        return {key: plain(None, "centre", language) for key in keys}
    dash = plain(None, "centre", language)
    cells = dict.fromkeys(keys, dash)
    for key, row in (("highest", found.high), ("lowest", found.low)):
        number = amount(row["low"], row["high"], row["bound"], language=language).shown
        cells[key] = Cell(f"{name_tied(rows, row, names, language)} {number}", "centre")
    if found.gap is not None:
        cells["gap"] = Cell(round(found.gap, 9), "number", "#,##0.###")
        cells["rank"] = Cell(found.words(language), "centre")
    return cells


def _county_cell(row: Any, language: str) -> Cell:
    """What one plan says of one indicator: a number, words, a doubt or a dash."""
    if row.status == "value":
        return amount(row.low, row.high, row.bound, language=language, task_id=row.task_id)
    if row.status == "absent":
        return plain(None, "centre", language)
    if row.status == "no_number":
        return Cell(shorten_middle(row.evidence, _WORDS), "centre", task_id=row.task_id)
    return Cell(
        text_for(f"cell_{row.status}", language, evidence=row.evidence),
        "muted",
        task_id=row.task_id,
    )


# --- file -----------------------------------------------------------------------------------


def save_book(book: Workbook, path: Path, *, date: datetime) -> Path:
    """Write a workbook whole or not at all; the same content gives the same bytes.

    Parameters
    ----------
    date
        Stands for the time of writing, in the document's properties and in the archive.

    Raises
    ------
    PlanError
        The file is open in another program or the folder cannot be written.
    """
    book.properties.created = book.properties.modified = date
    raw = BytesIO()
    ExcelWriter(book, ZipFile(raw, "w")).save()  # `Workbook.save` would put in the time of day
    try:
        return write_atomically(path, fix_dates(raw.getvalue(), date))
    except OSError as error:
        raise PlanError(
            f"cannot be written: {error.strerror}",
            "close it in Excel or WPS, or choose another folder",
            file=path,
        ) from None


def fix_dates(data: bytes, date: datetime) -> bytes:
    """Bytes of an Office file whose parts all bear one date: the same each time."""
    fixed = BytesIO()
    with ZipFile(BytesIO(data)) as parts, ZipFile(fixed, "w", ZIP_DEFLATED) as target:
        for name in parts.namelist():
            target.writestr(_entry(name, date), parts.read(name))
    return fixed.getvalue()


def _entry(name: str, date: datetime) -> ZipInfo:
    entry = ZipInfo(name, date_time=date.timetuple()[:6])
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
    return entry
