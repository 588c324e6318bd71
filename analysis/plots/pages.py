"""Tasks as pages of HTML: shared text in colour, and counterparts side by side."""

from __future__ import annotations

from html import escape
from itertools import groupby, pairwise
from operator import itemgetter

import pandas as pd
from IPython.display import HTML

from analysis import alignment, reuse
from analysis.errors import PlanError
from analysis.plots import style


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
    runs = reuse.shared_runs(passages.reset_index(drop=True), shortest=shortest)
    runs = runs[runs["task_id"].eq(task_id)]
    names = style.county_name(documents, language)
    looks = style.county_looks(documents["doc_id"])
    own = list(zip(runs["char_start"], runs["char_end"], runs["twin_doc_id"], strict=True))
    note = "reuse_html_shared" if own else "reuse_html_none"
    parts = [
        f'<p style="margin:.2em 0;color:#555;font-size:85%">'
        f"{escape(style.say(note, language, shortest=shortest))}</p>",
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
    table = alignment.side_by_side(tasks, documents, task_id)
    table.loc["task_id"] = table.loc["task_id"].replace("", style.say("reuse_no_twin", language))
    cell = "vertical-align:top;text-align:left;white-space:pre-wrap;padding:4px 6px;"
    cell += "border:1px solid #ddd;color:#222;background:#fff"
    rows = [("", list(table.columns))]
    rows += [
        (style.say(f"reuse_row_{name}", language), list(row)) for name, row in table.iterrows()
    ]
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
    head = f"{names[passage['doc_id']]} {number} {style.say('reuse_task_no', language, n=task)}"
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
