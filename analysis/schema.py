"""Every table and column of the suite, declared once.

From these declarations come validation at run time (pandera), the descriptor
``datapackage.json`` (frictionless) and the data dictionary (docs/data-dictionary.md).
"""

from __future__ import annotations

import hashlib
import json
import operator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.errors import PlanError, shorten
from analysis.lexicon import read_rows
from analysis.study import TEXTS

if TYPE_CHECKING:  # reading tables does not wait for what checks them
    import pandera.pandas as pa

# Text is held as Python's own, so that patterns mean what `re` says they mean: the strings of
# pyarrow, which the export needs, have a regular expression of another kind behind them.
pd.options.mode.string_storage = "python"

LICENSE = {"name": "MIT", "title": "MIT License (code and derived tables)"}

_PANDAS = {
    "string": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "date": "str",
}

# What must hold between two columns of a row, in every table that has both; empty cells hold.
_ORDER = (
    ("char_start", "<", "char_end"),
    ("char_start", "<=", "text_start"),
    ("text_start", "<=", "char_end"),
    ("char_start", "<=", "clause_start"),
    ("clause_start", "<=", "char_end"),
    ("value_low", "<=", "value_high"),
    ("value_base_low", "<=", "value_base_high"),
)
_COMPARE = {"<": operator.lt, "<=": operator.le}


@dataclass(frozen=True)
class Column:
    """One column: name, type, meaning, unit, allowed values, whether it may be empty."""

    name: str
    type: str
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()
    empty: bool = False
    pattern: str = ""
    minimum: float | None = None

    @property
    def is_text(self) -> bool:
        """Whether its cells are text: a text that is not there is empty, never missing."""
        return _PANDAS[self.type] == "str"

    def check(self) -> pa.Column:
        """Pandera column that enforces this declaration."""
        import pandera.pandas as pa

        checks = []
        if self.is_text:
            if not self.empty:
                checks.append(pa.Check.str_length(min_value=1, error="not_empty"))
            if self.values:
                checks.append(pa.Check.isin((*self.values, *("",) * self.empty)))
            if self.pattern:
                checks.append(pa.Check.str_matches(rf"^(?:{self.pattern}{'|' * self.empty})\Z"))
            if self.type == "date":
                checks.append(pa.Check(_is_day, element_wise=True, error="a day of the calendar"))
        elif self.minimum is not None:
            checks.append(pa.Check.ge(self.minimum))
        nullable = self.empty and not self.is_text
        # `Table.validate` has made text of it: pandera and pandas name its storage differently
        kind = None if self.is_text else _PANDAS[self.type]
        return pa.Column(kind, checks, nullable=nullable, required=True)

    def describe(self) -> dict[str, Any]:
        """Frictionless field descriptor."""
        constraints: dict[str, Any] = {}
        if not self.empty:
            constraints["required"] = True
        if self.values:
            constraints["enum"] = list(self.values)
        if self.pattern and self.type != "date":  # the type says as much
            constraints["pattern"] = self.pattern
        if self.minimum is not None:
            constraints["minimum"] = self.minimum
        out: dict[str, Any] = {"name": self.name, "type": self.type, "description": self.meaning}
        if self.unit:
            out["unit"] = self.unit
        if constraints:
            out["constraints"] = constraints
        return out


@dataclass(frozen=True)
class Fault:
    """What a declaration forbids: key, column and value in a line, and the row from 0 if known."""

    told: str
    row: int | None = None


