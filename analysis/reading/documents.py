"""From raw files to documents: the source list, decoding, and the facts of the header."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

from analysis.errors import PlanError
from analysis.reading.intake import PlanText, fold_text, read_file
from analysis.schema import DOC_ID
from analysis.study import SOURCES_FILE
from analysis.text import parse_chinese_number, read_text

# 周政办字〔2023〕17号; some sites print the year in other brackets.
DOC_NUMBER = re.compile(r"(?<![一-鿿])([一-鿿]{2,10})[〔\[［(（]((?:19|20)\d{2})[〕\]］)）](\d+)号")
_NOTICE = re.compile(r"关于印发.*?的通知", re.DOTALL)
_OFFICE = re.compile(
    r"^[^\S\n]*([一-鿿]{2,24}(?:办公[室厅]|人民政府|管委会|委员会|领导小组|指挥部|[局委]))[^\S\n]*$",
    re.MULTILINE,
)
_DATE = re.compile(
    r"^\s*((?:19|20)\d{2}|[一二][一二三四五六七八九〇零○]{3})年"
    r"(\d{1,2}|[一二三四五六七八九十]{1,2})月(\d{1,2}|[一二三四五六七八九十]{1,3})日\s*$",
    re.MULTILINE,
)
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Source:
    """One row of ``sources.csv``: a raw file and what is known of it. Only plans have a doc_id."""

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


@dataclass(frozen=True)
class Document:
    """A plan: its source, its decoded text, and the facts read from its header."""

    source: Source
    text: str
    title: str
    doc_number: str
    issuer: str
    issued_on: str

    @cached_property
    def plan(self) -> PlanText:
        """Text of the plan, folded for reading."""
        return fold_text(self.text)

    @property
    def doc_id(self) -> str:
        """Stable id, county and year."""
        return self.source.doc_id


def read_sources(raw: Path) -> list[Source]:
    """Rows of ``sources.csv`` in ``raw``, each checked against the file that it names.

    Raises
    ------
    PlanError
        The folder or the list is missing, or a file in the folder is changed or unlisted.
    """
    if not raw.is_dir():
        raise PlanError("no such folder", "name the folder of the plans with --raw", file=raw)
    path = raw / SOURCES_FILE
    if not path.is_file():
        raise PlanError("no source list", "list every file with its sha256 in it", file=path)
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""))
    wanted = [f.name for f in fields(Source)]
    missing = sorted(set(wanted) - set(reader.fieldnames or ()))
    if missing:
        raise PlanError(f"columns missing: {', '.join(missing)}", "add them", file=path)
    sources = []
    for row in reader:
        sources.append(Source(**{k: (row[k] or "").strip() for k in wanted}))
        _check_row(sources[-1], path, reader.line_num)
    _check_files(raw, sources)
    return sources


def _check_row(source: Source, path: Path, line: int) -> None:
    """A plan has an id and a year of the right form, and a place."""
    if source.kind != "plan":
        return
    if not re.fullmatch(DOC_ID, source.doc_id):
        remedy = "write county and year, as in zhoucun-2023"
        raise PlanError(f"doc_id {source.doc_id!r} is no id", remedy, file=path, line=line)
    if not re.fullmatch(r"20\d{2}", source.year):
        raise PlanError(
            f"year {source.year!r} is no year", "write it as 2023", file=path, line=line
        )
    empty = [name for name in ("county", "city", "province") if not getattr(source, name)]
    if empty:
        raise PlanError(f"{', '.join(empty)} left empty", "fill it in", file=path, line=line)


def _check_files(raw: Path, sources: list[Source]) -> None:
    listed = [s.file for s in sources]
    for values, what in ((listed, "file"), ([s.doc_id for s in sources if s.doc_id], "doc_id")):
        twice = sorted({v for v in values if values.count(v) > 1})
        if twice:
            raise PlanError(
                f"{what} listed twice: {', '.join(twice)}",
                "keep one row each",
                file=raw / SOURCES_FILE,
            )
    known = {Path(name) for name in (SOURCES_FILE, *listed)}
    unlisted = sorted(
        str(p.relative_to(raw))
        for p in raw.rglob("*")
        if p.is_file() and not p.name.startswith(".") and p.relative_to(raw) not in known
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
            raise PlanError("listed but missing", f"restore it or mend {SOURCES_FILE}", file=path)
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
    """Decode one plan and read its header; facts must agree with ``sources.csv``.

    Raises
    ------
    PlanError
        The file cannot be decoded, a header fact is missing, or text and source list disagree.
    """
    path = raw / source.file
    text = read_file(path)
    facts = read_header(text, path)
    for name, found in facts.items():
        listed = getattr(source, name, found)
        if listed and listed != found:
            raise PlanError(
                f"{name} is {found} in the text but {listed} in {SOURCES_FILE}",
                "mend the source list",
                file=path,
            )
    return Document(source=source, text=text, **facts)


def read_header(text: str, path: Path | None = None) -> dict[str, str]:
    """Title, document number, issuer and date of issue, as the text itself prints them.

    Raises
    ------
    PlanError
        One of the four is not there.
    """
    number = DOC_NUMBER.search(text)
    notice = _NOTICE.search(text)
    date = _DATE.search(text, notice.end() if notice else 0)
    # The signature: the last line before the date that names an office.
    offices = list(_OFFICE.finditer(text, 0, date.start() if date else 0))
    found = {"document number": number, "title": notice, "date": date, "issuer": offices}
    missing = [name for name, value in found.items() if not value]
    if missing or not (number and notice and date):
        raise PlanError(f"no {', '.join(missing)} in the header", "complete the text", file=path)
    issuer = offices[-1][1]
    title = _BLANK.sub("", notice[0])
    return {
        "title": title if title.startswith(issuer) else issuer + title,
        "doc_number": f"{number[1]}〔{number[2]}〕{number[3]}号",
        "issuer": issuer,
        "issued_on": "{:04d}-{:02d}-{:02d}".format(*(_read_figure(d) for d in date.groups())),
    }


def _read_figure(figure: str) -> int:
    """Year, month or day in Arabic or Chinese figures."""
    return int(figure) if figure.isascii() else parse_chinese_number(figure.replace("○", "〇"))
