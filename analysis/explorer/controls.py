"""The explorer: choose counties, theme, indicator and department; see and export what is found.

`explore_view` finds and draws, `explore_tables` lists and exports; here are the controls.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import ipywidgets as widgets
import pandas as pd

from analysis.errors import PlanError
from analysis.explorer.pages import (
    download,
    export_figure,
    export_tables,
    say_choice,
    show_figures,
    show_tasks,
)
from analysis.explorer.search import propose, search_entries, search_names
from analysis.explorer.view import (
    View,
    complete_view,
    draw_view,
    list_departments,
    list_indicators,
    narrow_view,
    select_view,
)
from analysis.lexicon import theme_names
from analysis.load import Plans, read_plans
from analysis.selection import MOST, Selection, find_plans, select, split_names
from analysis.targets.indicators import indicator_name
from analysis.wording import county_name, department_name, join, tell, text_for, theme_name

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
_WIDE = {"layout": {"width": "48em", "max_width": "98%"}, "style": {"description_width": "6.5em"}}
_STEP = 60  # rows that a table shows at first, and that are added at a time


class Explorer(widgets.VBox):
    """Controls over a view: every change finds, draws and lists anew.

    Parameters
    ----------
    plans
        Tables to look at; those of ``data/processed`` if none are given.
    """

    def __init__(self, plans: Plans | None = None, *, language: str = "zh") -> None:
        self.plans, self._setting, self._most = plans or read_plans(), False, _STEP
        self._compared: dict[tuple[str, ...], pd.DataFrame] = {}
        self._searched: dict[tuple[str, ...], tuple[pd.Series, dict[str, list[str]]]] = {}
        doc_ids = sorted(self.plans.documents["doc_id"])
        few = doc_ids if len(doc_ids) <= MOST else []
        self.counties = {d: widgets.Checkbox(True, indent=False, layout=_SPACED) for d in few}
        self.named = widgets.Text(continuous_update=False, **_WIDE)  # where they are too many
        self.words = widgets.Text(continuous_update=False, **_WIDE)
        self.theme, self.department, self.indicator = (widgets.Dropdown(**_WIDE) for _ in range(3))
        self.language = widgets.ToggleButtons(
            options=[("中文", "zh"), ("English", "en")],
            value=language,
            style={"button_width": "7em"},
        )
        self.summary, self.note, self.saved = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.chart = widgets.HTML(layout={"max_width": "98%"})
        self.figures, self.tasks = widgets.HTML(), widgets.HTML()
        self.more, self.save = widgets.Button(), widgets.Button()
        super().__init__(self._arrange())
        self._update()
        ticked = self.counties.values()
        for control in (self.words, self.named, *ticked, *self._dropdowns(), self.language):
            control.observe(self._update, names="value")
        self.save.on_click(self._save)
        self.more.on_click(self._show_more)

    def _dropdowns(self) -> tuple[widgets.Dropdown, ...]:
        return self.theme, self.department, self.indicator

    def _arrange(self) -> list[widgets.Widget]:
        wrap = {"flex_flow": "row wrap"}
        return [
            widgets.HBox([self.words, self.language], layout=wrap),
            widgets.HBox([*self.counties.values()] or [self.named], layout=wrap),
            *self._dropdowns(),
            widgets.HBox([self.summary, self.save], layout=wrap | {"align_items": "center"}),
            self.saved,
            self.note,
            self.chart,
            self.figures,
            self.tasks,
            self.more,
        ]

    @property
    def choice(self) -> Selection:
        """What the controls stand at.

        Raises
        ------
        PlanError
            A county that is named is unknown.
        """
        chosen = tuple(d for d, box in self.counties.items() if box.value)
        if names := split_names(self.named.value.strip()):
            chosen = find_plans(names, self.plans.documents)
        every = len(chosen) == len(self.counties)
        values = [control.value or "" for control in self._dropdowns()]
        theme, department, indicator = values
        return Selection(() if every else chosen, theme, indicator, department)

    def _narrow(self, choice: Selection) -> View:
        kept = {"compared": self._compared, "searched": self._searched}
        return narrow_view(self.plans, choice, self.words.value, **kept)

    def _update(self, _: object = None) -> None:
        if self._setting:
            return
        self._setting = True  # naming the choices anew is no change of the reader's
        try:
            self._name_controls()
        except PlanError as error:  # of a county that is named
            self.note.value = f"<b>{escape(tell(error, self.language.value))}</b>"
            return
        finally:
            self._setting = False
        self.view, self._most = complete_view(self._narrow(self.choice)), _STEP
        self._show()

    def _name_controls(self) -> None:
        """Name every control in the language; a list has what the other choices leave."""
        words = self.language.value
        names = county_name(self.plans.documents, words)
        for doc_id, box in self.counties.items():
            box.description = names[doc_id]
        for box, key, example in (
            (self.words, "explore_words", "site_search_example"),
            (self.named, "explore_counties", "explore_counties_example"),
        ):
            box.description, box.placeholder = text_for(key, words), text_for(example, words)
        found = self.plans.tasks["theme"].unique()
        themes = [t for t in theme_names() if t in found]
        choice = self.choice
        bodies = list_departments(self._narrow(replace(choice, department="", indicator="")))
        view = self._narrow(replace(choice, indicator=""))
        shown = {
            "theme": [(theme_name(t, words), t) for t in themes],
            "department": [(_body(d, n, words), d) for d, n in bodies.items()],
            "indicator": [
                (f"{indicator_name(i, words)} ({n})", i) for i, n in list_indicators(view).items()
            ],
        }
        for control, (key, options) in zip(self._dropdowns(), shown.items(), strict=True):
            control.description = text_for(f"explore_{key}", words)
            before = control.value or ""
            control.options = [(text_for("explore_all", words), ""), *options]
            control.value = before if before in {value for _, value in options} else ""
        self.save.description = text_for("explore_save", words)
        self.more.description = text_for("explore_show_more", words)

    def _show(self) -> None:
        view, words = self.view, self.language.value
        drawn = draw_view(view, language=words)
        self.chart.value = ""
        if drawn:
            data = base64.b64encode(drawn[0]._repr_png_()).decode()
            look = 'style="max-width:100%;width:820px"'
            alt = escape(say_choice(view, words))
            self.chart.value = f'<img {look} alt="{alt}" src="data:image/png;base64,{data}">'
        self.save.disabled = view.tasks.empty
        self.note.value = self._note(drawn is not None)
        text = text_for(
            "explore_summary", words, plans=len(view.documents), tasks=len(view.tasks),
            all=len(view.plans.tasks), figures=len(view.figures),
        )  # fmt: skip
        if self.counties and not any(box.value for box in self.counties.values()):
            text += " " + text_for("explore_nobody", words)
        self.summary.value = f"<b>{escape(text)}</b>&emsp;"
        self.saved.value = ""
        self._list()

    def _list(self) -> None:
        """Write the tables, as far as they are shown."""
        view, words = self.view, self.language.value
        for box, key, rows, html in (
            (self.figures, "figures", view.figures, show_figures),
            (self.tasks, "tasks", view.tasks, show_tasks),
        ):
            shown = min(self._most, len(rows))
            part = text_for("explore_part", words, n=shown) if shown < len(rows) else ""
            head = escape(text_for(f"explore_{key}_head", words, n=len(rows)) + part)
            box.value = f"<h4>{head}</h4>{html(view, words, most=shown) if shown else ''}"
        more = max(len(view.figures), len(view.tasks)) > self._most
        self.more.layout.display = None if more else "none"

    def _show_more(self, _: object) -> None:
        self._most += 4 * _STEP
        self._list()

    def _note(self, drawn: bool) -> str:
        choice, words = self.view.choice, self.language.value
        if self.view.tasks.empty:
            text = text_for("explore_nothing", words)
            if near := self._near():
                names = join("county_join", [f"{name}（{n}）" for name, n in near.items()], words)
                text += text_for("explore_near", words, names=names)
            return escape(text)
        if choice.indicator and not drawn:
            return escape(text_for("explore_no_chart", words))
        narrowed = choice.indicator and (choice.theme or choice.department or self.view.words)
        return escape(text_for("explore_whole_indicator", words)) if narrowed else ""

    def _near(self) -> dict[str, int]:
        plans, comparisons = self.view.plans, self.view.comparisons
        entries, names = search_entries(plans, comparisons), search_names(plans, comparisons)
        return propose(entries, names, self.view.words)

    def _save(self, _: object) -> None:
        """Offer chart, its data and the tables as files that the browser saves."""
        words = self.language.value
        try:
            with TemporaryDirectory() as folder:
                home = Path(folder)
                paths = export_figure(self.view, folder=home, language=words)
                paths.append(export_tables(self.view, folder=home, language=words))
                links = download(paths)
        except (PlanError, OSError) as error:
            self.saved.value = f"<b>{escape(str(error))}</b>"
            return
        self.saved.value = text_for("explore_saved", words) + links


def _body(department: str, n: int, language: str) -> str:
    """How a body is offered: under its English name too, so that it is found by either."""
    name = department_name(department, language)
    return f"{name} {department} ({n})" if name != department else f"{name} ({n})"
