"""The themes of the tasks: by their headings, by their words, and without either."""

from __future__ import annotations

import pandas as pd

from analysis import classify, clusters
from analysis.features import Counts, count_terms
from analysis.lexicon import theme_names


def assign_themes(
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    assignments: pd.DataFrame | None = None,
    *,
    k: int = clusters.K,
) -> pd.DataFrame:
    """Give each task the theme that its words say, and its free cluster.

    Parameters
    ----------
    tasks, documents, assignments
        Tables as `schema` declares them. Without assignments the free clusters rest on words
        alone and are much less stable.
    k
        Free clusters to form; a corpus of a few tasks gets fewer.

    Returns
    -------
    DataFrame
        One row per task, as `schema.THEMES` declares it. `predicted_theme` comes from a model that
        has seen no plan of the task's own city.
    """
    counts = count_terms(tasks, documents, assignments)
    labels = clusters.cluster_vectors(clusters.place_tasks(counts), k)
    terms = clusters.telling_terms(counts, labels)
    predicted = _predict(tasks, documents, counts)
    return predicted.assign(
        cluster=labels, cluster_label=["、".join(terms[label]) for label in labels]
    )


def _predict(tasks: pd.DataFrame, documents: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    named = classify.name_themes(classify.decide_out_of_city(tasks, documents, counts))
    section = tasks.set_index("task_id")["theme"].rename("section_theme")
    return pd.concat([section, named], axis=1).rename_axis("task_id").reset_index()


def filed_elsewhere(
    themes: pd.DataFrame, tasks: pd.DataFrame, *, confidence: float = 0.6
) -> pd.DataFrame:
    """Tasks whose words say another theme than the section that they stand in.

    Parameters
    ----------
    themes, tasks
        Tables as `schema` declares them.
    confidence
        Least confidence of the prediction.

    Returns
    -------
    DataFrame
        One row per such task, most confident first: task_id, doc_id, section_title, title,
        section_theme, predicted_theme, confidence.
    """
    other = themes["section_theme"].notna() & themes["section_theme"].ne(themes["predicted_theme"])
    found = themes[other & themes["confidence"].ge(confidence)]
    columns = ["task_id", "doc_id", "section_title", "title"]
    found = tasks[columns].merge(
        found[["task_id", "section_theme", "predicted_theme", "confidence"]],
        on="task_id",
        validate="one_to_one",
    )
    return found.sort_values(["confidence", "task_id"], ascending=[False, True], ignore_index=True)


def share_themes(
    themes: pd.DataFrame, tasks: pd.DataFrame, *, by: str = "predicted_theme"
) -> pd.DataFrame:
    """How each plan divides its tasks, and its characters, among the themes.

    Parameters
    ----------
    by
        Column of `themes` to count: predicted_theme, section_theme or cluster.

    Returns
    -------
    DataFrame
        One row per plan and theme, zeros included: doc_id, theme, n_tasks, n_chars, task_share,
        char_share. Shares of a plan sum to 1; its tasks without a theme are left out.
    """
    frame = tasks[["task_id", "doc_id", "char_start", "char_end"]].merge(
        themes[["task_id", by]].rename(columns={by: "theme"}), on="task_id", validate="one_to_one"
    )
    frame["n_chars"] = frame["char_end"] - frame["char_start"]
    known = theme_names() if by != "cluster" else sorted(frame["theme"].unique())
    cells = pd.MultiIndex.from_product(
        [sorted(frame["doc_id"].unique()), known], names=["doc_id", "theme"]
    )
    counted = frame.groupby(["doc_id", "theme"])["n_chars"].agg(n_tasks="size", n_chars="sum")
    counted = counted.reindex(cells, fill_value=0).astype("int64")
    totals = counted.groupby("doc_id").transform("sum")
    counted["task_share"] = counted["n_tasks"] / totals["n_tasks"]
    counted["char_share"] = counted["n_chars"] / totals["n_chars"]
    return counted.reset_index()
