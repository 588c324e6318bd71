"""From raw files to documents: the source list, decoding, and the facts of each plan."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from dataclasses import MISSING, dataclass, fields, replace
from difflib import get_close_matches
from functools import cache, partial
from pathlib import Path

import pandas as pd

from analysis.errors import PlanError
from analysis.files import settle
from analysis.reading.header import read_date, read_header
from analysis.reading.intake import PlanText, fold_characters, fold_text, read_data, sniff
from analysis.reading.layout import Layout, read_layout
from analysis.schema import DOC_ID, LEVELS, REPORT
from analysis.study import POPULATION_FILE, REFERENCE, SOURCES_FILE
from analysis.text import read_bytes, read_text

TEXTS = "texts"  # folder beside the tables
FACTS = ("title", "doc_number", "issuer", "issued_on")
# Names of places: Chinese characters of any extension, and the dot of some autonomous counties.
_PLACE = re.compile("[㐀-䶿一-鿿豈-\U000323af·]+")


KINDS = ("plan", "report")


@dataclass(frozen=True)
class Source:
    """One row of ``sources.csv``: a raw file and what is known of it. Only plans have a doc_id.

    Facts that are given here stand before those that the text prints.
    """

    file: str
    sha256: str
    kind: str
    doc_id: str
    county: str
    city: str
    province: str
    year: str
    issuer: str
    doc_number: str
    issued_on: str
    note: str
    title: str = ""
    level: str = ""
    source_url: str = ""

    def government(self) -> str:
        """Level of the government whose plan it is: as given, else what its names say."""
        if self.level:
            return self.level
        names = {self.province: "province", self.city: "city"}
        return names.get(self.county, "county")


@dataclass(frozen=True)
class Document:
    """A plan: its source, how it is laid out, and its facts.

    `findings` are what could not be settled of the facts: kind, and the words in question.
    """

    source: Source
    layout: Layout
    title: str
    doc_number: str
    issuer: str
    issued_on: str
    findings: tuple[tuple[str, str], ...] = ()
    text_file: str = ""  # where the text lies that was read out of a file of another kind

    @property
    def plan(self) -> PlanText:
        """Text of the plan, folded for reading."""
        return self.layout.plan

    @property
    def text(self) -> str:
        """Text of the plan as decoded."""
        return self.layout.plan.text

    @property
    def doc_id(self) -> str:
        """Stable id, county and year."""
        return self.source.doc_id


def read_sources(raw: Path) -> list[Source]:
    """Rows of ``sources.csv`` in ``raw``, each checked against the file that it names.

    A list that a spreadsheet saved, with empty rows and its own form of dates, is read, too.

    Raises
    ------
    PlanError
        The folder or the list is missing, or a file in the folder is changed or unlisted.
    """
    if not raw.is_dir():
        raise PlanError("no such folder", "name the folder of the plans with --raw", file=raw)
    settle(raw)
    path = raw / SOURCES_FILE
    if not path.is_file():
        raise PlanError("no source list", "list every file with its sha256 in it", file=path)
    rows = [
        (line, row)
        for line, row in enumerate(csv.reader(io.StringIO(read_text(path), newline="")), 1)
        if any(cell.strip() for cell in row)  # a spreadsheet leaves rows of commas
    ]
    names = [name.strip() for name in rows[0][1]] if rows else []
    wanted = [f.name for f in fields(Source) if f.default is MISSING]
    if missing := sorted(set(wanted) - set(names)):
        raise PlanError(f"columns missing: {', '.join(missing)}", "add them", file=path)
    known = {f.name for f in fields(Source)}
    sources = []
    for line, row in rows[1:]:
        cells = dict.fromkeys(wanted, "") | dict(zip(names, map(str.strip, row), strict=False))
        source = Source(**{k: v for k, v in cells.items() if k in known})
        sources.append(check_source(source, path, line))
    _check_files(raw, sources)
    return sources


def check_source(source: Source, path: Path | None = None, line: int | None = None) -> Source:
    """Return a row with its date in one form; a plan has an id, a year and a place.

    Raises
    ------
    PlanError
        A cell of a plan's row is not of its form.
    """
    if source.kind not in KINDS:
        return source
    fault = partial(PlanError, file=path, line=line)
    if not re.fullmatch(DOC_ID, source.doc_id):
        remedy = "write county and year in small letters a-z and _ only, as in zhoucun-2023"
        raise fault(f"doc_id {source.doc_id!r} is no id", remedy)
    if not re.fullmatch(r"20[0-9]{2}", source.year):
        raise fault(f"year {source.year!r} is no year", "write it as 2023")
    places = {name: getattr(source, name) for name in LEVELS}
    if empty := [name for name, value in places.items() if not value]:
        raise fault(f"{', '.join(empty)} left empty", "fill it in")
    if wrong := [f"{k} {v!r}" for k, v in places.items() if not _PLACE.fullmatch(v)]:
        remedy = "write the place's name in Chinese characters"
        raise fault(f"{', '.join(wrong)} is no place", remedy)
    if source.level not in {"", *LEVELS}:
        raise fault(f"no level {source.level!r}", f"one of: {', '.join(LEVELS)}")
    issued = read_date(fold_characters(source.issued_on), path)
    if source.issued_on and not issued:
        raise fault(f"{source.issued_on!r} is no date", "write it as 2023-06-09")
    return replace(source, issued_on=issued)


def _check_files(raw: Path, sources: list[Source]) -> None:
    listed = [s.file for s in sources]
    for values, what in ((listed, "file"), ([s.doc_id for s in sources if s.doc_id], "doc_id")):
        if twice := sorted(v for v, n in Counter(values).items() if n > 1):
            raise PlanError(
                f"{what} listed twice: {', '.join(twice)}",
                "keep one row each",
                file=raw / SOURCES_FILE,
            )
    # a table of populations is the user's own to fill in, and its rows name their sources
    known = {Path(name) for name in (SOURCES_FILE, POPULATION_FILE, *listed)}
    unlisted = sorted(
        str(p)
        for p in (path.relative_to(raw) for path in raw.rglob("*") if path.is_file())
        if p not in known and not any(part.startswith(".") for part in p.parts)
    )
    if unlisted:
        raise PlanError(
            f"unlisted raw file: {', '.join(unlisted)}",
            f"add a row to {SOURCES_FILE} or take the file away",
            file=raw,
        )
    for s in sources:
        path = raw / s.file
        if not path.is_file():
            raise PlanError("listed but missing", f"restore it or fix {SOURCES_FILE}", file=path)
        data = path.read_bytes()
        if not data.strip():
            raise PlanError("the file is empty", "put the plan's text into it", file=path)
        if hashlib.sha256(data).hexdigest() != s.sha256:
            raise PlanError(
                f"the file is not the one that {SOURCES_FILE} lists (sha256 differs)",
                "restore the file, or list the new sha256 if the change is meant",
                file=path,
            )


def read_document(raw: Path, source: Source) -> Document:
    """Decode one plan and read its header; facts of the source list stand before those of the text.

    Raises
    ------
    PlanError
        The file cannot be decoded, has no task, or a date that does not exist.
    """
    path = raw / source.file
    return make_document(read_bytes(path), source, path)


def make_document(data: str | bytes, source: Source, file: Path | None = None) -> Document:
    """Document of a text, or of a file's bytes, whose source is known; see `read_document`."""
    is_text = isinstance(data, str) or sniff(data, file) == "text"
    text = data if isinstance(data, str) else read_data(data, file)
    is_report = source.kind == "report"
    layout = read_layout(fold_text(text), source.file, by_paragraphs=is_report)
    first, last = layout.segments[0], layout.segments[-1]
    start = layout.plan.inside(first.end) if first.kind == "header" else 0
    end = layout.plan.inside(last.start) if last.kind == "rest" else len(layout.plan.folded)
    found = read_header(layout.plan, start, end, Path(source.file))
    given = {name: getattr(source, name) for name in FACTS}
    facts = {name: given[name] or found[name] for name in FACTS}
    findings = [("missing_header_fact", name) for name in FACTS if not facts[name]]
    findings += [
        ("header_fact", f"{name} {found[name]} in the text, {given[name]} in {SOURCES_FILE}")
        for name in FACTS
        if given[name] and found[name] not in {"", given[name]}
    ]
    findings += _check_place_and_year(source, layout.plan.folded)
    return Document(
        source,
        layout,
        **facts,
        findings=tuple(findings),
        text_file="" if is_text else f"{TEXTS}/{source.doc_id}.txt",
    )


