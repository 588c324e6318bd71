"""What there is and where: the last words of ``make``, and what the documentation counts."""

from __future__ import annotations

from functools import cache

from analysis import load, schema
from analysis.errors import PlanError
from analysis.files import write_atomically
from analysis.notebooks import find
from analysis.shared_text import runs
from analysis.study import ROOT, current
from analysis.targets import compare
from analysis.themes import instruments, validity
from analysis.themes.features import count_terms
from analysis.wording import county_name, text_for

# Generated parts of the documentation: file, name of the part between its marks, language.
PARTS = (
    ("README.md", "findings", "en"),
    ("README.zh-CN.md", "findings", "zh"),
    ("docs/data-dictionary.md", "data dictionary", "en"),
)


def describe_findings(language: str = "zh") -> str:
    """Findings as a Markdown list, each with the notebook that shows it."""
    names = county_name(load.table("documents"), language)
    lines = []
    for (name, book), facts in _facts().items():
        named = {k: names[v] if k in ("one", "two") else v for k, v in facts.items()}
        words = text_for(f"finding_{name}", language, **named)
        lines.append(f"- {words} ([{book}](notebooks/{book}.ipynb))")
    return "\n".join(lines)


@cache
def _facts() -> dict[tuple[str, str], dict[str, object]]:
    """Facts of each finding by its name and its notebook, counties by doc_id."""
    documents, tasks, quantities = load.tables("documents", "tasks", "quantities")
    comparisons, themes, pledges = load.tables("comparisons", "themes", "pledges")
    green = instruments.share_green(tasks, themes, quantities).groupby("by")["share"]
    clauses = instruments.read_clauses(tasks)
    fields = instruments.cover_fields(tasks, clauses, quantities, pledges)
    air = fields[fields["field"].eq("大气")]
    counts = count_terms(tasks, documents)
    clusters, _ = validity.describe_clustering(validity.communities(), counts, tasks)
    n, across = compare.count_indicators(comparisons, documents)
    covered = compare.clean(comparisons).groupby("indicator_id")["doc_id"].nunique()
    pairs = runs.compare_plans(runs.read_passages(documents, tasks), lengths=(13,))
    shared = pairs.sort_values("share", ignore_index=True)
    top, rest = shared.iloc[-2:], shared.iloc[:-2]
    one, two = sorted(top["doc_id"])
    ends = ("heading", "targets")
    shares = {f"{by}_{end}": getattr(green, end)()[by] for by in ends for end in ("min", "max")}
    named, numbers = air["n_clauses"].gt(0).sum(), air["stated"].eq("numbers").sum()
    stability = ("subsample_ari", "subsample_ari_low", "subsample_ari_high", "nmi_headings")
    return {
        ("green", "08-green"): {**shares, "named": named, "numbers": numbers, "plans": len(air)},
        ("clusters", "02-themes"): {
            "n": int(clusters["clusters"]),
            **dict(zip(("ari", "low", "high", "nmi"), clusters[list(stability)], strict=True)),
        },
        ("compare", "03-targets"): {
            "n": n,
            "across": across,
            "most": covered.max(),
            "plans": len(documents),
        },
        ("text", "05-shared-text"): {
            "one": one,
            "two": two,
            "low": top["share"].min(),
            "high": top["share"].max(),
            "rest": rest["share"].max(),
        },
    }


def describe() -> str:
    """Return a short account of tables, notebooks and charts, as text to print."""
    rows = {name: len(load.table(name)) for name in schema.TABLES}
    study = current()
    places = {k: getattr(study, k).relative_to(study.root) for k in ("processed", "figures")}
    charts = sorted(study.figures.glob("*.png"))
    return "\n".join(
        [
            "",
            f"tables     {places['processed']}/  data version {load.data_version()}",
            *(f"             {name:<12} {n:>6} rows" for name, n in rows.items()),
            f"notebooks  notebooks/  {len(find())} run, open them with `make lab`",
            f"charts     {places['figures']}/  {len(charts)} with the CSV that each draws",
            f"report     {rows['report']} things that the rules could not settle by themselves",
        ]
    )


def generate(part: str, language: str) -> str:
    """Text of a generated part of the documentation."""
    if part == "findings":
        return describe_findings(language) + "\n"
    return schema.data_dictionary()


def marks(part: str) -> tuple[str, str]:
    """Comments that open and close a generated part."""
    return f"<!-- {part}: begin -->", f"<!-- {part}: end -->"


def write_parts() -> str:
    """Write data dictionary and findings between their marks in the documentation.

    Raises
    ------
    PlanError
        A file lacks a mark.
    """
    for name, part, language in PARTS:
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        begin, end = marks(part)
        if begin not in text or end not in text:
            raise PlanError(f"the marks of {part} are missing", f"add {begin}", file=path)
        head, rest = text.split(begin, 1)
        text = f"{head}{begin}\n\n{generate(part, language)}\n{end}{rest.split(end, 1)[1]}"
        write_atomically(path, text.encode())
    return "\n".join(f"{name}: {part}" for name, part, _ in PARTS)
