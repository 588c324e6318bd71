"""One plan, read whole: from its document to the tables of the build."""

from __future__ import annotations

import pandas as pd

from analysis.reading import audit, clauses, layout, quantities
from analysis.reading.documents import Document
from analysis.reading.numbers import read_numbers


def read_plan(document: Document) -> dict[str, pd.DataFrame]:
    """Tables of one plan: documents (one row), sections, tasks, quantities and the rest."""
    plan = document.plan.solid
    found = layout.read_layout(document.plan, document.source.file)
    sections = layout.read_sections(document, found)
    task_rows = layout.read_tasks(document, found, sections)
    numbers, numerals = read_numbers(plan.folded)
    figures = quantities.read_quantities(plan, found.words(document.doc_id), numbers)
    readings = {
        layout.task_id(document.doc_id, n): t.readings for n, t in enumerate(found.tasks, 1)
    }
    assignments, unread = clauses.read_assignments(readings, rule=found.rule)
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
        "n_chars": len(document.text),
    }
    return {
        "documents": pd.DataFrame([header]),
        "sections": sections,
        "tasks": task_rows,
        "quantities": figures,
        "numerals": audit.account_numerals(document.doc_id, plan, numerals, found, figures),
        "assignments": assignments,
        "report": pd.concat([layout.report_layout(document, found), unread], ignore_index=True),
    }