@dataclass(frozen=True)
class Table:
    """One table: its grain, its columns, its key and the tables that it points to."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    foreign: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Column names in the order of the file."""
        return [c.name for c in self.columns]

    @property
    def dtypes(self) -> dict[str, str]:
        """Pandas type of each column, as `analysis.load` reads it back."""
        return {c.name: _PANDAS[c.type] for c in self.columns}

    @property
    def texts(self) -> list[str]:
        """Names of the columns that hold text."""
        return [c.name for c in self.columns if c.is_text]

    def validate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return `frame` typed, in column order and sorted by key.

        Raises
        ------
        PlanError
            A column is missing or holds values that its declaration forbids, or a key repeats.
        """
        if faults := self.faults(frame):
            more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
            raise PlanError(f"{faults[0].told}{more}", "fix the text at that place")
        return self._typed(frame).sort_values(list(self.key), ignore_index=True)

    def faults(self, frame: pd.DataFrame) -> list[Fault]:
        """Everything that the declaration forbids in a frame."""
        import pandera.pandas as pa
        from pandera.errors import SchemaErrors

        if missing := [c.name for c in self.columns if c.name not in frame and not c.empty]:
            return [Fault(f"{self.name}: no column {', '.join(missing)}")]
        frame = self._typed(frame).reset_index(drop=True)
        pairs = [rule for rule in _ORDER if {rule[0], rule[2]} <= set(self.names)]
        schema = pa.DataFrameSchema(
            {c.name: c.check() for c in self.columns},
            [_in_order(*rule) for rule in pairs],
            strict=True,
            unique=list(self.key),
        )
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors as error:
            cases = error.failure_cases.drop_duplicates(["check", "index"])
            return [self._fault(frame, *case) for case in cases[_CASE].itertuples(index=False)]
        return []

    def _typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.reindex(columns=self.names).astype(self.dtypes)
        frame[self.texts] = frame[self.texts].fillna("")
        return frame

    def _fault(
        self, frame: pd.DataFrame, column: str, check: str, value: object, index: Any
    ) -> Fault:
        row = None if pd.isna(index) else int(index)
        key = "" if row is None else " ".join(map(str, frame.loc[row, list(self.key)]))
        rule = next((r for r in _ORDER if check == " ".join(r)), None)
        told = f"not {check}" if rule else f"{column} {shorten(repr(value))} fails {shorten(check)}"
        return Fault(f"{self.name} {shorten(key)}: {told}", row)

    def describe(self, path: str, data: bytes) -> dict[str, Any]:
        """Frictionless resource descriptor of the table as written to `path`."""
        keys = [
            {"fields": [column], "reference": {"resource": table, "fields": [column]}}
            for column, table in self.foreign.items()
        ]
        schema: dict[str, Any] = {
            "fields": [c.describe() for c in self.columns],
            "primaryKey": list(self.key),
        }
        if keys:
            schema["foreignKeys"] = keys
        return {
            "name": self.name,
            "path": path,
            "description": f"One row per {self.grain}.",
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "bytes": len(data),
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "schema": schema,
        }


_CASE = ["column", "check", "failure_case", "index"]


def _is_day(text: str) -> bool:
    """Whether a date is one of the calendar; an empty one is none that is wrong."""
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _in_order(low: str, sign: str, high: str) -> pa.Check:
    import pandera.pandas as pa

    def holds(frame: pd.DataFrame) -> pd.Series:
        found = _COMPARE[sign](frame[low], frame[high])
        return (found | frame[[low, high]].isna().any(axis=1)).astype(bool)

    return pa.Check(holds, error=f"{low} {sign} {high}")


DOC_ID = r"[a-z]+(?:_[a-z]+)*-[0-9]{4}"
TASK_ID = DOC_ID + r"-[0-9]{2,4}"

BODY_TYPES = (
    "department",
    "party",
    "mass_org",
    "institution",
    "park",
    "township",
    "task_force",
    "collective",
)
LEVELS = ("county", "city", "province")
ROLES = ("lead", "support", "responsible")
BOUNDS = ("ge", "le", "approx", "range", "eq")
KINDS = ("target", "attribute")
MEASURES = ("flow", "stock", "share", "growth", "intensity")


def _text(name: str, meaning: str, **options: Any) -> Column:
    return Column(name, "string", meaning, **options)


def _count(name: str, meaning: str, **options: Any) -> Column:
    return Column(name, "integer", meaning, **({"minimum": 0} | options))


_DOC = _text("doc_id", "plan: county and year, e.g. zhoucun-2023", pattern=DOC_ID)
_TASK = _text("task_id", "task: doc_id and number in two digits (three from 100)", pattern=TASK_ID)
_THEME = _text("theme", "canonical theme of the section's heading (lexicon/sections.csv)")
_START = _count("char_start", "first character in the document's decoded text", unit="character")
_END = _count("char_end", "one past the last character in the decoded text", unit="character")

DOCUMENTS = Table(
    "documents",
    "plan",
    (
        _DOC,
        _text("county", "county, district or county-level city that issued the plan"),
        _text("city", "prefecture-level city above the county"),
        _text("province", "province"),
        _count("year", "year that the plan is for", minimum=2000),
        _text("doc_number", "document number (文号)", empty=True),
        _text("title", "title with its line breaks joined", empty=True),
        _text("issuer", "issuing office as signed", empty=True),
        Column(
            "issued_on", "date", "date of issue", pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}", empty=True
        ),
        _text("source_file", "file name in data/raw"),
        _text("sha256", "SHA-256 of the raw file", pattern=r"[0-9a-f]{64}"),
        _count("n_sections", "sections of the plan"),
        _count("n_tasks", "numbered tasks of the plan"),
        _count("n_chars", "length of the decoded text", unit="character"),
        _text("label", "shortest name of the plan that is unique among all: 周村区, 周村区2024"),
        _text("level", "level of the government that issued it", values=LEVELS),
        _text("county_code", "code of the county (GB/T 2260)", pattern=r"[0-9]{6}", empty=True),
        _text("source_url", "address that the plan was published at or obtained from", empty=True),
        _text("kind", "kind of document", values=("plan", "report")),
        _text("text_file", "file of the text that was read out of a source file", empty=True),
        _text("text_sha256", "SHA-256 of that file", pattern=r"[0-9a-f]{64}", empty=True),
    ),
    ("doc_id",),
)

SECTIONS = Table(
    "sections",
    "section of a plan",
    (
        _DOC,
        _count("section_no", "number of the section, from 1", minimum=1),
        _text("section_title", "heading without its number"),
        Column("theme", "string", _THEME.meaning, empty=True),
        Column("restored", "boolean", "the heading's number was lost in the source and restored"),
        _START,
        _END,
        _count("level", "depth of the heading, 1 for the outermost", minimum=1),
        _count("parent_no", "section_no of the heading above", minimum=1, empty=True),
        _text("printed_no", "number as printed, without its signs; empty if none is", empty=True),
    ),
    ("doc_id", "section_no"),
    {"doc_id": "documents"},
)

TASKS = Table(
    "tasks",
    "numbered task",
    (
        _TASK,
        _DOC,
        _count(
            "task_no",
            "number of the task in the plan, running on where a section begins its numbering again",
            minimum=1,
        ),
        _count(
            "section_no",
            "number of the innermost heading that holds it; empty in a plan without headings",
            minimum=1,
            empty=True,
        ),
        _text("section_title", "that heading without its number", empty=True),
        Column("theme", "string", "theme of the nearest heading upward that has one", empty=True),
        _text("title", "sentence that heads the task, without its full stop"),
        _text("text", "the rest of the task without its clauses", empty=True),
        _text("clause", "responsibility clauses as written", empty=True),
        _START,
        _END,
        _text("printed_no", "number as printed, without its signs; empty if none is", empty=True),
        _count("text_start", "first character behind the title", unit="character"),
        _count(
            "clause_start",
            "first character of the first clause; where there is none, the task's end",
            unit="character",
        ),
        _text("due", "deadline that the clause or a table's column gives", empty=True),
    ),
    ("task_id",),
    {"doc_id": "documents"},
)

ASSIGNMENTS = Table(
    "assignments",
    "body named in a clause",
    (
        _TASK,
        _count("position", "place of the body in the clause, from 1", minimum=1),
        _text("name", "name as written"),
        _text("department", "one name for the same function in every county"),
        _text("body_type", "kind of body", values=BODY_TYPES),
        _text("role", "role that the clause gives it", values=ROLES),
        Column("open_list", "boolean", "its list is left open by 等: further bodies are meant"),
    ),
    ("task_id", "position"),
    {"task_id": "tasks"},
)

QUANTITIES = Table(
    "quantities",
    "number with a unit in a task",
    (
        _text("quantity_id", "task_id and -q1, -q2 in text order", pattern=TASK_ID + r"-q[0-9]+"),
        _TASK,
        _text("text", "number, unit and the words of comparison that touch them"),
        _START,
        _END,
        Column("value_low", "number", "value, lower end, in `unit`, with 万 and 亿 worked out"),
        Column("value_high", "number", "value, upper end, in `unit`; equal but for a range"),
        _text("unit", "unit as written, without 万 and 亿", empty=True),
        Column("value_base_low", "number", "lower end in `unit_base`", empty=True),
        Column("value_base_high", "number", "upper end in `unit_base`", empty=True),
        _text("unit_base", "base unit of the dimension; empty for counts", empty=True),
        _text("bound", "how the number bounds what is meant", values=BOUNDS),
        _text("kind", "a commitment or the description of a thing", values=KINDS),
        _text("measure", "what sort of number a target is", values=MEASURES, empty=True),
        _text("indicator", "noun phrase that is counted, with its qualifiers", empty=True),
        _text("due", "words of time that govern the number", empty=True),
        _text("sentence", "sentence that holds the number"),
        _text("cue", "rules and words that decided kind and measure"),
        _text("per", "what the number is counted by (每万人, 每亩, 万元GDP, 每年)", empty=True),
    ),
    ("quantity_id",),
    {"task_id": "tasks"},
)

# What a target in words pledges.
MEANINGS = ("all", "none", "double", "halve", "hold", "grow", "external")

PLEDGES = Table(
    "pledges",
    "target in words in a task (全覆盖, 清零, 翻一番)",
    (
        _text("pledge_id", "task_id and -p1, -p2 in text order", pattern=TASK_ID + r"-p[0-9]+"),
        _TASK,
        _text("text", "the words as written"),
        _START,
        _END,
        _text(
            "meaning",
            "all of it, none, doubled, halved, held, grown, or a number that is set elsewhere",
            values=MEANINGS,
        ),
        _text("indicator", "noun phrase that the words speak of", empty=True),
        _text("due", "words of time that govern the words", empty=True),
        _text("sentence", "sentence that holds the words"),
    ),
    ("pledge_id",),
    {"task_id": "tasks"},
)

# The closed list of what a numeral can be; lexicon/exclusions.csv uses these classes.
ACCOUNTS = (
    "quantity",
    "section_number",
    "task_number",
    "document_number",
    "page_metadata",
    "hotline",
    "date",
    "plan_period",
    "party_congress",
    "duration",
    "programme_name",
    "slogan",
    "policy_package",
    "proper_name",
    "road_number",
    "ordinal",
    "ranking",
    "class_label",
    "ratio_base",
    "repeated_bound",
    "magnitude",
    "list_count",
    "rhetorical_count",
    "pledge",
    "word",
    "unexplained",
)

NUMERALS = Table(
    "numerals",
    "run of Arabic digits or of Chinese numerals in a plan",
    (
        _DOC,
        _START,
        _END,
        _text("text", "the run as written"),
        _text("account", "part of a quantity, or why it is none", values=ACCOUNTS),
        _text("quantity_id", "quantity that it is part of", empty=True),
        _text("task_id", "task that holds it", empty=True),
        _text("context", "the run with eight characters on either side"),
    ),
    ("doc_id", "char_start"),
    {"doc_id": "documents", "task_id": "tasks", "quantity_id": "quantities"},
)

# What a note may say, and what may keep a target apart besides.
NOTES = ("kind", "stage", "cumulative", "narrower", "list", "capacity", "level", "set_by",
    "modifier", "judged")  # fmt: skip
REASONS = (*NOTES, "measure", "unit", "threshold", "scope", "year", "second", "one_county")

COMPARISONS = Table(
    "comparisons",
    "target and indicator that it was matched to",
    (
        _text(
            "indicator_id",
            "indicator of lexicon/indicators.csv, with what its targets share beside its name "
            "(level, stage …); found- and the plans' own words where the lexicon has no row for it",
            pattern=r"[a-z0-9]+(?:-[a-z0-9]+)*|found-.+",
        ),
        _text("quantity_id", "target, a row of quantities", pattern=TASK_ID + r"-q[0-9]+"),
        _DOC,
        Column("value_low", "number", "value, lower end, in `unit`"),
        Column("value_high", "number", "value, upper end, in `unit`; equal but for a range"),
        _text("unit", "unit as written, without 万 and 亿", empty=True),
        _text("bound", "how the number bounds what is meant", values=BOUNDS),
        _text("measure", "what sort of number it is", values=MEASURES),
        _text("scope", "level and part of the county that the number is about; 全域 for the whole"),
        Column("comparable", "boolean", "may stand beside the others of its indicator"),
        _text("reason", "code of why not; empty where it may", values=REASONS, empty=True),
        _text("concept", "row of lexicon/indicators.csv, or the id found"),
        _text("level", "level named, where levels must agree", empty=True),
        Column(
            "value_base_low", "number", "lower end in `unit_base`; for a count the value itself"
        ),
        Column("value_base_high", "number", "upper end in `unit_base`"),
        _text("unit_base", "base unit of the dimension, or what sort of thing is counted"),
        _text("match", "rule, similarity with the likeness, or same words"),
        _count("year", "year that the target is for; rows of one year are compared"),
        _text(
            "note",
            "code of what a reader must know of a comparable target; empty where nothing",
            values=NOTES,
            empty=True,
        ),
        _text("detail", "words of the plans that differ, behind note or reason", empty=True),
    ),
    ("indicator_id", "quantity_id"),
    {"quantity_id": "quantities", "doc_id": "documents"},
)

THEMES = Table(
    "themes",
    "task",
    (
        _TASK,
        _text("section_theme", "theme of the section that holds the task", empty=True),
        _text(
            "predicted_theme",
            "theme that the task's own words say; empty where the classifier is unsure",
            empty=True,
        ),
        Column(
            "confidence",
            "number",
            "share of the classifier's vote for its first choice, 0 to 1",
            empty=True,
            minimum=0,
        ),
        _count("cluster", "cluster by the words of the tasks, from 1 (largest) on", minimum=1),
        _text("cluster_label", "the cluster's top terms", empty=True),
        _count("portfolio", "cluster by words and leading departments, from 1 on", minimum=1),
        _text("portfolio_label", "the portfolio's top terms", empty=True),
    ),
    ("task_id",),
    {"task_id": "tasks"},
)

REPORT = Table(
    "report",
    "thing that the build could not settle by itself",
    (
        _text("kind", "sort of finding, e.g. unknown_department"),
        _text("place", "document or task that it stands in"),
        _text("what", "the words in question"),
        _text("remedy", "what to do about it"),
    ),
    ("kind", "place", "what"),
)

TABLES = {
    t.name: t
    for t in (
        DOCUMENTS,
        SECTIONS,
        TASKS,
        ASSIGNMENTS,
        QUANTITIES,
        PLEDGES,
        NUMERALS,
        COMPARISONS,
        THEMES,
        REPORT,
    )
}


_OTHER = replace(_DOC, name="other_id", meaning="the other plan, a row of documents")
_PAIR = (
    Column("same_county", "boolean", "two plans of one county"),
    Column("same_city", "boolean", "plans of counties of one city"),
    Column("days", "integer", "days from the issue of doc_id to that of other_id", "d", empty=True),
)


def _take(table: Table, *names: str) -> list[Column]:
    """Columns of another table, in the order of `names`."""
    return [column for name in names for column in table.columns if column.name == name]


PANEL = Table(
    "panel",
    "plan and target that an indicator knows",
    (
        _DOC,
        *_take(DOCUMENTS, "county", "county_code", "city", "province", "label", "year"),
        *_take(COMPARISONS, "indicator_id", "quantity_id"),
        _text("indicator", "name of the indicator"),
        *_take(COMPARISONS, "value_base_low", "value_base_high", "unit_base", "bound", "measure"),
        *_take(COMPARISONS, "comparable", "note", "reason"),
    ),
    ("indicator_id", "quantity_id"),
    COMPARISONS.foreign,
)

PLAN_DYADS = Table(
    "plan_dyads",
    "plan and other plan",
    (
        _DOC,
        _OTHER,
        Column("share", "number", "share of the plan's text that stands in the other", minimum=0),
        *_PAIR,
    ),
    ("doc_id", "other_id"),
    {"doc_id": "documents", "other_id": "documents"},
)

TASK_DYADS = Table(
    "task_dyads",
    "task and nearest task of another plan",
    (
        _TASK,
        replace(_TASK, name="counterpart_id", meaning="nearest task of the other plan"),
        _DOC,
        _OTHER,
        Column("similarity", "number", "cosine of their character bigrams, 0 to 1", minimum=0),
        Column("mutual", "boolean", "each is the other's nearest"),
        *_PAIR,
    ),
    ("task_id", "counterpart_id"),
    {"task_id": "tasks", "counterpart_id": "tasks", "doc_id": "documents", "other_id": "documents"},
)


def overview() -> pd.DataFrame:
    """One row per table: what one row of it is, its key, and the number of columns."""
    rows = [(t.name, t.grain, ", ".join(t.key), len(t.columns)) for t in TABLES.values()]
    return pd.DataFrame(rows, columns=["table", "one row per", "key", "columns"])


def data_version(files: dict[str, bytes]) -> str:
    """Version of the data: changes when, and only when, a table's bytes change."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()[:12]


