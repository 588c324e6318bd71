"""What there is and where: the last words of ``make``, and the README's data dictionary."""

from __future__ import annotations

import json

from analysis import findings, load, schema
from analysis.errors import PlanError
from analysis.files import write_atomically
from analysis.notebooks import find
from analysis.paths import DATAPACKAGE_FILE, FIGURES, PROCESSED, ROOT

PARTS = ("data dictionary", "findings")


def describe() -> str:
    """Return a short account of tables, notebooks and figures, as text to print."""
    rows = {name: len(load.table(name)) for name in schema.TABLES}
    package = json.loads((PROCESSED / DATAPACKAGE_FILE).read_text(encoding="utf-8"))
    figures = sorted(FIGURES.glob("*.png"))
    return "\n".join(
        [
            "",
            f"tables     {PROCESSED.relative_to(ROOT)}/  data version {package['version']}",
            *(f"             {name:<12} {n:>6} rows" for name, n in rows.items()),
            f"notebooks  notebooks/  {len(find())} run, open them with `make lab`",
            f"figures    {FIGURES.relative_to(ROOT)}/  {len(figures)} with the CSV that each draws",
            f"report     {rows['report']} things that the rules could not settle by themselves",
        ]
    )


def generate(part: str) -> str:
    """Text of one of the README's generated parts."""
    return schema.data_dictionary() if part == PARTS[0] else findings.describe() + "\n"


def marks(part: str) -> tuple[str, str]:
    """Comments that open and close a generated part."""
    return f"<!-- {part}: begin -->", f"<!-- {part}: end -->"


def write_parts() -> str:
    """Write data dictionary and findings between their marks in the README.

    Raises
    ------
    PlanError
        The README lacks a mark.
    """
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    for part in PARTS:
        begin, end = marks(part)
        if begin not in text or end not in text:
            raise PlanError(f"the marks of {part} are missing", f"add {begin}", file=path)
        head, rest = text.split(begin, 1)
        text = f"{head}{begin}\n\n{generate(part)}\n{end}{rest.split(end, 1)[1]}"
    write_atomically(path, text.encode())
    return f"{path}: {', '.join(PARTS)}"
