"""One plan, read whole: from its document to the tables of the build."""

from __future__ import annotations

import pandas as pd

from analysis.errors import PlanError
from analysis.reading import audit, clauses, layout, pledges, quantities
from analysis.reading.documents import Document
from analysis.reading.numbers import read_numbers
from analysis.text import fold_width, line_of


def read_plan(document: Document) -> dict[str, pd.DataFrame]:
    """Tables of one plan: documents (one row), sections, tasks, quantities and the rest."""
    text, folded = document.text, fold_width(document.text)
    segments = layout.segment(text, document.source.file)
    sections = layout.read_sections(document, segments)
    task_rows = layout.read_tasks(document, segments, sections)
    numbers, numerals = read_numbers(folded)
    figures = quantities.read_quantities(text, folded, task_rows, numbers)
    words = pledges.read_pledges(text, folded, task_rows)
    source = document.source
    header = {
        "doc_id": document.doc_id,
        "county": source.county,
        "city": source.city,
        "province": source.province,
        "year": int(source.year),
        "doc_number": document.doc_number,
        "title": document.title,
        "issuer": document.issuer,
        "issued_on": document.issued_on,
        "source_file": source.file,
        "sha256": source.sha256,
        "n_sections": len(sections),
        "n_tasks": len(task_rows),
        "n_chars": len(text),
    }
    return {
        "documents": pd.DataFrame([header]),
        "sections": sections,
        "tasks": task_rows,
        "quantities": figures,
        "pledges": words,
        "numerals": audit.account_numerals(
            document.doc_id, text, numerals, segments, figures, words
        ),
        "assignments": _read_assignments(document, task_rows),
    }


def _read_assignments(document: Document, task_rows: pd.DataFrame) -> pd.DataFrame:
    try:
        return clauses.read_assignments(task_rows)
    except PlanError as error:
        starts = task_rows.set_index("task_id")["char_start"]
        line = line_of(document.text, starts.get(error.task, 0))
        raise error.at(document.source.file, line) from None