def datapackage(files: dict[str, bytes]) -> str:
    """Frictionless descriptor, as JSON, of the tables written as `files` (name to bytes)."""
    written = [
        TABLES[name].describe(f"{name}.csv", files[name]) for name in TABLES if name in files
    ]
    return _describe_package(written, data_version(files))


def parts_version(parts: dict[str, list[dict[str, Any]]]) -> str:
    """Version of the data of a large study: changes when, and only when, a part changes."""
    hashes = {name: "".join(p["path"] + p["hash"] for p in own) for name, own in parts.items()}
    return data_version({name: text.encode() for name, text in hashes.items()})


def describe_parts(parts: dict[str, list[dict[str, Any]]], folder: str) -> str:
    """Frictionless descriptor, as JSON, of tables whose parts lie as Parquet in a folder.

    Each part has its path, bytes, hash, rows, and the first and last of its keys.
    """
    written = []
    for name, own in parts.items():
        placed = [part | {"path": f"{folder}/{part['path']}"} for part in own]
        told = TABLES[name].describe("", b"") | _PARQUET | {"path": [p["path"] for p in placed]}
        told |= {"bytes": sum(p["bytes"] for p in own), "parts": placed}
        written.append({k: v for k, v in told.items() if k not in ("hash", "encoding")})
    return _describe_package(written, parts_version(parts))


