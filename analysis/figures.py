"""The figure pack: every finished figure by name, drawn from the tables of ``data/processed``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from analysis import accuracy, load
from analysis.errors import PlanError
from analysis.paths import FIGURES
from analysis.plots import network, overview, style, workload

Draw = Callable[..., tuple[Figure, pd.DataFrame]]

_WORK = ("documents", "tasks", "assignments", "quantities")

# Name of the file, the function that draws it, and the tables that the function takes.
PACK: dict[str, tuple[Draw, tuple[str, ...]]] = {
    "01-target-profile": (overview.target_profile, ("documents", "tasks", "quantities")),
    "02-theme-shares": (overview.theme_shares, ("documents", "tasks")),
    "04-roles": (workload.draw_roles, _WORK),
    "04-rank-ranges": (workload.draw_ranks, _WORK),
    "04-department-themes": (workload.draw_themes, _WORK[:3]),
    "04-concentration": (workload.draw_concentration, _WORK[:3]),
    "04-network": (network.draw_network, _WORK[:3]),
    "04-structure": (network.draw_structure, _WORK[:3]),
}

# What a figure is told beside its tables, in its language: the error of its counts.
_EXTRAS: dict[str, dict[str, Callable[[str], str]]] = {
    "01-target-profile": {"error": accuracy.error_note},
}


def draw(
    names: Sequence[str] = (),
    *,
    folder: Path = FIGURES,
    languages: Sequence[str] = ("zh",),
    formats: Sequence[str] = ("png", "svg"),
    say: Callable[[str], None] = print,
) -> list[Path]:
    """Draw figures by name, or all, each in every language and format; return what was written.

    Raises
    ------
    PlanError
        A name or a language is unknown, or the tables have not been built.
    """
    for given, known, what in (
        (names, PACK, "figure"),
        (languages, style.LANGUAGES, "language"),
        (formats, style.FORMATS, "format"),
    ):
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise PlanError(f"no {what} {', '.join(unknown)}", f"one of: {', '.join(known)}")
    say(f"drawing {len(names or PACK)} figures")
    paths = []
    for name in names or PACK:
        function, needs = PACK[name]
        for language in languages:
            extras = {k: say_in(language) for k, say_in in _EXTRAS.get(name, {}).items()}
            figure, data = function(*load.tables(*needs), **extras, language=language)
            suffix = "" if language == "zh" else f"-{language}"
            paths += style.save_figure(figure, data, name + suffix, folder=folder, formats=formats)
    return paths
