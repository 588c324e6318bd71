"""The explorer: choose counties, theme, indicator and department; see and export what is found.

`explore_view` finds and draws; here it is shown as a page, written to files, and given controls.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from html import escape
from pathlib import Path

import ipywidgets as widgets
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from analysis.explore_view import (
    Choice,
    Plans,
    View,
    describe_choice,
    draw_view,
    list_indicators,
    read_plans,
    select_view,
)
from analysis.files import write_atomically
from analysis.indicators import indicator_name
from analysis.paths import DATAPACKAGE_FILE, PROCESSED
from analysis.plots import style
from analysis.plots.style import say

__all__ = [
    "Choice",
    "Explorer",
    "View",
    "draw_view",
    "export_figure",
    "export_tables",
    "read_plans",
    "select_view",
    "show_figures",
    "show_tasks",
]

EXPORTS = Path("exports")  # beside the notebook: a kernel runs in the folder of its notebook
# Columns of the workbook with their widths; the page leaves out what would not fit a screen.
_TASKS = {
    "county": 10, "doc_number": 22, "task_no": 9, "theme": 12, "title": 30, "text": 70, "lead": 26,
    "support": 30, "n_figures": 9, "task_id": 19,
}  # fmt: skip
_FIGURES = {
    "county": 10, "doc_number": 22, "task_no": 9, "figure": 14, "phrase": 26, "value_low": 14,
    "value_high": 14, "unit": 10, "kind": 18, "due": 12, "comparable": 12, "sentence": 70,
    "task_id": 19,
}  # fmt: skip
_ONLY_EXPORTED = {"text", "n_figures", "task_id", "value_low", "value_high", "unit"}
_CSS = """<style>
.plans-scroll {max-height: 26em; overflow: auto; border: 1px solid #ccc; line-height: 1.45}
.plans-scroll table {border-collapse: collapse; width: 100%; background: #fff; color: #222}
.plans-scroll th {position: sticky; top: 0; background: #eee}
.plans-scroll th, .plans-scroll td {padding: 3px 8px; vertical-align: top; text-align: left;
 font-size: 13px; border-bottom: 1px solid #ddd}
.plans-scroll td.short {white-space: nowrap}
.plans-scroll mark {background: #ffe08a; color: #000; font-weight: bold}
</style>"""


# --- showing --------------------------------------------------------------------------------


def task_rows(view: View, language: str = "zh") -> pd.DataFrame:
    """One row per task found, in the columns and words of the page and the workbook."""
    rows = _name_plans(view.tasks, view, language)
    rows["theme"] = [style.theme_name(t, language) if t else "" for t in rows["theme"].fillna("")]
    return rows[list(_TASKS)].fillna("")


def figure_rows(view: View, language: str = "zh") -> pd.DataFrame:
    """One row per figure found, in the columns and words of the page and the workbook."""
    rows = _name_plans(view.figures, view, language)
    rows = rows.rename(columns={"text": "figure", "indicator": "phrase"})
    rows["kind"] = [
        _kind(*pair, language)
        for pair in zip(rows["kind"], rows["measure"].fillna(""), strict=True)
    ]
    if view.choice.indicator:
        rows["comparable"] = [say(f"explore_{c}", language) for c in rows["comparable"]]
    columns = [c for c in _FIGURES if c in rows.columns]
    return rows[columns].astype(dict.fromkeys(columns, object)).fillna("")


def _kind(kind: str, measure: str, language: str) -> str:
    words = {"kind": say(f"explore_{kind}", language)}
    if not measure:
        return words["kind"]
    words["measure"] = say(f"explore_{measure}", language)
    return say("explore_measured", language, **words)


def _name_plans(rows: pd.DataFrame, view: View, language: str) -> pd.DataFrame:
    return rows.assign(county=rows["doc_id"].map(style.county_name(view.documents, language)))


def show_tasks(view: View, language: str = "zh") -> str:
    """HTML table of the tasks found."""
    rows = task_rows(view, language)
    columns = [c for c in rows.columns if c not in _ONLY_EXPORTED]
    cells = [[escape(str(v)) for v in row] for row in rows[columns].itertuples(index=False)]
    return _table(columns, cells, language)


def show_figures(view: View, language: str = "zh") -> str:
    """HTML table of the figures found, each marked in its sentence."""
    rows = figure_rows(view, language)
    columns = [c for c in rows.columns if c not in _ONLY_EXPORTED]
    cells = [[escape(str(v)) for v in row] for row in rows[columns].itertuples(index=False)]
    spans = view.figures[["sentence", "start", "end"]].itertuples(index=False)
    for row, (sentence, start, end) in zip(cells, spans, strict=True):
        row[columns.index("sentence")] = mark(sentence, start, end)
    return _table(columns, cells, language)


def mark(text: str, start: int, end: int) -> str:
    """HTML of a text with ``text[start:end]`` marked, everything escaped."""
    parts = (text[:start], text[start:end], text[end:])
    before, marked, after = (escape(part) for part in parts)
    return f"{before}<mark>{marked}</mark>{after}"


def _table(columns: list[str], cells: list[list[str]], language: str) -> str:
    """HTML of a table whose cells are HTML already."""
    heads = "".join(f"<th>{escape(say(f'explore_{c}', language))}</th>" for c in columns)
    short = [' class="short"' if c in {"county", "doc_number", "task_no"} else "" for c in columns]
    rows = "".join(
        "<tr>" + "".join(f"<td{s}>{c}</td>" for s, c in zip(short, row, strict=True)) + "</tr>"
        for row in cells
    )
    head = f"<thead><tr>{heads}</tr></thead>"
    return f'{_CSS}<div class="plans-scroll"><table>{head}<tbody>{rows}</tbody></table></div>'


# --- exporting ------------------------------------------------------------------------------


def export_figure(view: View, *, language: str = "zh", folder: Path = EXPORTS) -> list[Path]:
    """Write the chart of a view as PNG and SVG with the CSV that it draws; none without a chart."""
    drawn = draw_view(view, language=language)
    return style.save_figure(*drawn, name_view(view, language), folder=folder) if drawn else []


def export_tables(view: View, *, language: str = "zh", folder: Path = EXPORTS) -> Path:
    """Write a workbook: tasks found, figures with their sentences, and what was chosen."""
    book = Workbook()
    book.remove(book.active)
    package = json.loads((PROCESSED / DATAPACKAGE_FILE).read_text(encoding="utf-8"))
    names = ("、" if language == "zh" else ", ").join(style.county_name(view.documents, language))
    about = [
        [say("explore_counties", language), names],
        *map(list, describe_choice(view.choice, language).items()),
        [say("explore_version", language), package["version"]],
        [say("explore_source", language), style.source_line(view.documents, language)],
    ]
    for sheet, widths, rows in (
        ("tasks", _TASKS, task_rows(view, language)),
        ("figures", _FIGURES, figure_rows(view, language)),
        ("about", {"item": 16, "content": 90}, pd.DataFrame(about, columns=["item", "content"])),
    ):
        _write_sheet(book, say(f"explore_sheet_{sheet}", language), widths, rows, language)
    buffer = io.BytesIO()
    book.save(buffer)
    return write_atomically(folder / f"{name_view(view, language)}.xlsx", buffer.getvalue())


def name_view(view: View, language: str = "zh") -> str:
    """Name of a view's files: its choice, in characters that every file system takes."""
    counties = view.choice.counties and style.county_name(view.documents, language)
    parts = ["-".join(counties), *describe_choice(view.choice, language).values()]
    name = re.sub(r"[^\w]+", "-", "-".join(p for p in parts if p)).strip("-")
    return name[:60].rstrip("-") or say("explore_all", language)


def _write_sheet(
    book: Workbook, title: str, widths: dict[str, int], rows: pd.DataFrame, language: str
) -> None:
    sheet = book.create_sheet(title)
    sheet.append([say(f"explore_{c}", language) for c in rows.columns])
    for line, row in enumerate(rows.itertuples(index=False), 2):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(line, place)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(value, str):  # never a formula, whatever it begins with
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type, cell.quotePrefix = "s", value[:1] in "=+-@" and value != ""
            else:
                cell.value = value
    for place, column in enumerate(rows.columns, 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = widths[column]
    sheet.freeze_panes, sheet.auto_filter.ref = "A2", sheet.dimensions


# --- controls -------------------------------------------------------------------------------


class Explorer(widgets.VBox):
    """Controls over a view: every change finds, draws and lists anew.

    Parameters
    ----------
    plans
        Tables to look at; those of ``data/processed`` if none are given.
    folder
        Where exports go; a relative path counts from the notebook's folder.
    """

    def __init__(
        self, plans: Plans | None = None, *, language: str = "zh", folder: Path = EXPORTS
    ) -> None:
        self.plans, self.folder, self._setting = plans or read_plans(), folder, False
        documents = self.plans.documents.sort_values("doc_id")
        self.counties = {
            doc_id: widgets.Checkbox(True, indent=False, layout={"width": "auto"})
            for doc_id in documents["doc_id"]
        }
        wide = {"layout": {"width": "25em"}, "style": {"description_width": "7em"}}
        self.theme, self.department = widgets.Dropdown(**wide), widgets.Dropdown(**wide)
        self.indicator = widgets.Dropdown(layout={"width": "50.5em"}, style=wide["style"])
        self.language = widgets.ToggleButtons(
            options=[("中文", "zh"), ("English", "en")],
            value=language,
            style={"button_width": "7em"},
        )
        self.summary, self.note, self.saved = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.chart = widgets.Image(format="png", layout={"width": "820px", "max_width": "100%"})
        self.figures, self.tasks = widgets.HTML(), widgets.HTML()
        self.save_figure, self.save_tables = (
            widgets.Button(),
            widgets.Button(),
        )
        super().__init__(self._arrange())
        self._update()
        for control in (*self.counties.values(), *self._dropdowns(), self.language):
            control.observe(self._update, names="value")
        self.save_figure.on_click(self._save_figure)
        self.save_tables.on_click(self._save_tables)

    def _dropdowns(self) -> tuple[widgets.Dropdown, ...]:
        return self.theme, self.department, self.indicator

    def _arrange(self) -> list[widgets.Widget]:
        wrap = {"flex_flow": "row wrap"}
        return [
            widgets.HBox([*self.counties.values(), self.language], layout=wrap),
            widgets.HBox([self.theme, self.department], layout=wrap),
            self.indicator,
            self.summary,
            self.chart,
            self.note,
            widgets.HBox([self.save_figure, self.save_tables], layout=wrap),
            self.saved,
            self.figures,
            self.tasks,
        ]

    @property
    def choice(self) -> Choice:
        """What the controls stand at."""
        ticked = tuple(d for d, box in self.counties.items() if box.value)
        every = len(ticked) == len(self.counties)
        values = [control.value or "" for control in self._dropdowns()]
        theme, department, indicator = values
        return Choice(() if every else ticked, theme, indicator, department)

    def _update(self, _: object = None) -> None:
        if self._setting:
            return
        self._setting = True  # naming the choices anew is no change of the reader's
        try:
            self._name_controls()
        finally:
            self._setting = False
        self.view = select_view(self.plans, self.choice)
        self._show()

    def _name_controls(self) -> None:
        """Name every control in the language; indicators are those that the other choices leave."""
        words = self.language.value
        names = style.county_name(self.plans.documents, words)
        for doc_id, box in self.counties.items():
            box.description = names[doc_id]
        found = self.plans.tasks["theme"].unique()
        themes = [t for t in style.theme_order() if t in found]
        bodies = self.plans.assignments["department"].value_counts(sort=False)
        bodies = bodies.sort_index().sort_values(ascending=False, kind="stable")
        view = select_view(self.plans, replace(self.choice, indicator=""))
        shown = {
            "theme": [(style.theme_name(t, words), t) for t in themes],
            "department": [(f"{name} ({n})", name) for name, n in bodies.items()],
            "indicator": [(indicator_name(i, words), i) for i in list_indicators(view)],
        }
        for control, (key, options) in zip(self._dropdowns(), shown.items(), strict=True):
            control.description = say(f"explore_{key}", words)
            before = control.value or ""
            control.options = [(say("explore_all", words), ""), *options]
            control.value = before if before in {value for _, value in options} else ""
        for button in ("save_figure", "save_tables"):
            getattr(self, button).description = say(f"explore_{button}", words)

    def _show(self) -> None:
        view, words = self.view, self.language.value
        drawn = draw_view(view, language=words)
        self.chart.value = drawn[0]._repr_png_() if drawn else b""
        self.chart.layout.display = None if drawn else "none"
        self.save_figure.disabled = drawn is None
        self.note.value = self._note(drawn is not None)
        text = say(
            "explore_summary", words, plans=len(view.documents), tasks=len(view.tasks),
            all=len(view.plan_tasks), figures=len(view.figures),
        )  # fmt: skip
        if not any(box.value for box in self.counties.values()):
            text += " " + say("explore_nobody", words)
        self.summary.value = f"<b>{escape(text)}</b>"
        self.saved.value = ""
        for box, key, rows, html in (
            (self.figures, "figures", view.figures, show_figures),
            (self.tasks, "tasks", view.tasks, show_tasks),
        ):
            head = escape(say(f"explore_{key}_head", words, n=len(rows)))
            box.value = f"<h4>{head}</h4>{html(view, words) if len(rows) else ''}"

    def _note(self, drawn: bool) -> str:
        choice, words = self.view.choice, self.language.value
        if self.view.tasks.empty:
            return escape(say("explore_nothing", words))
        if choice.indicator and not drawn:
            return escape(say("explore_no_chart", words))
        narrowed = choice.indicator and (choice.theme or choice.department)
        return escape(say("explore_whole_indicator", words)) if narrowed else ""

    def _save_figure(self, _: object) -> None:
        self._tell(export_figure(self.view, language=self.language.value, folder=self.folder))

    def _save_tables(self, _: object) -> None:
        self._tell([export_tables(self.view, language=self.language.value, folder=self.folder)])

    def _tell(self, paths: list[Path]) -> None:
        listed = "<br>".join(escape(str(path.resolve())) for path in paths)
        self.saved.value = f"{escape(say('explore_saved', self.language.value))}<br>{listed}"
