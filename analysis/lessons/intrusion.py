"""Do readers see the themes? Items of intrusion and label tests, and tasks to sort blind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.study import LABELS
from analysis.themes.clusters import top_terms
from analysis.themes.features import Counts
from analysis.themes.words import place_names, tokenizer

ITEMS = LABELS / "theme_items.csv"
SORTING = LABELS / "theme_sorting_items.csv"
LETTERS = "ABCDEF"
SEPARATOR = " | "
_MASK = "某地"
# Half-width and full-width marks tell the plans apart; a reader must not sort by them.
_MARKS = str.maketrans(",;:()", "，；：（）")
_SHOWN = 60
_LEAST = 8
_COLUMNS = ["item", "test", "clustering", "cluster", "stem", "options", "key"]


def draw_items(
    counts: Counts,
    tasks: pd.DataFrame,
    documents: pd.DataFrame,
    clusterings: dict[str, np.ndarray],
    *,
    per_cluster: int = 2,
    seed: int = 2023,
) -> pd.DataFrame:
    """Draw the questions that a reader answers without knowing how the tasks were grouped.

    Three tests, after Chang and others (2009), Reading tea leaves, and Ying, Montgomery and
    Stewart (2022), Topics, concepts, and measurement:

    - ``word_intrusion``: five telling words of a cluster and one of another. Which is the odd one?
    - ``task_intrusion``: four tasks of a cluster and one of another. Which is the odd one?
    - ``label_choice``: one task and the telling words of four clusters. Which words fit it?

    Parameters
    ----------
    counts, tasks, documents
        The tasks in one order; place names are masked.
    clusterings
        By name, the cluster of each task. Items of all are shuffled together, so that a reader
        does not know which one is asked about.
    per_cluster
        Items of each test for each cluster; clusters of fewer than eight tasks have none.
    seed
        Seed of the draw.

    Returns
    -------
    DataFrame
        One row per item: item, test, clustering, cluster, stem (the task of a label choice, else
        empty), options (joined by `SEPARATOR`), key (letter of the right option).
    """
    random = np.random.default_rng(seed)
    shown = show_tasks(tasks, documents)
    rows = []
    for name, labels in clusterings.items():
        terms = top_terms(counts, labels, n=8)
        uses = _uses(counts, labels)
        clusters, sizes = np.unique(labels, return_counts=True)
        for cluster in clusters[sizes >= _LEAST]:
            for _ in range(per_cluster):
                for test, item in (
                    ("word_intrusion", _word_item(cluster, terms, uses, random)),
                    ("task_intrusion", _task_item(cluster, labels, shown, random)),
                    ("label_choice", _label_item(cluster, labels, terms, shown, random)),
                ):
                    rows.append((test, name, int(cluster), *_shuffle(*item, random)))
    order = random.permutation(len(rows))
    frame = pd.DataFrame([rows[i] for i in order], columns=_COLUMNS[1:])
    frame = frame.sort_values("test", kind="stable", ignore_index=True)
    numbers = frame.groupby("test").cumcount() + 1
    frame["item"] = frame["test"].str[0] + numbers.astype(str).str.zfill(3)
    return frame[_COLUMNS]


def show_tasks(tasks: pd.DataFrame, documents: pd.DataFrame, *, length: int = _SHOWN) -> np.ndarray:
    """Title and beginning of each task's text, with place names masked (某地)."""
    names = place_names(documents)
    cut = tokenizer(names=names).cut
    texts = tasks["title"] + "：" + tasks["text"]
    masked = ["".join(_MASK if w in names else w for w in cut(t, HMM=False)) for t in texts]
    ends = tasks["title"].str.len() + 1 + length
    cuts = [t[:end] + "…" * (len(t) > end) for t, end in zip(masked, ends, strict=True)]
    return np.array(
        [t.translate(_MARKS).replace(SEPARATOR.strip(), "／") for t in cuts], dtype=object
    )


