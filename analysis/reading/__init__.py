"""From a file to the tables: text, header, layout, clauses, numbers and what they count."""

from analysis.reading.documents import Source, read_document
from analysis.reading.plan import read_plan

__all__ = ["Source", "read_document", "read_plan"]
