"""Take a further plan into the raw folder: copy its bytes and list what its header says."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import asdict, fields
from pathlib import Path

from analysis.documents import Source, read_header, read_sources
from analysis.errors import PlanError
from analysis.files import write_together
from analysis.paths import SOURCES_FILE
from analysis.schema import DOC_ID
from analysis.tasks import segment
from analysis.text import read_text


def register(
    file: Path, doc_id: str, *, county: str, city: str, province: str, raw: Path, note: str = ""
) -> Source:
    """Copy a plan into ``raw`` and add its row to ``sources.csv``; returns the row.

    The text must decode, have a readable header and numbered tasks; nothing is written otherwise.

    Raises
    ------
    PlanError
        The id is not of the form county-year or is taken, or the text cannot be read as a plan.
    """
    if not re.fullmatch(DOC_ID, doc_id):
        raise PlanError(f"{doc_id!r} is no id", "write county and year, as in zhoucun-2023")
    text = read_text(file)
    facts = read_header(text, file)
    segment(text, file)
    sources = read_sources(raw) if (raw / SOURCES_FILE).is_file() else []
    if doc_id in {s.doc_id for s in sources}:
        raise PlanError(f"{doc_id} is listed already", "choose another id", file=raw / SOURCES_FILE)
    data = file.read_bytes()
    source = Source(
        file=f"{doc_id}{file.suffix or '.txt'}",
        sha256=hashlib.sha256(data).hexdigest(),
        kind="plan",
        doc_id=doc_id,
        county=county,
        city=city,
        province=province,
        year=doc_id[-4:],
        issuer=facts["issuer"],
        doc_number=facts["doc_number"],
        issued_on=facts["issued_on"],
        note=note,
    )
    listed = _to_csv(sorted([*sources, source], key=lambda s: s.file))
    write_together(raw, {source.file: data, SOURCES_FILE: listed})
    return source


def _to_csv(sources: list[Source]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [f.name for f in fields(Source)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(s) for s in sources)
    return buffer.getvalue().encode()
