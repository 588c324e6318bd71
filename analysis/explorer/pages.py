"""What a view gives to take away: tables for a page, a workbook, the chart as files."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from html import escape
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from analysis.charts import style
from analysis.charts.chart import save_figure
from analysis.errors import PlanError
from analysis.explorer.view import View, describe_choice, draw_view, found_bodies
from analysis.office.books import data_date, save_book
from analysis.office.notes import add_about, plain, word_pages
from analysis.office.sheets import Cell, Head, amount, new_book, write_sheet
from analysis.shared_text import counterparts
from analysis.shared_text import runs as reuse
from analysis.targets.prepare import is_yearly_total
from analysis.wording import county_name, join, note_words, text_for, theme_name, unit_name


def coloured_task(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    task_id: str,
    *,
    shortest: int = reuse.SHORTEST,
    language: str = "zh",
) -> HTML:
    """Show a task with what it shares in colour, and under it the tasks that hold the same words.

    Shaded text stands in the plans whose names follow it; plain text stands in no other plan.
    Colours are inline and everything is escaped, so it shows in JupyterLab, Voila and plain HTML.

    Raises
    ------
    PlanError
        The task is not in the table.
    """
    if task_id not in set(tasks["task_id"]):
        raise PlanError(f"no task {task_id!r}", "use a task_id of the table tasks")
    passages = reuse.read_passages(documents, tasks).set_index("task_id", drop=False)
    runs = reuse.shared_runs(passages.reset_index(drop=True), shortest=shortest, task_id=task_id)
    names = county_name(documents, language)
    looks = style.county_looks(documents["doc_id"])
    own = list(zip(runs["char_start"], runs["char_end"], runs["twin_doc_id"], strict=True))
    note = "reuse_html_shared" if own else "reuse_html_none"
    parts = [
        f'<p style="margin:.2em 0;color:#555;font-size:85%">'
        f"{escape(text_for(note, language, shortest=shortest))}</p>",
        _box(documents, tasks, passages.loc[task_id], own, names, looks, language),
    ]
    boxes = []
    for twin, found in runs.groupby("twin_task_id"):
        marks = list(
            zip(found["twin_char_start"], found["twin_char_end"], found["twin_doc_id"], strict=True)
        )
        boxes.append(_box(documents, tasks, passages.loc[twin], marks, names, looks, language))
    flex = '<div style="display:flex;flex-wrap:wrap;gap:8px">'
    frame = '<div style="background:#fff;color:#222;padding:6px;line-height:1.75;max-width:1100px">'
    return HTML(f"{frame}{''.join(parts)}{flex}{''.join(boxes)}</div></div>")


def parallel_tasks(
    documents: pd.DataFrame, tasks: pd.DataFrame, task_id: str, *, language: str = "zh"
) -> HTML:
    """Show a task and its counterparts side by side, a column a county, as a table of HTML.

    Raises
    ------
    PlanError
        The task is not in the table.
    """
    table = counterparts.side_by_side(tasks, documents, task_id)
    table.loc["task_id"] = table.loc["task_id"].replace("", text_for("reuse_no_twin", language))
    cell = "vertical-align:top;text-align:left;white-space:pre-wrap;padding:4px 6px;"
    cell += "border:1px solid #ddd;color:#222;background:#fff"
    rows = [("", list(table.columns))]
    rows += [(text_for(f"reuse_row_{name}", language), list(row)) for name, row in table.iterrows()]
    lines = [
        "".join(f'<td style="{cell}">{escape(str(value))}</td>' for value in [name, *values])
        for name, values in rows
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    narrow = '<col style="width:5.5em">'
    look = "border-collapse:collapse;table-layout:fixed;width:100%;font-size:90%"
    return HTML(f'<table style="{look}">{narrow}{body}</table>')


def _box(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    passage: pd.Series,
    marks: list[tuple[int, int, str]],
    names: pd.Series,
    looks: dict[str, tuple[str, str]],
    language: str,
) -> str:
    """One task as HTML: county, document number, task number, and its text with marks."""
    number = documents.set_index("doc_id").at[passage["doc_id"], "doc_number"]
    task = tasks.set_index("task_id").at[passage["task_id"], "task_no"]
    head = f"{names[passage['doc_id']]} {number} {text_for('reuse_task_no', language, n=task)}"
    colour = looks[passage["doc_id"]][0]
    return (
        f'<div style="flex:1 1 320px;border-left:4px solid {colour};padding:2px 8px;margin:4px 0">'
        f'<div style="font-weight:bold">{escape(head)}</div>'
        f'<div style="white-space:pre-wrap">{_mark(passage, marks, names, looks)}</div></div>'
    )


def _mark(
    passage: pd.Series,
    marks: list[tuple[int, int, str]],
    names: pd.Series,
    looks: dict[str, tuple[str, str]],
) -> str:
    """Text as HTML, cut where a mark begins or ends; a shaded piece is followed by its plans."""
    start, end = passage["char_start"], passage["char_end"]
    edges = sorted({start, end, *(edge for a, b, _ in marks for edge in (a, b))})
    pieces = [
        (
            sorted({plan for x, y, plan in marks if x <= a and b <= y}),
            passage["text"][a - start : b - start],
        )
        for a, b in pairwise(edges)
    ]
    out = []
    for plans, same in groupby(pieces, key=itemgetter(0)):
        piece = escape("".join(text for _, text in same))
        if plans and any(c.isalnum() for c in piece):
            tint = f"{looks[plans[0]][0]}33" if len(plans) == 1 else "#00000022"
            who = escape(" · ".join(names[plan] for plan in plans))
            piece = (
                f'<span title="{who}" style="background:{tint};border-bottom:2px solid '
                f'{looks[plans[0]][0]}">{piece}</span>'
            )
            if plans != [passage["doc_id"]]:
                piece += f'<sup style="color:#555;font-size:65%">{who}</sup>'
        out.append(piece)
    return "".join(out)


_LONGEST_NAME = 60  # characters of the choice in the name of a file
# Columns of the workbook with their greatest width; the page leaves out what does not fit it.
_TASKS = {
    "county": 13, "doc_number": 27, "task_no": 10, "theme": 23, "title": 26, "text": 60,
    "lead": 26, "support": 26, "n_figures": 9, "task_id": 20,
}  # fmt: skip
_FIGURES = {
    "county": 13, "doc_number": 27, "task_no": 10, "figure": 16, "phrase": 24, "value": 13,
    "unit": 15, "kind": 20, "due": 12, "comparable": 12, "sentence": 60, "task_id": 20,
}  # fmt: skip
_ONLY_EXPORTED = {"text", "n_figures", "task_id", "value", "unit"}
_LEFT = {"title", "text", "lead", "support", "figure", "phrase", "sentence"}
_LOOKS = {"county": "short", "doc_number": "short", "task_no": "short", "sentence": "wide"}
_CSS = """<style>
.plans-scroll {max-height: 26em; overflow: auto; border: 1px solid #ccc; line-height: 1.45}
.plans-scroll table.plans {table-layout: auto; border-collapse: collapse; width: 100%;
 font-size: 13px; background: #fff; color: #222}
.plans-scroll table.plans th {position: sticky; top: 0; background: #eee}
.plans-scroll table.plans th, .plans-scroll table.plans td {padding: 3px 8px; text-align: left;
 vertical-align: top; white-space: normal; border-bottom: 1px solid #ddd}
.plans-scroll table.plans .short {white-space: nowrap}
.plans-scroll table.plans td, .plans-scroll table.plans th {min-width: 5em}
.plans-scroll {max-width: calc(100vw - 2em)}
.plans-scroll table.plans .wide {min-width: 20em}
.plans-scroll mark {background: #ffe08a; color: #000; font-weight: bold}
</style>"""


# --- rows -----------------------------------------------------------------------------------


def task_rows(view: View, language: str = "zh") -> pd.DataFrame:
    """One row per task found, in the columns and words of the page and the workbook."""
    rows = _name_plans(view.tasks, view, language)
    rows["theme"] = rows["theme"].map(lambda t: theme_name(t, language))
    if language != "zh":
        bodies = found_bodies(rows, view.plans, language=language)
        rows = rows.drop(columns=["lead", "support"]).merge(bodies, on="task_id", how="left")
    return _blank(rows[list(_TASKS)])


def figure_rows(view: View, language: str = "zh") -> pd.DataFrame:
    """One row per number found, in the columns and words of the page and the workbook.

    The column value holds pairs of lower and upper end.
    """
    rows = _name_plans(view.figures, view, language)
    rows = rows.rename(columns={"text": "figure", "indicator": "phrase"})
    rows["value"] = list(zip(rows["value_low"], rows["value_high"], strict=True))
    rows["unit"] = [unit_name(u, 1, language) for u in rows["unit"]]
    yearly = rows["measure"].eq("stock") & rows["phrase"].map(is_yearly_total).astype(bool)
    measure = rows["measure"].mask(yearly, "yearly_total")
    rows["kind"] = [_kind(*pair, language) for pair in zip(rows["kind"], measure, strict=True)]
    if view.choice.indicator:
        rows["comparable"] = [
            text_for(f"explore_{row.comparable}", language)
            + (f" ({note_words(row, language)})" if row.note else "")
            for row in rows.itertuples()
        ]
    return _blank(rows[[c for c in _FIGURES if c in rows.columns]])


def _kind(kind: str, measure: str, language: str) -> str:
    words = {"kind": text_for(f"explore_{kind}", language)}
    if not measure:
        return words["kind"]
    words["measure"] = text_for(f"explore_{measure}", language)
    return text_for("explore_measured", language, **words)


def _name_plans(rows: pd.DataFrame, view: View, language: str) -> pd.DataFrame:
    return rows.assign(county=rows["doc_id"].map(county_name(view.documents, language)))


def _blank(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype(object).where(rows.notna(), "")


# --- page -----------------------------------------------------------------------------------


def show_tasks(view: View, language: str = "zh", *, most: int | None = None) -> str:
    """HTML table of the tasks found, or of the first of them."""
    return _table(*_shown(task_rows(view, language)[:most]), language)


def show_figures(view: View, language: str = "zh", *, most: int | None = None) -> str:
    """HTML table of the numbers found, or of the first of them, each marked in its sentence."""
    columns, cells = _shown(figure_rows(view, language)[:most])
    spans = view.figures[["sentence", "start", "end"]][:most].itertuples(index=False)
    for row, (sentence, start, end) in zip(cells, spans, strict=True):
        row[columns.index("sentence")] = mark(sentence, start, end)
    return _table(columns, cells, language)


def mark(text: str, start: int, end: int) -> str:
    """HTML of a text with ``text[start:end]`` marked, everything escaped."""
    parts = (text[:start], text[start:end], text[end:])
    before, marked, after = (escape(part) for part in parts)
    return f"{before}<mark>{marked}</mark>{after}"


def _shown(rows: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Columns that fit a page, and their cells as HTML."""
    columns = [c for c in rows.columns if c not in _ONLY_EXPORTED]
    return columns, [[escape(str(v)) for v in row] for row in rows[columns].itertuples(index=False)]


def _table(columns: list[str], cells: list[list[str]], language: str) -> str:
    """HTML of a table whose cells are HTML already."""
    looks = [f' class="{_LOOKS[c]}"' if c in _LOOKS else "" for c in columns]
    names = [escape(text_for(f"explore_{c}", language)) for c in columns]
    heads = "".join(f"<th{s}>{name}</th>" for s, name in zip(looks, names, strict=True))
    rows = "".join(
        "<tr>" + "".join(f"<td{s}>{c}</td>" for s, c in zip(looks, row, strict=True)) + "</tr>"
        for row in cells
    )
    body = f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    return f'{_CSS}<div class="plans-scroll"><table class="plans">{body}</table></div>'


# --- files ----------------------------------------------------------------------------------


def export_figure(view: View, *, folder: Path, language: str = "zh") -> list[Path]:
    """Write the chart of a view as PNG and PDF with the CSV that it draws; none without a chart."""
    drawn = draw_view(view, language=language)
    formats = ("png", "pdf")
    name = name_view(view, language)
    if not drawn:
        return []
    return save_figure(*drawn, name, folder=folder, formats=formats, language=language)


def download(paths: list[Path]) -> str:
    """HTML of links under which a browser saves files, whose bytes are in the links."""
    links = []
    for path in paths:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        data = base64.b64encode(path.read_bytes()).decode()
        name = escape(path.name)
        links.append(f'<a download="{name}" href="data:{kind};base64,{data}">{name}</a>')
    return "　".join(links)


def export_tables(view: View, *, folder: Path, language: str = "zh") -> Path:
    """Write a workbook: tasks found, numbers with their sentences, and what was chosen."""
    printed = word_pages("print_view", view.plans, language)
    book = new_book(printed["top"], language)
    tasks, figures = task_rows(view, language), figure_rows(view, language)
    titles = {key: text_for(f"explore_sheet_{key}", language) for key in ("tasks", "figures")}
    places = {task_id: line for line, task_id in enumerate(tasks["task_id"], 2)}
    write_sheet(
        book, titles["tasks"], _heads(_TASKS, tasks, language), _task_cells(tasks, language),
        freeze="D2", printed=printed,
    )  # fmt: skip
    write_sheet(
        book,
        titles["figures"],
        _heads(_FIGURES, figures, language),
        _figure_cells(figures, view, language),
        freeze="D2",
        links=(titles["tasks"], places),
        printed=printed,
    )
    chosen = say_choice(view, language)
    facts = {"choice": chosen, "tasks": len(tasks), "figures": len(figures)}
    keys: tuple[str, ...] = ("view", "view_values", "bounds", "view_bodies")
    keys += ("comparable", "matching") if view.choice.indicator else ()
    add_about(book, view.plans, keys, facts, printed, language)
    path = folder / f"{name_view(view, language)}.xlsx"
    return save_book(book, path, date=data_date(view.plans))


def say_choice(view: View, language: str = "zh") -> str:
    """All that was chosen, counties first, as one line."""
    names = county_name(view.documents, language)
    chosen = {text_for("explore_counties", language): join("county_join", names, language)}
    chosen |= describe_choice(view, language)
    parts = [
        text_for("explore_more", language, name=name, value=value) for name, value in chosen.items()
    ]
    return "".join(parts).lstrip("；; ")


def name_view(view: View, language: str = "zh") -> str:
    """Name of a view's files: its choice, in characters that every file system takes."""
    counties = view.choice.counties and county_name(view.documents, language)
    parts = ["-".join(counties), *describe_choice(view, language).values()]
    name = re.sub(r"[^\w]+", "-", "-".join(p for p in parts if p)).strip("-")
    if len(name) > _LONGEST_NAME:  # what is cut off must not make two views one file
        mark = hashlib.sha256(name.encode()).hexdigest()[:8]
        name = f"{name[:_LONGEST_NAME].rstrip('-')}-{mark}"
    return name or text_for("explore_all", language)


def _heads(widths: dict[str, int], rows: pd.DataFrame, language: str) -> list[Head]:
    return [Head(text_for(f"explore_{c}", language), widths[c]) for c in rows.columns]


def _task_cells(rows: pd.DataFrame, language: str) -> Iterator[list[Cell]]:
    for row in rows.itertuples(index=False):
        yield [_cell(name, value, language) for name, value in row._asdict().items()]


def _figure_cells(rows: pd.DataFrame, view: View, language: str) -> Iterator[list[Cell]]:
    """Cells of the numbers: numbers show their bounds, task numbers lead to their tasks."""
    spans = view.figures[["start", "end", "bound"]].itertuples(index=False)
    for row, (start, end, bound) in zip(rows.itertuples(index=False), spans, strict=True):
        cells = {k: _cell(k, v, language) for k, v in row._asdict().items() if k != "value"}
        low, high = row.value
        cells["value"] = amount(low, high, bound, language=language)
        cells["sentence"] = Cell(row.sentence, bold=((start, end),))
        cells["task_no"] = Cell(row.task_no, "centre", task_id=row.task_id)
        yield [cells[name] for name in rows.columns]


def _cell(column: str, value: str | float, language: str) -> Cell:
    look = "text" if column in _LEFT else "centre"
    if isinstance(value, str):
        return plain(value or None, look, language)
    return Cell(int(value), look)
