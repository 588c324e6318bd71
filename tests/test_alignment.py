"""Counterparts: the tasks of other plans nearest to a task, and how many are compared."""

import numpy as np
import pandas as pd
import pytest
from conftest import EXPECTED

from analysis import load
from analysis.errors import PlanError
from analysis.shared_text import counterparts
from analysis.study import LABELS
from benchmarks import growth


@pytest.fixture(scope="module")
def plans() -> dict[str, pd.DataFrame]:
    names = ("documents", "tasks")
    return dict(zip(names, load.tables(*names), strict=True))


@pytest.fixture(scope="module")
def twins(plans: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return counterparts.counterparts(plans["tasks"], plans["documents"])


def test_every_task_has_one_counterpart_in_each_other_plan(twins: pd.DataFrame) -> None:
    home = twins["task_id"].str.rsplit("-", n=1).str[0]
    assert len(twins) == EXPECTED["n_tasks"] * 4
    assert not twins.duplicated(["task_id", "doc_id"]).any()
    assert (home != twins["doc_id"]).all()
    assert twins["score"].between(0, 1).all()
    assert twins.groupby("task_id")["score"].is_monotonic_decreasing.all()


def test_mutual_is_mutual(twins: pd.DataFrame) -> None:
    ends = set(zip(twins["task_id"], twins["counterpart_id"], strict=True))
    back = [(b, a) in ends for a, b in zip(twins["task_id"], twins["counterpart_id"], strict=True)]
    assert twins["mutual"].tolist() == back


def test_tasks_of_one_title_find_each_other(
    plans: dict[str, pd.DataFrame], twins: pd.DataFrame
) -> None:
    tasks = plans["tasks"][["task_id", "doc_id", "title"]]
    alike = tasks.merge(tasks, on="title").query("doc_id_x != doc_id_y")
    chosen = set(zip(twins["task_id"], twins["counterpart_id"], strict=True))
    hits = [pair in chosen for pair in zip(alike["task_id_x"], alike["task_id_y"], strict=True)]
    assert len(hits) > 200
    assert np.mean(hits) > 0.97


def test_first_matches_are_right_by_eye(twins: pd.DataFrame) -> None:
    first = twins.drop_duplicates("task_id")
    score = counterparts.measure_precision(first, "task_counterparts").iloc[0]
    assert score["judged"] >= 57, "read the new first matches and add them"
    assert score["precision"] >= 0.8
    assert score["no"] <= 2


def test_the_index_finds_what_a_full_search_finds(
    plans: dict[str, pd.DataFrame], twins: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in ("_HEAVIEST", "_POSTINGS", "_BREADTH"):
        monkeypatch.setattr(counterparts, bound, 10**6)
    full = counterparts.counterparts(plans["tasks"], plans["documents"])
    both = full.merge(twins, on=["task_id", "doc_id"], suffixes=("", "_index"))
    same = both["counterpart_id"].eq(both["counterpart_id_index"])
    assert same.mean() > 0.99
    assert both.loc[~same, "score"].max() < counterparts.WEAKEST


def test_order_of_the_table_does_not_matter(
    plans: dict[str, pd.DataFrame], twins: pd.DataFrame
) -> None:
    mixed = plans["tasks"].sample(frac=1, random_state=3)
    found = counterparts.counterparts(mixed, plans["documents"])
    keys = ["task_id", "doc_id"]
    left, right = (x.set_index(keys).sort_index() for x in (twins, found))
    assert left["counterpart_id"].equals(right["counterpart_id"])


@pytest.mark.parametrize("table", ["counterparts", "side_by_side"])
def test_an_unknown_task_is_named(plans: dict[str, pd.DataFrame], table: str) -> None:
    with pytest.raises(PlanError, match="nowhere-2023-01"):
        getattr(counterparts, table)(plans["tasks"], plans["documents"], task_id="nowhere-2023-01")


def test_one_task_gives_its_own_rows(plans: dict[str, pd.DataFrame], twins: pd.DataFrame) -> None:
    found = counterparts.counterparts(
        plans["tasks"], plans["documents"], task_id="zhoucun-2023-30", top=2
    )
    assert found.groupby("doc_id")["rank"].agg(list).tolist() == [[1, 2]] * 4
    first = found[found["rank"].eq(1)].reset_index(drop=True)
    expected = twins[twins["task_id"].eq("zhoucun-2023-30")].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, expected)


# The words of two tasks, and the strings that both have.
TERMS = [
    ("推进 节水载体", "节水载体 推进", {"推进", "节水载体"}),
    ("节水载体", "节水与载体", {"节水", "载体"}),
    ("水 土", "水土", set()),
    ("绿色工厂", "红色厂房", set()),
]


@pytest.mark.parametrize(("here", "there", "expected"), TERMS)
def test_shared_terms(here: str, there: str, expected: set[str]) -> None:
    rarity = dict.fromkeys((here[i : i + 2] for i in range(len(here))), 1.0)
    (terms,) = counterparts._shared_terms(here, [there], rarity)
    assert set(terms.split("、")) - {""} == expected


def test_side_by_side_leaves_a_weak_counterpart_out(plans: dict[str, pd.DataFrame]) -> None:
    found = counterparts.side_by_side(plans["tasks"], plans["documents"], "zhoucun-2023-30")
    assert list(found.columns) == ["周村区", "滕州市", "淄川区", "城阳区", "兖州区"]
    assert found["兖州区"].eq("").all()
    assert set(found.loc["title"].iloc[:4]) == {"打好深度节水控水攻坚战"}
    every = counterparts.side_by_side(
        plans["tasks"], plans["documents"], "zhoucun-2023-30", weakest=0
    )
    assert every.loc["text"].ne("").all()


# --- cost -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus() -> dict[str, pd.DataFrame]:
    return dict(zip(growth.TABLES, load.tables(*growth.TABLES), strict=True))


def test_candidates_per_task_are_bounded(corpus: dict[str, pd.DataFrame]) -> None:
    many = growth.enlarge(corpus, 3000)
    vectors, _ = counterparts._weigh(counterparts._fold_texts(many["tasks"], many["documents"]))
    homes = many["tasks"]["doc_id"].astype("category").cat.codes.to_numpy()
    found = counterparts._find_candidates(vectors, homes)
    assert found["task"].value_counts().max() == counterparts._BREADTH
    heavy = counterparts._keep_heaviest(vectors, counterparts._HEAVIEST)
    index = counterparts._keep_heaviest(heavy.T.tocsr(), counterparts._POSTINGS)
    assert np.diff(index.indptr).max() == counterparts._POSTINGS


def test_pairs_compared_per_task_do_not_grow_with_the_corpus(
    corpus: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared, score = [], counterparts._score
    monkeypatch.setattr(
        counterparts, "_score", lambda v, pairs: compared.append(len(pairs)) or score(v, pairs)
    )
    for size in (1000, 4000):
        many = growth.enlarge(corpus, size)
        counterparts.counterparts(many["tasks"], many["documents"])
    few, more = compared[0] / 1000, compared[1] / 4000
    assert more <= counterparts._BREADTH
    assert more < 1.1 * few  # four times as many would be quadratic


# --- labels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["same_sentence_pairs", "task_counterparts"])
def test_labels_are_well_formed(name: str, plans: dict[str, pd.DataFrame]) -> None:
    judged = pd.read_csv(LABELS / f"{name}.csv", keep_default_na=False)
    assert set(judged["right"]) <= {"yes", "partly", "no"}
    assert judged.loc[judged["right"].ne("yes"), judged.columns[-1]].ne("").all()
    assert not judged.duplicated(list(judged.columns[:-2])).any()
    assert set(judged["task_id"]) <= set(plans["tasks"]["task_id"])
    assert len(judged) >= {"same_sentence_pairs": 100, "task_counterparts": 60}[name]
