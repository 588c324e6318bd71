"""Native charts of the best covered indicators, each below the cells that it draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.text import RichText
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.drawing.text import Font as ChartFont
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.indicators import indicator_name, split_id
from analysis.plots.style import say
from analysis.workbook_style import FONTS, Cell, Head, amount, write_sheet

_BAR = "12355B"
_MOST = 6
_SIZE = (10.5, 5.6)  # cm; a chart is as wide as the first column, the next one stands beside it
_FIRST = 60  # columns
_ROW, _ROWS = 14, 12  # points, and rows from one line of charts to the next


def axis_unit(rows: pd.DataFrame, language: str = "zh") -> str:
    """Unit that the figures of one indicator are shown in, with its 万 or 亿."""
    concept, _ = split_id(rows["indicator_id"].iloc[0])
    scale = rows["scale"].iloc[0]
    words = say(f"scale_{scale}", language) if scale > 1 else ""
    return f"{words}{concept.unit}" if language == "zh" else f"{words} {concept.unit_en}".strip()


def add_charts(
    book: Workbook,
    groups: Sequence[pd.DataFrame],
    names: pd.Series,
    printed: Mapping[str, str],
    language: str,
) -> int:
    """Sheet with a table of the best covered indicators and a bar chart for each of its rows.

    Only comparable figures are drawn: an empty cell has no bar.

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
    heads = [Head(say("head_charted", language), _FIRST), *(Head(n, 14) for n in names)]
    rows = [[Cell(_chart_title(rows, language)), *_bars(rows)] for rows in charted]
    title = say("sheet_charts", language)
    sheet = write_sheet(book, title, heads, rows, printed=printed, table=False)
    sheet.page_setup.fitToHeight = 1
    for column in range(1, len(heads) + 1):  # one chart stands under the first, one under the rest
        letter = get_column_letter(column)
        wide = _FIRST if column == 1 else _FIRST / len(names)
        sheet.column_dimensions[letter].width = max(wide, sheet.column_dimensions[letter].width)
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = _ROW, True
    below = len(rows) + 2
    sheet.cell(below, 1, say("charts_note", language)).style = "note"
    for place in range(len(rows)):
        anchor = f"{'AB'[place % 2]}{below + 2 + place // 2 * _ROWS}"
        sheet.add_chart(_chart(sheet, place + 2, len(heads), language), anchor)
    return len(rows)


def best_covered(groups: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Indicators with most comparable figures that are not all equal, in the order they have."""
    figures = [rows.loc[rows["comparable"], "low"] for rows in groups]
    counted = [(len(f), n) for n, f in enumerate(figures) if f.min() < f.max()]
    best = sorted(counted, key=lambda c: (-c[0], c[1]))[:_MOST]
    return [groups[n] for n in sorted(n for _, n in best)]


def _chart_title(rows: pd.DataFrame, language: str) -> str:
    indicator_id = rows["indicator_id"].iloc[0]
    name, unit = indicator_name(indicator_id, language), axis_unit(rows, language)
    return say("indicator_unit", language, name=name, unit=unit)


def _bars(rows: pd.DataFrame) -> list[Cell]:
    return [
        amount(row.low, row.high, row.bound) if row.comparable else Cell(None, "number")
        for row in rows.itertuples()
    ]


def _chart(sheet: Worksheet, row: int, last: int, language: str) -> BarChart:
    """One bar for each number of a row; the figure on a bar is shown as its cell shows it."""
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
