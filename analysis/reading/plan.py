"""One plan, read whole: from its document to the tables of the build."""

from __future__ import annotations

from hashlib import sha256

import pandas as pd

from analysis.reading import audit, clauses, layout, pledges, quantities
from analysis.reading.documents import Document, county_code, report_document
from analysis.reading.numbers import read_numbers


def read_plan(document: Document) -> dict[str, pd.DataFrame]:
    """Tables of one plan: documents (one row), sections, tasks, quantities and the rest."""
    doc_id, found, plan = document.doc_id, document.layout, document.plan.solid
    sections = layout.read_sections(doc_id, found)
    tasks = layout.read_tasks(doc_id, found, sections)
    numbers, numerals = read_numbers(plan.folded)
    own_words = found.words(doc_id)
    figures = quantities.read_quantities(plan, own_words, numbers)
    promises = pledges.read_pledges(plan, own_words)
    readings = {layout.task_id(doc_id, n): t.readings for n, t in enumerate(found.tasks, 1)}
    assignments, unread = clauses.read_assignments(readings, rule=found.rule)
    reports = [report_document(document), layout.report_layout(doc_id, found), unread]
    return {
        "documents": pd.DataFrame([_header(document, len(sections), len(tasks))]),
        "sections": sections,
        "tasks": tasks,
        "quantities": figures,
        "pledges": promises,
        "numerals": audit.account_numerals(doc_id, plan, numerals, found, figures, promises),
        "assignments": assignments,
        "report": pd.concat(reports, ignore_index=True),
    }


def _header(document: Document, n_sections: int, n_tasks: int) -> dict[str, object]:
    """Row of `documents`; the label is given once all plans are known."""
    source = document.source
    return {
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
        "n_sections": n_sections,
        "n_tasks": n_tasks,
        "n_chars": len(document.text),
        "level": source.government(),
        "county_code": county_code(source),
        "source_url": source.source_url,
        "kind": source.kind,
        "text_file": document.text_file,
        "text_sha256": sha256(document.text.encode()).hexdigest() if document.text_file else "",
    }
