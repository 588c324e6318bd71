"""Map of the tasks in two dimensions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.manifold import TSNE
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from analysis.clusters import place_tasks
from analysis.features import count_terms
from analysis.lexicon import theme_names
from analysis.plots import style

_LARGEST_MAP = 1000
# Dark enough for words of the same colour on white.
_PALETTE = (
    *("#1B4F72", "#C0392B", "#A66300", "#1A7440", "#1F6FA5", "#6B5706"),
    *("#1B7F4B", "#8E44AD", "#B83A66", "#866C00", "#566573", "#A04000"),
)


def draw_map(
    documents: pd.DataFrame, tasks: pd.DataFrame, assignments: pd.DataFrame, *, language: str = "zh"
) -> tuple[Figure, pd.DataFrame]:
    """Map of the tasks in two dimensions: colour is the theme, shape the county.

    Returns
    -------
    Figure, DataFrame
        The chart, and one row per task: task_id, doc_id, theme, x, y.
    """
    vectors = place_tasks(count_terms(tasks, documents, assignments))
    data = tasks[["task_id", "doc_id", "theme"]].reset_index(drop=True)
    data[["x", "y"]] = embed_tasks(vectors)
    order = [t for t in theme_names() if t in set(data["theme"])]
    colours = dict(zip(order, _PALETTE, strict=False))
    names = style.county_name(documents, language)
    figure = style.new_figure(172)
    grid = figure.add_gridspec(2, 1, height_ratios=[1, 0.001])
    axes = figure.add_subplot(grid[0])
    looks = style.county_looks(data["doc_id"])
    for doc_id, own in data.groupby("doc_id"):
        paint = own["theme"].map(colours).fillna(style.FAINT)
        axes.scatter(
            own["x"],
            own["y"],
            s=24,
            c=paint,
            marker=looks[doc_id][1],
            edgecolor="white",
            linewidths=0.3,
        )
    axes.set(xticks=[], yticks=[], aspect="equal")
    sns.despine(ax=axes, left=True, bottom=True)
    _write_themes(axes, data, colours, language)
    handles = [
        style.legend_entry((style.FAINT, marker), names[doc_id])
        for doc_id, (_, marker) in looks.items()
    ]
    legend = figure.add_subplot(grid[1])
    legend.axis("off")
    legend.legend(handles=handles, ncols=5, loc="upper center", frameon=False, fontsize=7)
    alike = _nearest_alike(vectors, data, documents)
    key = "themes_map_title" if np.isfinite(alike) else "themes_map_title_plain"
    title = style.say(key, language, theme=alike, n=len(data))
    year = style.years(documents)
    subtitle = style.say("themes_map_subtitle", language, n=len(data), year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _nearest_alike(vectors: sparse.csr_array, data: pd.DataFrame, documents: pd.DataFrame) -> float:
    """Share of the tasks whose nearest task in another city has the same theme, or NaN."""
    city = data["doc_id"].map(documents.set_index("doc_id")["city"]).to_numpy()
    themes = data["theme"].to_numpy(dtype=object)
    alike = []
    for name in sorted(set(city)):
        own, others = np.flatnonzero(city == name), np.flatnonzero(city != name)
        if len(others):
            nearest = others[(vectors[own] @ vectors[others].T).toarray().argmax(axis=1)]
            alike += [
                a == b for a, b in zip(themes[own], themes[nearest], strict=True) if pd.notna(a)
            ]
    return float(np.mean(alike)) if alike else np.nan


def embed_tasks(vectors: sparse.csr_array, *, seed: int = 0) -> np.ndarray:
    """Coordinates of the tasks in two dimensions by t-SNE (van der Maaten and Hinton 2008).

    Begins at the first two singular directions, so that the seed hardly matters. One thread, no
    matrix product after the start, and rounding to a thousandth of the map's width: the method
    makes differences in the last digit grow, and so the map would differ by machine. Cosine
    distances as they are up to 1,000 tasks, from 50 singular directions above.
    """
    start = TruncatedSVD(2, random_state=seed).fit_transform(vectors)
    # this early exaggeration left the lowest divergence of 1, 2, 4 and 12
    options = {"early_exaggeration": 2, "max_iter": 1000, "random_state": seed}
    options["init"] = (start / start.std() * 1e-4).round(9)
    options["perplexity"] = min(25.0, (vectors.shape[0] - 1) / 3)
    if vectors.shape[0] <= _LARGEST_MAP:
        given = np.clip(1 - (vectors @ vectors.T).toarray(), 0, None)
        np.fill_diagonal(given, 0)
        options["metric"] = "precomputed"
    else:
        given = normalize(TruncatedSVD(50, random_state=seed).fit_transform(vectors)).round(9)
    with threadpool_limits(1):
        places = TSNE(2, **options).fit_transform(given)
    return (places / np.ptp(places[:, 0])).round(3)


def _write_themes(axes: Axes, data: pd.DataFrame, colours: dict[str, str], language: str) -> None:
    """Name each theme where it is thickest, and push names apart until none overlap."""
    halo = [patheffects.withStroke(linewidth=2, foreground="white")]
    spots = np.array([_thickest(data.loc[data["theme"].eq(t), ["x", "y"]]) for t in colours])
    names = [style.theme_name(t, language) for t in colours]
    widths = np.array([sum(2 if ord(c) > 0x2E7F else 1.05 for c in name) for name in names])
    for (x, y), name, colour in zip(
        _push_apart(spots, widths * 0.0105, 0.04), names, colours.values(), strict=True
    ):
        text = axes.text(x, y, name, fontsize=8.5, color=colour, ha="center", va="center")
        text.set_path_effects(halo)


def _thickest(places: pd.DataFrame) -> np.ndarray:
    """Place of the mark with most marks of its kind near it."""
    xy = places.to_numpy()
    near = (np.linalg.norm(xy[:, None] - xy, axis=2) < 0.12).sum(axis=1)
    return xy[near.argmax()] + (0, 0.035)


def _push_apart(spots: np.ndarray, widths: np.ndarray, height: float) -> np.ndarray:
    spots = spots.copy()
    for _ in range(200):
        moved = False
        for i in range(len(spots)):
            for j in range(i):
                gap = np.abs(spots[i] - spots[j])
                if gap[0] < (widths[i] + widths[j]) / 2 and gap[1] < height:
                    step = (height - gap[1]) / 2 + 1e-3
                    up = 1 if spots[i, 1] >= spots[j, 1] else -1
                    spots[i, 1] += up * step
                    spots[j, 1] -= up * step
                    moved = True
        if not moved:
            break
    return spots