def _check_place_and_year(source: Source, folded: str) -> list[tuple[str, str]]:
    """What the text does not confirm: its county, its year; and a county that nobody lists."""
    folded = re.sub(r"\s", "", folded)
    found = []
    short = re.sub("(?:自治)?[省市县区旗州盟]$", "", source.county)
    if (short if len(short) > 1 else source.county) not in folded:
        found.append(("county_not_in_text", source.county))
    if source.year not in folded:
        found.append(("year_not_in_text", source.year))
    if source.government() == "county" and not county_code(source) and _counties():
        near = get_close_matches(source.county, _counties(), 20, 0.6)
        near = sorted(near, key=lambda name: name[:2] != source.county[:2])
        what = f"{source.county} ({source.city}, {source.province})"
        found.append(("unknown_county", what + (f", near {near[0]}" if near else "")))
    return found


_REMEDIES = {
    "missing_header_fact": "none if the plan does not say; else give it to `add`, or in the list",
    "header_fact": "the list is taken; fix the one that is wrong",
    "county_not_in_text": "none if the plan names its county otherwise; else fix the list",
    "year_not_in_text": "none if the plan names its year otherwise; else fix the list",
    "unknown_county": "none if the name is right; else fix the list",
}


def report_document(document: Document) -> pd.DataFrame:
    """What could not be settled of a plan's header, one row each, as `schema.REPORT` says."""
    rows = [(kind, document.doc_id, what, _REMEDIES[kind]) for kind, what in document.findings]
    return pd.DataFrame(rows, columns=REPORT.names).astype(REPORT.dtypes)


