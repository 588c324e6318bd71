"""Charts of the free clusters: validity card and tree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.patheffects import AbstractPathEffect
from scipy import sparse
from scipy.cluster.hierarchy import dendrogram
from sklearn.decomposition import TruncatedSVD
from sklearn.manifold import TSNE
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from analysis.charts import style
from analysis.charts.chart import Chart, once
from analysis.errors import PlanError
from analysis.themes import clusters, validity
from analysis.themes.clusters import place_tasks
from analysis.themes.features import LEAD_ROLES, Counts, count_terms
from analysis.wording import county_name, department_name, terms_name, text_for, years

Card = tuple[pd.DataFrame, pd.DataFrame]

# Name of each column of the card in the strings, its colour and marker.
_METHODS = {
    "words alone": ("themes_words_alone", "#1F4E4A", "o"),
    "TF-IDF + LSA + k-means": ("themes_latent", "#35B0A1", "s"),
    "TF-IDF + k-means": ("themes_baseline", "#C0472F", "X"),
    "leads alone": ("themes_leads_alone", "#E9B44C", "^"),
    "words and leads": ("themes_words_and_leads", "#5C677D", "D"),
}
_MEASURES = (
    "subsample_ari",
    "weakest_jaccard",
    "nmi_headings",
    "nmi_leads",
    "ari_headings",
    "distinctness",
    "coherence",
    "county_v",
    "county_nmi",
    "moved_unmasked",
)


def draw_card(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    card: Card | None = None,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Validity of the clusters by words beside usual ways, leads alone, and both together.

    Parameters
    ----------
    documents, tasks, assignments
        Tables of `analysis.load`.
    card
        What `validity.validity_card` gave; computed where it is missing, which takes a minute.
    language
        zh or en.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per measure, one column per clustering.
    """
    measures, described = card or validity.validity_card(tasks, documents, assignments)
    figure = style.new_figure(58 + 6.8 * max(len(described), len(_MEASURES)))
    grid = figure.add_gridspec(2, 2, height_ratios=[1, 0.001])
    left, right = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])
    shown = measures.loc[list(_MEASURES)]
    left.hlines(range(len(shown)), shown.min(axis=1), 1, color="#EEEEEE", linewidth=0.8)
    for step, (name, (_, colour, marker)) in zip(
        np.linspace(-0.24, 0.24, len(_METHODS)), _METHODS.items(), strict=True
    ):
        y = np.arange(len(shown)) + step
        left.plot(shown[name], y, marker, color=colour, markersize=4.2, clip_on=False)
        ends = measures.loc[["subsample_ari_low", "subsample_ari_high"], name]
        left.plot(ends, [step, step], color=colour, linewidth=1)
    labels = [text_for(f"themes_{m}", language) for m in _MEASURES]
    left.set_yticks(range(len(shown)), labels, fontsize=7.5)
    left.set(ylim=(len(shown) - 0.5, -0.5), xlim=(min(-0.03, shown.min().min() - 0.03), 1.03))
    left.tick_params(axis="y", length=0)
    left.spines["left"].set_visible(False)
    _draw_jaccard(right, described, language)
    handles = [
        style.legend_entry((colour, marker), text_for(key, language))
        for key, colour, marker in _METHODS.values()
    ]
    style.legend_row(figure.add_subplot(grid[1, :]), handles)
    title = text_for(
        "themes_card_title",
        language,
        words=measures.at["subsample_ari", "words alone"],
        low=measures.at["subsample_ari_low", "words alone"],
        high=measures.at["subsample_ari_high", "words alone"],
        plain=measures.at["subsample_ari", "TF-IDF + k-means"],
        n=len(described),
        named=int(described["named"].sum()),
    )
    year = years(documents, language)
    subtitle = text_for("themes_card_subtitle", language, n=len(tasks), year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, measures.rename_axis("measure").reset_index()


def _draw_jaccard(axes: Axes, described: pd.DataFrame, language: str) -> None:
    place = range(len(described))
    colours = ["#1F4E4A" if named else "#CCCCCC" for named in described["named"]]
    axes.barh(place, described["jaccard"], height=0.62, color=colours, linewidth=0)
    axes.axvline(validity.NAMED, color=style.INK, linewidth=0.8, linestyle="--")
    axes.axvline(validity.STABLE, color=style.INK, linewidth=0.8, linestyle=":")
    axes.set_yticks(
        place, [_cluster_name(r, language) for r in described.itertuples()], fontsize=7.5
    )
    axes.set(ylim=(len(described) - 0.5, -0.5), xlim=(0, 1))
    axes.set_xlabel(text_for("themes_jaccard", language), fontsize=7.5)
    axes.tick_params(axis="y", length=0)


def _cluster_name(row: Any, language: str) -> str:
    label = row.label if row.named else ""
    return f"{_label(label, language, width=26)} (n={row.n_tasks})"


def _label(label: str, language: str, *, width: int = 40, most: int | None = None) -> str:
    """Top terms of a cluster in a language, broken between two of them; or that it has no name."""
    if not label:
        return text_for("themes_unnamed", language)
    terms = terms_name(label, language, most=most)
    lines, comma = [""], "、" if language == "zh" else ", "
    for term in terms.split(comma):
        longer = lines[-1] + (comma if lines[-1] else "") + term
        if lines[-1] and style.columns(longer) > width:
            lines[-1] += comma.rstrip()
            lines.append(term)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def draw_tree(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    k: int = clusters.K,
    runs: int = 2,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """How the clusters join, and into which parts each divides.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per part: cluster, label, n_cluster, jaccard, part, part_label,
        n_part. A cluster below a Jaccard index of 0.6 has no label.

    Raises
    ------
    PlanError
        Fewer than half of the clusters return surely enough to be named.
    """
    data, joined = _grow_tree(documents, tasks, assignments, k=k, runs=runs)
    if data.drop_duplicates("cluster")["label"].ne("").mean() < 0.5:
        raise PlanError("most clusters do not return under resampling", "choose more counties")
    order = [leaf + 1 for leaf in dendrogram(joined, no_plot=True)["leaves"]]
    data = data.sort_values("cluster", key=lambda c: c.map(order.index), kind="stable")
    data = data.reset_index(drop=True)
    data["line"] = _lines(data["cluster"])
    last = data["line"].iloc[-1]
    figure = style.new_figure(50 + 4.5 * last)
    tree, text = figure.subplots(1, 2, width_ratios=[1, 4])
    centres = data.groupby("cluster")["line"].mean()
    _draw_branches(tree, joined, [centres[c] for c in order])
    for axes in (tree, text):
        axes.set_ylim(last + 0.8, -0.8)
    tree.set_xlabel(text_for("themes_tree_axis", language), fontsize=7.5)
    tree.tick_params(axis="x", labelsize=7.5)
    _write_parts(text, data, centres, language)
    terms = data.drop_duplicates("cluster").set_index("cluster")["label"]
    a, b = (int(leaf) + 1 for leaf in joined[0, :2])
    title = text_for(
        "themes_tree_title",
        language,
        k=len(order),
        m=len(data),
        a=_label(terms[a], language, most=2, width=99),
        b=_label(terms[b], language, most=2, width=99),
    )
    year = years(documents, language)
    subtitle = text_for("themes_tree_subtitle", language, n=len(tasks), year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data.drop(columns="line")


_LEAST = 2.2  # lines that a cluster takes: two of its name, and a gap to the next


@once
def _grow_tree(
    documents: pd.DataFrame, tasks: pd.DataFrame, assignments: pd.DataFrame, *, k: int, runs: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """Parts of the clusters, and how the clusters join."""
    counts = count_terms(tasks, documents, assignments)
    method = validity.communities(k)
    labels = method(counts, 0)
    resampled = np.concatenate(validity.resample_afresh(method, counts, runs=runs))
    data = _describe_parts(counts, labels, resampled)
    return data, clusters.join_clusters(clusters.place_tasks(counts), labels)


def _lines(clusters_of: pd.Series) -> list[float]:
    """Line of each part, from 0: one a part, and room enough for the name of each cluster."""
    lines: list[float] = []
    start = 0.0
    for _, own in clusters_of.groupby(clusters_of, sort=False):
        room = max(len(own), _LEAST)
        lines += [start + (room - len(own)) / 2 + n for n in range(len(own))]
        start += room
    return lines


def _describe_parts(counts: Counts, labels: np.ndarray, resampled: np.ndarray) -> pd.DataFrame:
    parts = clusters.split_clusters(counts, labels)
    by = ["cluster", "part", "part_label"]
    data = parts.groupby(by, sort=False).size().rename("n_part").reset_index()
    data = data.sort_values(["cluster", "n_part", "part"], ascending=[True, False, True])
    terms = clusters.top_terms(counts, labels)
    data["jaccard"] = data["cluster"].map(validity.jaccard(labels, resampled))
    data["label"] = data["cluster"].map(lambda c: "、".join(terms[c]))
    data["label"] = data["label"].where(data["jaccard"] >= validity.NAMED, "")
    data["n_cluster"] = data.groupby("cluster")["n_part"].transform("sum")
    columns = ["cluster", "label", "n_cluster", "jaccard", "part", "part_label", "n_part"]
    return data[columns].reset_index(drop=True)


def _draw_branches(axes: Axes, joined: np.ndarray, places: list[float]) -> None:
    drawn = dendrogram(joined, no_plot=True)
    # dendrogram sets leaf i at 5 + 10 i; parts need more room in some clusters than in others
    own = [5 + 10 * i for i in range(len(places))]
    for heights, across in zip(drawn["dcoord"], drawn["icoord"], strict=True):
        axes.plot(heights, np.interp(across, own, places), color=style.INK, linewidth=0.9)
    # no two clusters join near 0, and the room there would squeeze the rest
    axes.set_xlim(joined[:, 2].max() * 1.02, joined[:, 2].min() * 0.94)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _write_parts(axes: Axes, data: pd.DataFrame, centres: pd.Series, language: str) -> None:
    axes.set_xlim(0, 1)
    axes.axis("off")
    for cluster, own in data.groupby("cluster"):
        row = own.iloc[0]
        note = f"(n={row['n_cluster']}, {row['jaccard']:.2f})"
        label = _label(row["label"], language, width=40)
        fits = style.columns(label.rsplit("\n", 1)[-1] + note) < 40
        tail = " " if fits and ("\n" in label or not row["label"]) else "\n"
        axes.text(
            0.0, centres[cluster], label + tail + note, fontsize=7.5, va="center",
            linespacing=1.15,
        )  # fmt: skip
        ends = [own["line"].min() - 0.32, own["line"].max() + 0.32]
        axes.plot([0.5, 0.5], ends, color=style.FAINT, lw=0.8)
        for part in own.itertuples():
            terms = terms_name(part.part_label, language, most=None if language == "zh" else 2)
            text = f"{terms} ({part.n_part})"
            axes.text(0.515, part.line, text, fontsize=7.5, va="center", color="#444444")


_LARGEST_MAP = 1000
# Dark enough for words of the same colour on white, and apart from each other.
_PALETTE = ("#1B4F72", "#C0392B", "#9A5B00", "#1A7440", "#8E44AD", "#4D5656")


_count_terms = once(count_terms)


@once
def place_on_map(
    tasks: pd.DataFrame, documents: pd.DataFrame, *, k: int = clusters.K
) -> pd.DataFrame:
    """Where each task lies on the map of the words, and in which cluster.

    Returns
    -------
    DataFrame
        One row per task: task_id, doc_id, theme (of the heading), cluster, label, x, y. Axes have
        no unit.

    Raises
    ------
    PlanError
        There are fewer tasks than clusters.
    """
    if len(tasks) < k:
        raise PlanError("too few tasks to cluster", "choose more counties")
    counts = _count_terms(tasks, documents)
    vectors = place_tasks(counts)
    labels = clusters.cluster_vectors(vectors, k)
    terms = clusters.top_terms(counts, labels)
    data = tasks[["task_id", "doc_id", "theme"]].reset_index(drop=True)
    data = data.assign(cluster=labels, label=["、".join(terms[c]) for c in labels])
    data[["x", "y"]] = embed_tasks(vectors)
    return data


def draw_map(
    documents: pd.DataFrame, tasks: pd.DataFrame, *, language: str = "zh"
) -> tuple[Chart, pd.DataFrame]:
    """Map of the tasks by their words in two dimensions: colour is the cluster, shape the county.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per task as `place_on_map` gives it.
    """
    data = place_on_map(tasks, documents)
    named = data.drop_duplicates("cluster").sort_values("cluster").set_index("cluster")["label"]
    colours = _colour_clusters(data)
    names = county_name(documents, language)
    figure = style.new_figure(172)
    grid = figure.add_gridspec(2, 1, height_ratios=[1, 0.001])
    axes = figure.add_subplot(grid[0])
    looks = style.county_looks(data["doc_id"])
    plans = list(looks)
    for doc_id in reversed([plans[k] for k in style.own_first(plans)]):  # the own on top
        own = data[data["doc_id"].eq(doc_id)]
        axes.scatter(
            own["x"], own["y"], s=24, marker=looks[doc_id][1], edgecolor="white", linewidths=0.3,
            c=style.OTHERS if style.is_other(doc_id, plans) else own["cluster"].map(colours),
        )  # fmt: skip
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.spines[["left", "bottom"]].set_visible(False)
    heads = {c: terms_name(label, language, most=2) for c, label in named.items()}
    _write_clusters(axes, data, colours, heads)
    handles = [
        style.legend_entry(
            (style.OTHERS if style.is_other(doc_id, plans) else style.FAINT, marker), names[doc_id]
        )
        for doc_id, (_, marker) in looks.items()
    ]
    style.legend_row(figure.add_subplot(grid[1]), handles)
    alike = _nearest_alike(tasks, data, documents)
    key = "themes_map_title" if np.isfinite(alike) else "themes_map_title_plain"
    title = text_for(key, language, theme=alike, n=len(data), k=len(named))
    year = years(documents, language)
    subtitle = text_for("themes_map_subtitle", language, n=len(data), year=year)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def draw_portfolios(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    assignments: pd.DataFrame,
    themes: pd.DataFrame,
    *,
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """What departments add: tasks by cluster of their words (rows) and by portfolio (columns).

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per portfolio: portfolio, label, n_tasks, department (that leads
        most of them), n_led, share_led, cluster (that most of them belong to), share_cluster.
    """
    found = themes[themes["task_id"].isin(tasks["task_id"])]
    data = _describe_portfolios(found, assignments)
    table = pd.crosstab(found["cluster"], found["portfolio"])
    figure = style.new_figure(70 + 6.4 * len(table))
    axes = figure.subplots()
    style.heat_map(
        table,
        axes,
        annot=True,
        fmt="d",
        mask=table.eq(0),
        cbar=False,
        linewidths=0.8,
        annot_kws={"fontsize": 7.5},
    )
    labels = found.drop_duplicates("cluster").set_index("cluster")["cluster_label"]
    rows = [terms_name(labels[c], language, most=2) for c in table.index]
    axes.set_yticklabels(rows, rotation=0, fontsize=7.5)
    columns = [
        f"{terms_name(row.label, language, most=2 if language == 'zh' else 1)} "
        f"({department_name(row.department, language, short=True)} {row.share_led:.0%})"
        for row in data.itertuples()
    ]
    axes.set_xticklabels(columns, rotation=40, ha="right", fontsize=7.5)
    axes.set_ylabel(text_for("themes_portfolio_rows", language), fontsize=7.5)
    axes.set_xlabel(text_for("themes_portfolio_columns", language), fontsize=7.5)
    first = data.loc[data["share_led"].idxmax()]
    title = text_for(
        "themes_portfolio_title",
        language,
        moved=validity.share_moved(found["cluster"].to_numpy(), found["portfolio"].to_numpy()),
        label=terms_name(first["label"], language, most=2),
        department=department_name(first["department"], language),
        share=first["share_led"],
    )
    subtitle = text_for(
        "themes_portfolio_subtitle", language, n=len(found), year=years(documents, language)
    )
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def _describe_portfolios(found: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    leading = assignments[assignments["role"].isin(LEAD_ROLES)]
    led = leading[["task_id", "department"]].drop_duplicates()
    rows = []
    for (portfolio, label), own in found.groupby(["portfolio", "portfolio_label"]):
        departments = led.loc[led["task_id"].isin(own["task_id"]), "department"].value_counts()
        words = own["cluster"].value_counts()
        rows.append(
            {
                "portfolio": portfolio,
                "label": label,
                "n_tasks": len(own),
                "department": departments.index[0] if len(departments) else "",
                "n_led": int(departments.iloc[0]) if len(departments) else 0,
                "share_led": departments.iloc[0] / len(own) if len(departments) else 0.0,
                "cluster": words.index[0],
                "share_cluster": words.iloc[0] / len(own),
            }
        )
    return pd.DataFrame(rows)


def _nearest_alike(tasks: pd.DataFrame, data: pd.DataFrame, documents: pd.DataFrame) -> float:
    """Share of the tasks whose nearest task in another city has the same theme, or NaN."""
    vectors = place_tasks(_count_terms(tasks, documents))
    city = data["doc_id"].map(documents.set_index("doc_id")["city"]).to_numpy()
    themes = data["theme"].to_numpy(dtype=object)
    alike = []
    for name in sorted(set(city)):
        own, others = np.flatnonzero(city == name), np.flatnonzero(city != name)
        if len(others):
            nearest = others[(vectors[own] @ vectors[others].T).toarray().argmax(axis=1)]
            alike += [a == b for a, b in zip(themes[own], themes[nearest], strict=True) if a]
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
    options: dict[str, Any] = {"early_exaggeration": 2, "max_iter": 1000, "random_state": seed}
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


def _colour_clusters(data: pd.DataFrame) -> dict[int, str]:
    """Colour of each cluster; two that share one lie as far apart as can be."""
    centres = data.groupby("cluster")[["x", "y"]].mean()
    taken: dict[str, list[int]] = {colour: [] for colour in _PALETTE}
    for cluster, place in centres.iterrows():
        fewest = min(map(len, taken.values()))
        free = [colour for colour, own in taken.items() if len(own) == fewest]
        away = [
            min((float(np.linalg.norm(place - centres.loc[o])) for o in taken[colour]), default=0.0)
            for colour in free
        ]
        taken[free[int(np.argmax(away))]].append(int(str(cluster)))
    return {cluster: colour for colour, own in taken.items() for cluster in own}


def _write_clusters(
    axes: Axes, data: pd.DataFrame, colours: dict[int, str], heads: dict[int, str]
) -> None:
    """Name each cluster near where it is thickest, where its name covers fewest marks."""
    halo: list[AbstractPathEffect] = [patheffects.withStroke(linewidth=2.5, foreground="white")]
    marks = data[["x", "y"]].to_numpy()
    low, high = marks.min(axis=0), marks.max(axis=0)
    steps = [(dx, dy) for dx in np.arange(-0.14, 0.15, 0.02) for dy in np.arange(-0.14, 0.15, 0.02)]
    set_down: list[tuple[np.ndarray, np.ndarray]] = []
    for cluster, head in heads.items():
        half = np.array([style.columns(head) * 0.0052, 0.017])
        spot = _thickest(data.loc[data["cluster"].eq(cluster), ["x", "y"]])
        prices = []
        for step in steps:
            place = np.clip(spot + step, low + half, high - half)
            covered = (np.abs(marks - place) < half + 0.008).all(axis=1).sum()
            meets = sum(bool((np.abs(place - p) < half + h).all()) for p, h in set_down)
            prices.append((covered + 20 * meets + 12 * np.hypot(*step), place))
        place = min(prices, key=lambda price: price[0])[1]
        set_down.append((place, half))
        text = axes.text(
            place[0], place[1], head, fontsize=8.5, color=colours[cluster], ha="center",
            va="center", zorder=5,
        )  # fmt: skip
        text.set_path_effects(halo)


def _thickest(places: pd.DataFrame) -> np.ndarray:
    """Place of the mark with most marks of its kind near it."""
    xy = places.to_numpy()
    near = (np.linalg.norm(xy[:, None] - xy, axis=2) < 0.12).sum(axis=1)
    return xy[near.argmax()]