def _uses(counts: Counts, labels: np.ndarray) -> pd.DataFrame:
    """How many tasks of each cluster (columns) use each word (index)."""
    words = sparse.csr_array(counts.titles["words"] + counts.texts["words"]) > 0
    clusters = np.unique(labels)
    members = sparse.csr_array((labels == clusters[:, None]).astype(np.int64))
    return pd.DataFrame((members @ words).toarray().T, counts.terms["words"], clusters)


def _word_item(
    cluster: int, terms: dict[int, list[str]], uses: pd.DataFrame, random: np.random.Generator
) -> tuple[str, list[str], str]:
    own = list(random.choice(terms[cluster], min(5, len(terms[cluster])), replace=False))
    # a word that the cluster uses as well would not be an intruder
    rare = uses[cluster] <= uses.loc[:, uses.columns != cluster].max(axis=1) / 5
    others = [t for c, words in terms.items() if c != cluster for t in words if rare[t]]
    intruder = str(random.choice(sorted(set(others) - set(terms[cluster]))))
    return "", [*map(str, own), intruder], intruder


def _task_item(
    cluster: int, labels: np.ndarray, shown: np.ndarray, random: np.random.Generator
) -> tuple[str, list[str], str]:
    # cities' plans copy titles from each other, and a reader must not pair tasks by their wording
    titles = pd.Series(shown).str.partition("：")[0]
    inside = labels == cluster
    own = random.choice(shown[inside & ~titles.where(inside).duplicated()], 4, replace=False)
    intruder = random.choice(shown[~inside & ~titles.isin(titles[inside])])
    return "", [*own, intruder], intruder


def _label_item(
    cluster: int,
    labels: np.ndarray,
    terms: dict[int, list[str]],
    shown: np.ndarray,
    random: np.random.Generator,
) -> tuple[str, list[str], str]:
    task = random.choice(shown[labels == cluster])
    others = random.choice([c for c in terms if c != cluster], 3, replace=False)
    texts = {c: "、".join(terms[c][:4]) for c in (cluster, *others)}
    return task, list(texts.values()), texts[cluster]


def _shuffle(
    stem: str, options: list[str], right: str, random: np.random.Generator
) -> tuple[str, str, str]:
    mixed = [options[i] for i in random.permutation(len(options))]
    return stem, SEPARATOR.join(mixed), LETTERS[mixed.index(right)]


def read_items(path: Path = ITEMS) -> pd.DataFrame:
    """Items as `draw_items` drew and `write_items` kept them, or the tasks to sort (`SORTING`)."""
    items = pd.read_csv(path, dtype="str", keep_default_na=False)
    return items.astype({"cluster": "int64"}) if "cluster" in items else items


def write_items(items: pd.DataFrame, path: Path = ITEMS) -> None:
    """Write items, answers or tasks to sort as CSV, a line each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    items.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def draw_sorting(
    tasks: pd.DataFrame, documents: pd.DataFrame, *, n: int = 120, seed: int = 2023
) -> pd.DataFrame:
    """Draw tasks to be sorted into the canonical themes without sight of their headings.

    Returns
    -------
    DataFrame
        One row per task in random order: item, task_id (not shown to the reader), shown (title
        and whole text, place names masked).
    """
    known = np.flatnonzero(tasks["theme"].ne(""))
    rows = np.random.default_rng(seed).permutation(known)[:n]
    shown = show_tasks(tasks, documents, length=int(tasks["text"].str.len().max()) + 1)
    items = [f"s{i:03}" for i in range(1, len(rows) + 1)]
    return pd.DataFrame(
        {"item": items, "task_id": tasks["task_id"].to_numpy()[rows], "shown": shown[rows]}
    )


def print_items(items: pd.DataFrame) -> Iterator[str]:
    """Lines of a paper form: every item with its lettered options, and no answers."""
    for row in items.itertuples():
        yield f"[{row.item}] {row.stem}".rstrip()
        for letter, option in zip(LETTERS, row.options.split(SEPARATOR), strict=False):
            yield f"  {letter}. {option}"
