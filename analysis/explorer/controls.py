"""The explorer: choose counties, theme, indicator and department; see and export what is found.

`explore_view` finds and draws, `explore_tables` lists and exports; here are the controls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

import ipywidgets as widgets

from analysis.errors import PlanError
from analysis.explorer.pages import EXPORTS, export_figure, export_tables, show_figures, show_tasks
from analysis.explorer.view import View, draw_view, list_indicators, select_view
from analysis.lexicon import theme_names
from analysis.load import Plans, read_plans
from analysis.selection import Selection, select
from analysis.targets.indicators import indicator_name
from analysis.wording import county_name, department_name, text_for, theme_name

__all__ = [
    "Explorer",
    "Plans",
    "Selection",
    "View",
    "draw_view",
    "export_figure",
    "export_tables",
    "read_plans",
    "select",
    "select_view",
    "show_figures",
    "show_tasks",
]


_SPACED = {"width": "auto", "margin": "2px 1.2em 2px 2px"}


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
            doc_id: widgets.Checkbox(True, indent=False, layout=_SPACED)
            for doc_id in documents["doc_id"]
        }
        wide = {"layout": {"width": "48em"}, "style": {"description_width": "6.5em"}}
        self.theme, self.department, self.indicator = (widgets.Dropdown(**wide) for _ in range(3))
        self.language = widgets.ToggleButtons(
            options=[("中文", "zh"), ("English", "en")],
            value=language,
            style={"button_width": "7em"},
        )
        self.summary, self.note, self.saved = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.chart = widgets.Image(format="png", layout={"width": "820px", "max_width": "100%"})
        self.figures, self.tasks = widgets.HTML(), widgets.HTML()
        self.save_figure, self.save_tables = widgets.Button(), widgets.Button()
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
            *self._dropdowns(),
            self.summary,
            self.chart,
            self.note,
            widgets.HBox([self.save_figure, self.save_tables], layout=wrap),
            self.saved,
            self.figures,
            self.tasks,
        ]

    @property
    def choice(self) -> Selection:
        """What the controls stand at."""
        ticked = tuple(d for d, box in self.counties.items() if box.value)
        every = len(ticked) == len(self.counties)
        values = [control.value or "" for control in self._dropdowns()]
        theme, department, indicator = values
        return Selection(() if every else ticked, theme, indicator, department)

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
        names = county_name(self.plans.documents, words)
        for doc_id, box in self.counties.items():
            box.description = names[doc_id]
        found = self.plans.tasks["theme"].unique()
        themes = [t for t in theme_names() if t in found]
        bodies = self.plans.assignments["department"].value_counts(sort=False)
        bodies = bodies.sort_index().sort_values(ascending=False, kind="stable")
        view = select_view(self.plans, replace(self.choice, indicator=""))
        shown = {
            "theme": [(theme_name(t, words), t) for t in themes],
            "department": [(_body(d, n, words), d) for d, n in bodies.items()],
            "indicator": [(indicator_name(i, words), i) for i in list_indicators(view)],
        }
        for control, (key, options) in zip(self._dropdowns(), shown.items(), strict=True):
            control.description = text_for(f"explore_{key}", words)
            before = control.value or ""
            control.options = [(text_for("explore_all", words), ""), *options]
            control.value = before if before in {value for _, value in options} else ""
        for button in ("save_figure", "save_tables"):
            getattr(self, button).description = text_for(f"explore_{button}", words)

    def _show(self) -> None:
        view, words = self.view, self.language.value
        drawn = draw_view(view, language=words)
        self.chart.value = drawn[0]._repr_png_() if drawn else b""
        self.chart.layout.display = None if drawn else "none"
        self.save_figure.disabled = drawn is None
        self.save_tables.disabled = view.tasks.empty
        self.note.value = self._note(drawn is not None)
        text = text_for(
            "explore_summary", words, plans=len(view.documents), tasks=len(view.tasks),
            all=len(view.plans.tasks), figures=len(view.figures),
        )  # fmt: skip
        if not any(box.value for box in self.counties.values()):
            text += " " + text_for("explore_nobody", words)
        self.summary.value = f"<b>{escape(text)}</b>"
        self.saved.value = ""
        for box, key, rows, html in (
            (self.figures, "figures", view.figures, show_figures),
            (self.tasks, "tasks", view.tasks, show_tasks),
        ):
            head = escape(text_for(f"explore_{key}_head", words, n=len(rows)))
            box.value = f"<h4>{head}</h4>{html(view, words) if len(rows) else ''}"

    def _note(self, drawn: bool) -> str:
        choice, words = self.view.choice, self.language.value
        if self.view.tasks.empty:
            return escape(text_for("explore_nothing", words))
        if choice.indicator and not drawn:
            return escape(text_for("explore_no_chart", words))
        narrowed = choice.indicator and (choice.theme or choice.department)
        return escape(text_for("explore_whole_indicator", words)) if narrowed else ""

    def _save_figure(self, _: object) -> None:
        self._save(export_figure)

    def _save_tables(self, _: object) -> None:
        self._save(export_tables)

    def _save(self, export: Callable[..., Path | list[Path]]) -> None:
        """Export the view and name the files, or say what keeps them from being written."""
        words = self.language.value
        try:
            paths = export(self.view, folder=self.folder, language=words)
        except (PlanError, OSError) as error:
            self.saved.value = f"<b>{escape(str(error))}</b>"
            return
        lines = [text_for("explore_saved", words)]
        lines += [str(path.resolve()) for path in (paths if isinstance(paths, list) else [paths])]
        self.saved.value = "<br>".join(map(escape, lines))


def _body(department: str, n: int, language: str) -> str:
    """How a body is offered: under its English name too, so that it is found by either."""
    name = department_name(department, language)
    return f"{name} {department} ({n})" if name != department else f"{name} ({n})"
