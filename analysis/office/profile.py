"""One page for a county: where its plan stands against others on what may be compared.

The page is made once, as blocks of lines and tables, and written as a Word file or as HTML. Every
number has the task that it comes from beside it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.errors import PlanError
from analysis.files import write_atomically
from analysis.load import Plans, successive_plans
from analysis.office.books import axis_unit, data_date, fix_dates
from analysis.office.sheets import amount
from analysis.office.tables import find_standing, first_departments, indicator_table, name_tied
from analysis.targets.indicators import indicator_name
from analysis.targets.panel import compare_target_years
from analysis.wording import county_name, join, note_words, text_for, theme_name

_INDICATORS, _MISSING, _BODIES, _CHANGES = 12, 6, 5, 6  # rows of each part, so that two pages do


@dataclass
class Block:
    """A heading, the lines below it, and a table whose first row is its head."""

    heading: str
    lines: list[str] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)


def county_profile(
    plans: Plans, own: str, *, years: Plans | None = None, language: str = "zh"
) -> list[Block]:
    """Page of one county's plan among others.

    Parameters
    ----------
    plans
        The plans that are set side by side, the own one among them.
    own
        Id of the own plan.
    years
        Plans of all years, for the year before; none are looked at if not given.
    language
        zh or en.

    Returns
    -------
    list of Block
        What the plan holds, where it stands, what others pledge and it does not, who leads, and
        what has changed since last year; a part that says nothing is left out.
    """
    try:
        table = indicator_table(plans)
    except PlanError:  # no target of these plans belongs to an indicator
        compared = []
    else:
        compared = [part(plans, table, own, language) for part in (_standings, _silences)]
    parts = [
        _contents(plans, own, language),
        *compared,
        _bodies(plans, own, language),
        _changes(years, own, language) if years else None,
    ]
    return [part for part in parts if part and (part.lines or part.table)]


def _task(plans: Plans, task_id: str, language: str) -> str:
    """How a task is cited: 第12项."""
    no = plans.tasks.set_index("task_id")["task_no"][task_id]
    return text_for("page_task", language, no=no)


def _contents(plans: Plans, own: str, language: str) -> Block:
    tasks = plans.tasks[plans.tasks["doc_id"].eq(own)]
    targets = plans.targets[plans.targets["task_id"].isin(tasks["task_id"])]
    themes = tasks["theme"][tasks["theme"].ne("")].value_counts()
    most = [
        text_for("page_theme", language, theme=theme_name(theme, language), n=n)
        for theme, n in themes.head(3).items()
    ]
    document = plans.documents.set_index("doc_id").loc[own]
    facts = {
        "number": document["doc_number"],
        "title": document["title"],
        "tasks": len(tasks),
        "targets": len(targets),
        "with_target": targets["task_id"].nunique(),
        "share": targets["task_id"].nunique() / len(tasks),
        "themes": join("county_join", most, language),
    }
    return Block(text_for("page_contents", language), [text_for("page_holds", language, **facts)])


def _number(row: Any, plans: Plans, language: str) -> str:
    """A number with its bound, and the task that it stands in."""
    shown = amount(row["low"], row["high"], row["bound"], language=language).shown
    task = _task(plans, row["task_id"], language)
    return text_for("page_number", language, number=shown, task=task)


def _standings(plans: Plans, table: pd.DataFrame, own: str, language: str) -> Block:
    """Comparable indicators of the own plan, those that most plans share first."""
    names = county_name(plans.documents, language)
    found = []
    for _, rows in table.groupby("indicator_id", sort=False):
        standing = find_standing(rows, own)
        if standing and standing.rank:
            found.append((standing, rows))
    found = sorted(found, key=lambda pair: -pair[0].n)[:_INDICATORS]
    heads = ("indicator", "own", "highest", "rank", "note")
    lines = [[text_for(f"page_{key}", language) for key in heads]] if found else []
    for standing, rows in found:
        stated = rows[rows["comparable"]]
        mine = stated[stated["doc_id"].eq(own)].iloc[0]
        top = standing.high
        notes = [
            text_for(
                "note_county", language, counties=names[r.doc_id], reason=note_words(r, language)
            )
            for r in stated[stated["note"].ne("")].itertuples()
        ]
        named = text_for(
            "indicator_unit",
            language,
            name=indicator_name(rows["indicator_id"].iloc[0], language),
            unit=axis_unit(rows, language),
        )
        lines.append(
            [
                named,
                _number(mine, plans, language),
                f"{name_tied(rows, top, names, language)} {_number(top, plans, language)}",
                standing.words(language),
                join("role_join", notes, language),
            ]
        )
    said = [text_for("page_standing_note", language)] if found else []
    return Block(text_for("page_standing", language), said, lines)


def _silences(plans: Plans, table: pd.DataFrame, own: str, language: str) -> Block:
    """Indicators that others state comparably and the own plan does not mention."""
    names = county_name(plans.documents, language)
    lines = []
    for indicator_id, rows in table.groupby("indicator_id", sort=False):
        silent = rows.loc[rows["doc_id"].eq(own), "status"].eq("absent").any()
        stated = rows[rows["comparable"]]
        if silent and len(stated) > 1:
            told = [f"{names[r['doc_id']]} {_number(r, plans, language)}" for r in stated.iloc]
            notes = [note_words(r, language) for r in stated[stated["note"].ne("")].itertuples()]
            note = join("role_join", notes, language)
            name, unit = indicator_name(indicator_id, language), axis_unit(rows, language)
            named = text_for("indicator_unit", language, name=name, unit=unit)
            words = join("county_join", told, language)
            words = text_for("page_number", language, number=words, task=note) if note else words
            lines.append((len(stated), text_for("page_line", language, name=named, words=words)))
    lines.sort(key=lambda line: -line[0])
    return Block(text_for("page_silent", language), [line for _, line in lines[:_MISSING]])


def _bodies(plans: Plans, own: str, language: str) -> Block:
    tasks = plans.tasks.loc[plans.tasks["doc_id"].eq(own), "task_id"]
    first = first_departments(plans.assignments, language=language)
    counts = first[first.index.isin(tasks)].value_counts()
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    told = [text_for("page_body", language, body=b, n=n) for b, n in ordered[:_BODIES]]
    lines = [text_for("page_carried", language, bodies=join("county_join", told, language))]
    return Block(text_for("page_bodies", language), lines if told else [])


def _changes(plans: Plans, own: str, language: str) -> Block:
    """What has changed since the plan of the year before."""
    pairs = [pair for pair in successive_plans(plans.documents) if pair[1] == own]
    block = Block(text_for("page_years", language))
    if not pairs:
        return block
    documents = plans.documents[plans.documents["doc_id"].isin(pairs[0])]
    table = compare_target_years(documents, plans.tasks, plans.quantities)
    counts = table["state"].value_counts()
    facts = {s: counts.get(s, 0) for s in ("raised", "lowered", "same", "new", "dropped")}
    moved = table[table["state"].isin(["raised", "lowered"])]
    far = moved["change"].abs().sort_values(ascending=False, kind="stable").index[:_CHANGES]
    most = text_for("page_most", language) if len(far) else ""
    block.lines.append(text_for("page_moved", language, **facts) + most)
    for row in moved.loc[far].itertuples():
        moved_to, task = f"{row.before_text} → {row.text}", _task(plans, row.task_id, language)
        words = text_for("page_number", language, number=moved_to, task=task)
        block.lines.append(text_for("page_line", language, name=row.indicator, words=words))
    return block


# --- as Word and as HTML --------------------------------------------------------------------


def profile_title(plans: Plans, own: str, language: str = "zh") -> str:
    """Title of a county's page."""
    names = county_name(plans.documents, language)
    year = plans.documents.set_index("doc_id")["year"][own]
    key = "page_title" if len(names) > 1 else "page_title_one"
    return text_for(key, language, county=names[own], year=year)


