"""A folder for a class: lessons, pages that need no install, worksheets and slides, no keys."""

from __future__ import annotations

import base64
import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from analysis.errors import PlanError
from analysis.files import write_together
from analysis.lessons.editions import how, sources
from analysis.load import read_plans
from analysis.office.books import data_date, fix_dates
from analysis.site.frame import page
from analysis.site.pages import notebook_body
from analysis.study import REPOSITORY
from analysis.wording import LANGUAGES, text_for

_WIDTH = 160  # mm between the margins
_MARKS = re.compile(r"\*\*|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)|`|\[([^]]+)\]\([^)]+\)")
_LICENCE = REPOSITORY.root / "docs" / "teaching" / "LICENSE.md"


def write_handout(folder: Path) -> list[Path]:
    """Write a class's folder: for each edition lessons, pages and worksheets; the tables; slides.

    Answers and keys are not in it: pages hold hashes, and the folder of the teacher stays at home.

    Raises
    ------
    PlanError
        python-docx is missing, which writes the worksheets, or the folder cannot be written.
    """
    files: dict[str, bytes] = {}
    for language in LANGUAGES:
        for source in sources():
            if source.stem.endswith("-key"):
                continue
            path = REPOSITORY.notebooks / "lessons" / language / f"{source.stem}.ipynb"
            body, spoken = notebook_body(path)
            start = f"{language}/{source.stem}"
            files[f"{start}.html"] = page(source.stem, body, language=spoken, links=False).encode()
            files[f"{start}.ipynb"] = path.read_bytes()
            files[f"{start}.docx"] = make_worksheet(nbformat.read(path, as_version=4), language)
            files[f"{start}-slides.md"] = make_slides(source.read_text(encoding="utf-8"), language)
        files[f"{language}/README.md"] = text_for("handout_readme", language).encode() + b"\n"
    for table in sorted(REPOSITORY.processed.glob("*.csv")):
        files[f"tables/{table.name}"] = table.read_bytes()
    files["LICENSE.md"] = _LICENCE.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    write_together(folder, files)
    return [folder / name for name in files]


def make_slides(source: str, language: str) -> bytes:
    """Slides of a lesson in Markdown: a slide per heading with its text, parted by lines of ---."""
    told = re.findall(rf"^::: {language}\n(.*?)(?=^:::|\Z)", source, re.DOTALL | re.MULTILINE)
    parts = re.split(r"\n(?=## )", "\n\n".join(told).replace("{how}\n\n", ""))
    shown = [p.strip() for p in parts if p.strip()]
    return ("\n\n---\n\n".join(shown) + "\n").encode()


def make_worksheet(notebook: NotebookNode, language: str) -> bytes:
    """A lesson as a Word file on A4 to print: text, tables and charts, lines for the answers.

    Raises
    ------
    PlanError
        python-docx is missing.
    """
    try:
        import docx
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt
    except ImportError:
        remedy = "install the extra: pip install 'county-plans[files]'"
        raise PlanError("python-docx is missing, which writes Word files", remedy) from None
    sheet = docx.Document()
    section = sheet.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - _WIDTH) / 2)
    section.top_margin = section.bottom_margin = Mm(20)
    look = sheet.styles["Normal"]
    look.font.name, look.font.size = "Times New Roman", Pt(10.5)
    look.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    sheet.add_paragraph(text_for("handout_name", language))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            _write_text(sheet, cell.source.replace(how(language), "").strip(), Mm)
        elif "exercises.check" in cell.source:
            sheet.add_paragraph(text_for("handout_answer", language))
        elif "show_after" not in cell.source:
            for output in cell.outputs:
                _write_output(sheet, output.get("data", {}), Mm)
    sheet.add_paragraph("\n".join(["_" * 76] * 6))
    date = data_date(read_plans())
    sheet.core_properties.author = "county-plans"
    sheet.core_properties.created = sheet.core_properties.modified = date
    raw = io.BytesIO()
    sheet.save(raw)
    return fix_dates(raw.getvalue(), date)


def _write_text(sheet: Any, markdown: str, millimetres: Any) -> None:
    """Paragraphs, headings, lists and tables of a cell."""
    for part in re.split(r"\n\n+", markdown):
        plain = _MARKS.sub(r"\1", part)
        if part.startswith("#"):
            title = plain.lstrip("# ")
            level = len(part) - len(part.lstrip("#"))
            sheet.add_paragraph(title, style=f"Heading {min(level, 3)}")
        elif part.startswith("|"):
            lines = [line.strip("|").split("|") for line in plain.splitlines()]
            kept = [[c.strip() for c in row] for row in lines if "---" not in row[0]]
            _write_table(sheet, kept, millimetres)
        elif part.startswith("- "):
            for line in plain.splitlines():
                sheet.add_paragraph(line.removeprefix("- "), style="List Bullet")
        elif plain:
            sheet.add_paragraph(plain)


def _write_output(sheet: Any, data: dict[str, Any], millimetres: Any) -> None:
    if "image/png" in data:
        picture = io.BytesIO(base64.b64decode(data["image/png"]))
        sheet.add_picture(picture, width=millimetres(120))
    elif "text/html" in data:
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>", "".join(data["text/html"]), re.DOTALL)
        cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
        plain = [[unescape(re.sub("<[^>]+>", "", c)).strip() for c in row] for row in cells]
        _write_table(sheet, [row for row in plain if row], millimetres)


def _write_table(sheet: Any, rows: list[list[str]], millimetres: Any) -> None:
    width = max((len(row) for row in rows), default=0)
    if not width:
        return
    grid = sheet.add_table(len(rows), width)
    grid.style = "Table Grid"
    # A column is as wide as its text asks for, within bounds.
    asked = [max(len(row[k]) for row in rows if k < len(row)) for k in range(width)]
    room = [min(max(n, 4), 60) ** 0.8 for n in asked]
    grid.autofit = False
    for column, share in zip(grid.columns, room, strict=True):
        column.width = millimetres(_WIDTH * share / sum(room))
    for line, cells in zip(grid.rows, rows, strict=True):
        for cell, text, share in zip(line.cells, cells, room, strict=False):
            cell.text, cell.width = text, millimetres(_WIDTH * share / sum(room))
    sheet.add_paragraph()