# --- places and labels --------------------------------------------------------------------------


@cache
def _counties() -> dict[str, list[dict[str, str]]]:
    """County-level divisions of ``data/reference`` by name; none where the folder is not there."""
    path = REFERENCE / "counties.csv"
    found: dict[str, list[dict[str, str]]] = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                found.setdefault(row["county"], []).append(row)
    return found


def find_counties(county: str, city: str = "", province: str = "") -> list[dict[str, str]]:
    """Rows of the reference list with this name, in this city and province if they are given."""
    return [
        c
        for c in _counties().get(county, ())
        if city in {"", c["city"]} and province in {"", c["province"]}
    ]


def county_code(source: Source) -> str:
    """Code of a plan's county in GB/T 2260; empty where it is not known."""
    found = find_counties(source.county, source.city, source.province)
    return found[0]["county_code"] if len(found) == 1 else ""


def label_documents(documents: pd.DataFrame) -> pd.Series:
    """Shortest name of each plan that is unique among all: 周村区, 周村区2024, 鼓楼区（南州市）.

    A report of results is named apart (周村区2023报告), so that plans keep their names.
    """
    is_plan = documents["kind"].eq("plan")
    named = (documents["county"] + documents["year"].astype(str) + "报告")[~is_plan]
    reports = named.where(~named.duplicated(keep=False), documents["doc_id"])
    plans = [_label_plans(documents[is_plan])] if is_plan.any() else []
    return pd.concat([reports, *plans]).reindex(documents.index)


def _label_plans(documents: pd.DataFrame) -> pd.Series:
    county, city = documents["county"], "（" + documents["city"] + "）"
    year = documents["year"].astype(str)
    forms = [county, county + year, county + city, county + city + year, documents["doc_id"]]
    labels = forms[-1]
    for form in reversed(forms[:-1]):
        labels = form.where(~form.duplicated(keep=False), labels)
    return labels
