"""What there is and where: the last words of ``make``, and the README's data dictionary."""

from __future__ import annotations

import json

from analysis import load, schema
from analysis.errors import PlanError
from analysis.notebooks import find
from analysis.paths import DATAPACKAGE_FILE, FIGURES, PROCESSED, ROOT

BEGIN, END = "<!-- data dictionary: begin -->", "<!-- data dictionary: end -->"


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


def write_dictionary() -> str:
    """Write the data dictionary of `schema` between its marks in the README.

    Raises
    ------
    PlanError
        The README lacks the marks.
    """
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise PlanError("the marks of the data dictionary are missing", f"add {BEGIN}", file=path)
    head, rest = text.split(BEGIN, 1)
    new = f"{head}{BEGIN}\n\n{schema.data_dictionary()}\n{END}{rest.split(END, 1)[1]}"
    path.write_text(new, encoding="utf-8", newline="\n")
    return f"{path}: {len(schema.TABLES)} tables"