_PARQUET = {"format": "parquet", "mediatype": "application/vnd.apache.parquet"}


def describe_export(files: dict[str, bytes], version: str) -> str:
    """Frictionless descriptor, as JSON, of tables written as Parquet (file name to bytes)."""
    known = TABLES | {t.name: t for t in (PANEL, PLAN_DYADS, TASK_DYADS)}
    tables = {file: known[file.removesuffix(".parquet")] for file in files}
    written = [table.describe(file, files[file]) | _PARQUET for file, table in tables.items()]
    return _describe_package(written, version)


def _describe_package(resources: list[dict[str, Any]], version: str) -> str:
    package = {
        "profile": "tabular-data-package",
        "name": "county-plans",
        "title": "Tasks, quantities and departments of county work plans",
        "version": version,
        "licenses": [LICENSE],
        "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def data_dictionary() -> str:
    """Markdown of every table and column, with the meaning of every value of a closed list."""
    parts = []
    for table in TABLES.values():
        rows = ["| column | type | unit | meaning |", "|---|---|---|---|"]
        lists = []
        for c in table.columns:
            meaning = c.meaning + "; may be empty" * c.empty
            rows.append(f"| `{c.name}` | {c.type} | {c.unit} | {meaning} |")
            if c.values:  # noqa: PD011
                lists += ["", f"Values of `{c.name}`:", ""]
                lists += [f"- `{value}`: {define(c.name, value)}" for value in c.values]  # noqa: PD011
        head = [
            f"## `{table.name}`: one row per {table.grain}",
            "",
            f"Key: {', '.join(table.key)}.",
        ]
        parts.append("\n".join([*head, "", *rows, *lists]))
    return "\n\n".join(parts) + "\n"


def define(column: str, value: str) -> str:
    """Meaning of a value of a closed list (``texts/values.csv``); a reason may be a note, too."""
    texts = {row["key"]: row["en"] for row in read_rows(TEXTS / "values.csv")}
    key = f"value_{column}_{value}"
    return texts[key] if key in texts else texts[key.replace("_reason_", "_note_")]
