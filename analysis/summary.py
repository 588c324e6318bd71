"""What there is and where: the last words of ``make``, and what the documentation counts."""

from __future__ import annotations

from analysis import load, schema
from analysis.errors import PlanError
from analysis.files import write_atomically
from analysis.notebooks import find
from analysis.shared_text import runs
from analysis.study import ROOT, current
from analysis.targets import compare
from analysis.themes import instruments
from analysis.wording import county_name, text_for

# Generated parts of the documentation: file, name of the part between its marks, language.
PARTS = (
    ("README.md", "findings", "en"),
    ("README.zh-CN.md", "findings", "zh"),
    ("docs/data-dictionary.md", "data dictionary", "en"),
)


def describe_findings(language: str = "zh") -> str:
    """Findings as a Markdown list, each with the notebook that shows it."""
    documents, tasks, quantities = load.tables("documents", "tasks", "quantities")
    comparisons, themes = load.tables("comparisons", "themes")
    names = county_name(documents, language)
    ways = instruments.share_green(tasks, themes, quantities).groupby("by")["share"]
    least, most = ways.min(), ways.max()
    n, across = compare.count_indicators(comparisons, documents)
    plans = compare.clean(comparisons).groupby("indicator_id")["doc_id"].nunique().max()
    pairs = runs.compare_plans(runs.read_passages(documents, tasks), lengths=(13,))
    shared = pairs.sort_values("share", ignore_index=True)
    top, rest = shared.iloc[-2:]["share"], shared.iloc[:-2]["share"]
    one, two = sorted(shared.iloc[-2:]["doc_id"])
    facts = {
        ("green", "02-themes"): {
            "low": least["heading"],
            "high": most["heading"],
            "few": least["targets"],
            "many": most["targets"],
        },
        ("compare", "03-targets"): {
            "n": n,
            "across": across,
            "most": plans,
            "plans": len(documents),
        },
        ("text", "05-shared-text"): {
            "one": names[one],
            "two": names[two],
            "low": top.min(),
            "high": top.max(),
            "rest": rest.max(),
        },
    }
    return "\n".join(
        f"- {text_for(f'finding_{name}', language, **values)} ([{book}](notebooks/{book}.ipynb))"
        for (name, book), values in facts.items()
    )


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
