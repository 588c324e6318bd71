"""Lessons on the site: questions are answered and judged in the page, without an install."""

from __future__ import annotations

import ast
import json
import re
from contextlib import redirect_stdout
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
import pandas as pd
from nbformat import NotebookNode

from analysis.lessons import editions, exercises
from analysis.lessons.pages import describe_exercise
from analysis.lessons.show import SOURCE
from analysis.lessons.show import show as show_table
from analysis.wording import text_for

_SCRIPT = Path(__file__).with_name("lessons.js")
_CHECK = re.compile(r'exercises\.check\("(\d\.\d)"')
_SLOW = {"3"}  # lessons whose tables take minutes: their page leads to the notebook


def fill_in(notebook: NotebookNode, path: Path) -> tuple[NotebookNode, str]:
    """A lesson whose exercises are forms, and the script that judges what is written into them.

    Tables that the lesson shows after an answer are in the page, and hidden until then. A line of
    code with one blank becomes a list to choose from, each choice with what it gives. Cells that
    only prepare are left out; where code is needed, the page says how to open the notebook.
    """
    language, number = path.parent.name, path.stem[0]
    blocks = [b for b in editions.read_blocks(SOURCE / f"{path.stem}.md") if b[0] in _CODE]
    space: dict[str, Any] = {"__name__": "lesson"}
    cells, asked, last = [], {}, ""
    code = iter(blocks)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace(editions.how(language), "").strip()
            cells.append(cell)
            continue
        plumbing = "fold" in cell.metadata.get("tags", ())
        kind, text = ("fold", "") if plumbing and not _has_fold(blocks) else next(code)
        found = _CHECK.search(cell.source)
        value = None if number in _SLOW or kind == "try" else _run(cell.source, space)
        if found:
            last = found[1]
            asked[last] = describe_exercise(last, language)
            cells.append(nbformat.v4.new_markdown_cell(_form(last, language)))
        elif kind == "try":
            if text and number not in _SLOW:
                cells.append(nbformat.v4.new_markdown_cell(_blank(text, space, language)))
        elif "show_after" in cell.source:
            cells.append(nbformat.v4.new_markdown_cell(_after(value, last, language)))
        elif not plumbing:
            cells.append(cell)
    cells.insert(1, nbformat.v4.new_markdown_cell(text_for("lesson_page", language)))
    for place, cell in enumerate(cells):
        cell.id = f"{language}-{place:02}"
    notebook.cells = cells
    data = json.dumps(asked, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
    script = _SCRIPT.read_text(encoding="utf-8")
    return notebook, (
        f'<script type="application/json" id="exercises">{data}</script><script>{script}</script>'
    )


_CODE = {"code", "fold", "try"}


def _has_fold(blocks: list[tuple[str, str]]) -> bool:
    return any(kind == "fold" for kind, _ in blocks)


def _run(source: str, space: dict[str, Any]) -> Any:
    """Run a cell as it is, but for tables that wait for an answer; give its last value."""
    body = ast.parse(source).body
    last = body[-1] if body else None
    ending = last if isinstance(last, ast.Expr) else None
    with redirect_stdout(StringIO()), patch.object(exercises, "show_after", _at_once):
        exec(compile(ast.Module(body, []), "lesson", "exec"), space)
        if ending is None:
            return None
        return eval(compile(ast.Expression(ending.value), "lesson", "eval"), space)


def _at_once(_: Any, show: Any, *arguments: Any, **options: Any) -> Any:
    found = show(*arguments, **options)
    return show_table(found) if isinstance(found, pd.DataFrame) and "sentence" in found else found


def _form(no: str, language: str) -> str:
    label, check = (
        text_for("lesson_answer", language, exercise=no),
        text_for("lesson_check", language),
    )
    return (
        f'<form class="answer" data-no="{no}"><input name="answer" aria-label="{escape(label)}" '
        f'placeholder="{escape(label)}" autocomplete="off"><button type="submit">{check}</button>'
        f'<output aria-live="polite"></output></form>'
    )


def _after(value: Any, no: str, language: str) -> str:
    """A table that is shown once the exercise before it was answered."""
    if hasattr(value, "to_frame"):
        value = value.to_frame()
    table = value._repr_html_() if hasattr(value, "_repr_html_") else ""
    table = re.sub(r"\n\s*\n", "\n", table) or escape(text_for("lesson_needs_code", language))
    return f'<div class="after" data-no="{no}" hidden>\n{table}\n</div>'


def _blank(text: str, space: dict[str, Any], language: str) -> str:
    """A line of code with a blank, as a list of what may fill it."""
    line, options = text.splitlines()
    before, after = (escape(part) for part in line.split("____"))
    given = {o: eval(line.replace("____", o), space) for o in options.split(", ")}
    choices = ((escape(str(value)), escape(option)) for option, value in given.items())
    items = "".join(f'<option value="{value}">{option}</option>' for value, option in choices)
    label = escape(text_for("lesson_blank", language))
    return (
        f'<p><code>{before}<select class="blank" aria-label="{label}">'
        f'<option value="">____</option>{items}</select>{after}</code> = '
        f'<output aria-live="polite"></output></p>'
    )
