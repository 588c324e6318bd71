"""The figure pack: every finished figure by name, drawn from the tables of ``data/processed``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from analysis import accuracy, load, validity
from analysis.errors import PlanError
from analysis.paths import FIGURES
from analysis.plots import (
    clusters,
    coverage,
    network,
    overview,
    reuse,
    style,
    targets,
    themes,
    workload,
)

Draw = Callable[..., tuple[Figure, pd.DataFrame]]

_TARGETS = ("documents", "tasks", "quantities", "comparisons")
_WORK = ("documents", "tasks", "assignments", "quantities")


@cache
def _card() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The validity card of the built tables: half a minute of resampling, done once."""
    return validity.validity_card(*load.tables("tasks", "documents", "assignments"))


def _draw_card(
    documents: pd.DataFrame, tasks: pd.DataFrame, assignments: pd.DataFrame, *, language: str
) -> tuple[Figure, pd.DataFrame]:
    return clusters.draw_card(documents, tasks, assignments, card=_card(), language=language)


def _draw_order(
    documents: pd.DataFrame, comparisons: pd.DataFrame, *, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Draw `coverage.draw_order` with the denominators of ``data/raw``."""
    return coverage.draw_order(documents, comparisons, load.denominators(), language=language)


# Name of the file, the function that draws it, and the tables that the function takes.
PACK: dict[str, tuple[Draw, tuple[str, ...]]] = {
    "01-target-profile": (overview.target_profile, ("documents", "tasks", "quantities")),
    "02-theme-shares": (overview.theme_shares, ("documents", "tasks")),
    "02-theme-accuracy": (themes.draw_accuracy, ("documents", "tasks", "themes")),
    "02-theme-words": (themes.draw_shares, ("documents", "tasks", "themes")),
    "02-distinctive-terms": (themes.draw_terms, _WORK[:2]),
    "02-plan-distances": (themes.draw_distances, _WORK[:2]),
    "02-cluster-tree": (clusters.draw_tree, _WORK[:3]),
    "02-task-map": (clusters.draw_map, _WORK[:3]),
    "02-validity-card": (_draw_card, _WORK[:3]),
    "03-ladder": (targets.draw_ladder, _TARGETS),
    "03-ladder-innovation": (partial(targets.draw_ladder, theme="创新驱动"), _TARGETS),
    "03-ladder-industry": (partial(targets.draw_ladder, theme="动能产业"), _TARGETS),
    "03-ladder-demand": (partial(targets.draw_ladder, theme="扩大内需"), _TARGETS),
    "03-ladder-green": (partial(targets.draw_ladder, theme="绿色低碳"), _TARGETS),
    "03-ladder-city": (partial(targets.draw_ladder, theme="城市区域"), _TARGETS),
    "03-ladder-rural": (partial(targets.draw_ladder, theme="乡村振兴"), _TARGETS),
    "03-ladder-reform": (partial(targets.draw_ladder, theme="改革开放"), _TARGETS),
    "03-ladder-culture": (partial(targets.draw_ladder, theme="文化文明"), _TARGETS),
    "03-ladder-prosperity": (partial(targets.draw_ladder, theme="共同富裕"), _TARGETS),
    "03-ladder-safety": (partial(targets.draw_ladder, theme="安全发展"), _TARGETS),
    "03-coverage": (coverage.draw_matrix, _TARGETS),
    "03-denominators": (_draw_order, ("documents", "comparisons")),
    "04-roles": (workload.draw_roles, _WORK),
    "04-rank-ranges": (workload.draw_ranks, _WORK),
    "04-department-themes": (workload.draw_themes, _WORK[:3]),
    "04-concentration": (workload.draw_concentration, _WORK[:3]),
    "04-network": (network.draw_network, _WORK[:3]),
    "04-structure": (network.draw_structure, _WORK[:3]),
    "05-shared-text": (reuse.shared_matrix, _WORK[:2]),
    "05-local-text": (reuse.local_share, _WORK[:2]),
    "05-same-sentences": (reuse.same_sentences, ("documents", "tasks", "quantities")),
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
