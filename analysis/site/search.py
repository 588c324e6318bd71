"""The search over the tasks: a page that holds them all, and the script that finds them."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from analysis import load
from analysis.explorer.search import same_names, search_entries, search_names
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
    data = json.dumps(search_data(view), ensure_ascii=False, separators=(",", ":"))
    data = data.replace("<", "\\u003c")  # nothing in a text may end the element it stands in
    label = escape(both("site_search"))
    return (
        f"<h1>{both('site_tasks')}</h1><noscript>{both('site_script')}</noscript>"
        f'<form id="form"><input id="words" name="words" type="search" placeholder="{label}" '
        f'aria-label="{label}" autofocus>{_select("county", counties)}'
        f"{_select('theme', [(t, t) for t in themes])}</form>"
        f'<p class="faint">{both("site_search_hint")}</p>'
        f'<p id="count" class="faint" aria-live="polite"></p><p id="near" aria-live="polite"></p>'
        f'<ol id="found" class="found"></ol><button id="more" type="button" hidden></button>'
        f'<script type="application/json" id="data">{data}</script>'
        f"<script>\n{_SCRIPT.read_text(encoding='utf-8')}</script>"
    )


def _select(name: str, options: list[tuple[str, str]]) -> str:
    label = escape(both(f"explore_{name}"))
    rows = "".join(f'<option value="{escape(v)}">{escape(text)}</option>' for v, text in options)
    return (
        f'<select id="{name}" name="{name}" aria-label="{label}">'
        f'<option value="">{label}</option>{rows}</select>'
    )


def search_data(view: View) -> dict[str, object]:
    """All that the script reads: tasks, names that a word may shorten, words for the reader."""
    names = search_names(view.plans, view.comparisons)
    groups = sorted({tuple(group) for group in names.values() if group})
    near = {*view.documents["label"], *view.plans.assignments["department"]}
    near |= set(view.plans.quantities["indicator"]) - {""}
    return {
        "tasks": task_data(view),
        "names": [[n, groups.index(tuple(g)) if g else -1] for n, g in names.items()],
        "groups": groups,
        "same": same_names(),
        "near": sorted(near),
        "words": {
            "lead": text_for("explore_lead"),
            "support": text_for("explore_support"),
            "more": both("site_more", n="{n}"),
            "none": both("site_none"),
        },
    }


def task_data(view: View) -> list[dict[str, object]]:
    """One entry per task, as the script reads it.

    ``held`` is what a task is found by besides its words; a figure is text, phrase and time, and
    the start and end of its number in the task's text, or before it, where the title begins at
    ``head``. A comparable figure with a note has it behind its phrase.
    """
    noted = view.comparisons[view.comparisons["note"] != ""].drop_duplicates("quantity_id")
    notes = {row.quantity_id: f"（{note_words(row)}）" for row in noted.itertuples()}
    told = view.figures["quantity_id"].map(lambda quantity_id: notes.get(quantity_id, ""))
    words = load.read_words(view.tasks, view.documents).set_index("task_id")
    heads = (words["title_start"] - words["text_start"]).to_dict()
    begins = view.figures["task_id"].map(words["text_start"])
    cells = view.figures.assign(
        indicator=view.figures["indicator"] + told,
        start=view.figures["char_start"] - begins,
        end=view.figures["char_end"] - begins,
    )
    found: dict[str, list[list[object]]] = {}
    shown = ["text", "indicator", "due", "start", "end"]
    for task_id, row in zip(cells["task_id"], cells[shown].to_numpy().tolist(), strict=True):
        found.setdefault(task_id, []).append(row)
    held = search_entries(view.plans, view.comparisons, words=False)
    columns = {
        "id": "task_id", "doc": "doc_id", "county": "county", "number": "doc_number",
        "no": "task_no", "theme": "theme", "title": "title", "text": "text", "clause": "clause",
        "lead": "lead", "support": "support",
    }  # fmt: skip
    rows = view.tasks[list(columns.values())].astype(object).where(view.tasks.notna(), "")
    return [
        dict(zip(columns, row, strict=True))
        | {"held": held[row[0]], "figures": found.get(row[0], []), "head": heads[row[0]]}
        for row in rows.itertuples(index=False)
    ]
