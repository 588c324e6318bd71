"""The search over the tasks: a page that holds them all, and the script that finds them."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from analysis.explorer.view import View
from analysis.lexicon import theme_names
from analysis.site.frame import both
from analysis.wording import county_name, note_words, text_for

_SCRIPT = Path(__file__).with_name("search.js")


def search_body(view: View) -> str:
    """HTML of the search: its controls, all tasks as data, and the script that finds them."""
    names = county_name(view.documents)
    counties = [(doc_id, names[doc_id]) for doc_id in sorted(view.documents["doc_id"])]
    themes = [t for t in theme_names() if view.tasks["theme"].eq(t).any()]
    data = json.dumps(task_data(view), ensure_ascii=False, separators=(",", ":"))
    data = data.replace("<", "\\u003c")  # nothing in a text may end the element it stands in
    label = escape(both("site_search"))
    hidden = "".join(
        f'<span id="{key}" hidden>{text_for(f"explore_{key}")}</span>'
        for key in ("lead", "support")
    )
    return (
        f"<h1>{both('site_tasks')}</h1><noscript>{both('site_script')}</noscript>"
        f'<form id="form"><input id="words" type="search" placeholder="{label}" '
        f'aria-label="{label}" autofocus>{_select("county", counties)}'
        f"{_select('theme', [(t, t) for t in themes])}</form>"
        f'<p class="faint">{both("site_search_hint")}</p>'
        f'<p id="count" class="faint" aria-live="polite"></p>{hidden}'
        f'<ol id="found" class="found"></ol>'
        f'<script type="application/json" id="data">{data}</script>'
        f"<script>\n{_SCRIPT.read_text(encoding='utf-8')}</script>"
    )


def _select(name: str, options: list[tuple[str, str]]) -> str:
    label = escape(both(f"explore_{name}"))
    rows = "".join(f'<option value="{escape(v)}">{escape(text)}</option>' for v, text in options)
    return (
        f'<select id="{name}" aria-label="{label}"><option value="">{label}</option>{rows}</select>'
    )


def task_data(view: View) -> list[dict[str, object]]:
    """One entry per task, as the script reads it; figures are figure, phrase and time.

    A comparable figure with a note has it behind its phrase.
    """
    noted = view.comparisons[view.comparisons["note"] != ""].drop_duplicates("quantity_id")
    notes = {row.quantity_id: f"（{note_words(row)}）" for row in noted.itertuples()}
    told = view.figures["quantity_id"].map(notes).fillna("")
    cells = view.figures.assign(indicator=view.figures["indicator"] + told)
    cells = cells[["text", "indicator", "due"]]
    found: dict[str, list[list[str]]] = {}
    for task_id, row in zip(view.figures["task_id"], cells.to_numpy().tolist(), strict=True):
        found.setdefault(task_id, []).append(row)
    columns = {
        "id": "task_id", "doc": "doc_id", "county": "county", "number": "doc_number",
        "no": "task_no", "theme": "theme", "title": "title", "text": "text", "lead": "lead",
        "support": "support",
    }  # fmt: skip
    rows = view.tasks[list(columns.values())].astype(object).where(view.tasks.notna(), "")
    return [
        dict(zip(columns, row, strict=True)) | {"figures": found.get(row[0], [])}
        for row in rows.itertuples(index=False)
    ]