def profile_subtitle(plans: Plans, own: str, language: str = "zh") -> str:
    """Line under the title, which names the counties that it is set against; empty for none."""
    others = county_name(plans.documents, language).drop(own)
    if others.empty:
        return ""
    return text_for("page_against", language, others=join("county_join", others, language))


def to_html(blocks: Sequence[Block]) -> str:
    """HTML of a page's blocks."""
    parts = []
    for block in blocks:
        parts.append(f"<h2>{escape(block.heading)}</h2>")
        parts += [f"<p>{escape(line)}</p>" for line in block.lines]
        if block.table:
            head, *rows = block.table
            cells = "".join(f'<th scope="col">{escape(c)}</th>' for c in head)
            lines = "".join(
                "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows
            )
            parts.append(f"<table><tr>{cells}</tr>{lines}</table>")
    return "".join(parts)


def write_profile(
    folder: Path, plans: Plans, own: str, *, years: Plans | None = None, language: str = "zh"
) -> Path:
    """Write a county's page as a Word file on A4, and return its path.

    Raises
    ------
    PlanError
        No target belongs to an indicator, python-docx is missing, or the file is open.
    """
    try:
        import docx
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt
    except ImportError:
        remedy = "install the extra: pip install 'county-plans[files]'"
        raise PlanError("python-docx is missing, which writes Word files", remedy) from None
    blocks = county_profile(plans, own, years=years, language=language)
    page = docx.Document()
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(26), Mm(24)
    section.top_margin = section.bottom_margin = Mm(24)

    def write(paragraph: Any, text: str, face: str, size: float, *, bold: bool = False) -> None:
        run = paragraph.add_run(text)
        run.font.name, run.font.size, run.font.bold = "Times New Roman", Pt(size), bold
        run._element.rPr.rFonts.set(qn("w:eastAsia"), face)
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = 1.2

    head = page.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write(head, profile_title(plans, own, language), "黑体", 16, bold=language != "zh")
    if against := profile_subtitle(plans, own, language):
        below = page.add_paragraph()
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
        write(below, against, "楷体", 11)
    for block in blocks:
        heading = page.add_paragraph()
        heading.paragraph_format.keep_with_next = True
        write(heading, block.heading, "黑体", 12.5, bold=language != "zh")
        for line in block.lines:
            paragraph = page.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(22)
            write(paragraph, line, "仿宋", 11)
        if block.table:
            grid = page.add_table(len(block.table), len(block.table[0]))
            grid.style, grid.autofit = "Table Grid", False
            for column, width in zip(grid.columns, _WIDTHS, strict=True):
                column.width = Mm(width)  # LibreOffice reads these, Word those of the cells
            grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
            for line, cells in zip(grid.rows, block.table, strict=True):
                for cell, text, width in zip(line.cells, cells, _WIDTHS, strict=True):
                    cell.width = Mm(width)
                    is_head = cells is block.table[0]
                    face = "黑体" if is_head else "仿宋"
                    write(cell.paragraphs[0], text, face, 9.5, bold=is_head and language != "zh")
    foot = text_for("page_foot", language, plans=_sources(plans, language))
    write(page.add_paragraph(), foot, "仿宋", 9)
    date = data_date(plans)
    page.core_properties.author = "county-plans"
    page.core_properties.created = page.core_properties.modified = date
    raw = io.BytesIO()
    page.save(raw)
    names = county_name(plans.documents, language)
    path = folder / f"{text_for('book_profile', language)}-{names[own]}.docx"
    try:
        return write_atomically(path, fix_dates(raw.getvalue(), date))
    except OSError as error:
        raise PlanError(
            f"cannot be written: {error.strerror}",
            "close it in Word or WPS, or choose another folder",
            file=path,
        ) from None


_WIDTHS = (42, 28, 36, 14, 40)  # mm of the columns of the table


def _sources(plans: Plans, language: str) -> str:
    names = county_name(plans.documents, language)
    rows = plans.documents.sort_values("doc_id").itertuples()
    return join("role_join", [f"{names[d.doc_id]} {d.doc_number}" for d in rows], language)
