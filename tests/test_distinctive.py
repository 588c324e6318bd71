"""Distinctive terms and distances between plans."""

import numpy as np
import pandas as pd
import pytest

from analysis import load
from analysis.themes import distinctive
from analysis.themes.features import count_terms
from analysis.themes.words import place_names


@pytest.fixture(scope="module")
def tables():
    return load.tables("tasks", "documents")


@pytest.fixture(scope="module")
def counts(tables):
    return count_terms(*tables)


def corpus(texts, *, cities=("甲市", "乙市", "丙市")):
    """Tasks and documents: a list of texts for each plan, in the order a, b, c."""
    rows = [(plan, text) for plan, own in zip("abc", texts, strict=False) for text in own]
    tasks = pd.DataFrame(
        {
            "task_id": [f"{plan}-2023-{i:02}" for i, (plan, _) in enumerate(rows)],
            "doc_id": [f"{plan}-2023" for plan, _ in rows],
            "theme": "乡村振兴",
            "title": "",
            "text": [text for _, text in rows],
        }
    )
    plans = sorted(tasks["doc_id"].unique())
    documents = pd.DataFrame(
        {
            "doc_id": plans,
            "county": [f"{plan[0]}县" for plan in plans],
            "city": list(cities)[: len(plans)],
            "province": "山东省",
        }
    )
    return tasks, documents


def terms_of(tasks, documents, **options):
    found = distinctive.distinctive_terms(count_terms(tasks, documents), tasks["doc_id"], **options)
    return found.groupby("group")["term"].agg(list).to_dict()


# --- log-odds --------------------------------------------------------------------------------


def test_log_odds_by_hand():
    # prior: 10 words spread as 30:10 and so 7.5 and 2.5
    found = distinctive.log_odds(np.array([20, 0]), np.array([10, 10]), prior_words=10)
    difference = np.log(27.5 / 2.5) - np.log(17.5 / 12.5)
    assert found[0] == pytest.approx([difference, difference / np.sqrt(1 / 27.5 + 1 / 17.5)])
    assert found[1, 0] == pytest.approx(-difference)


def test_a_larger_prior_pulls_towards_no_difference():
    own, rest = np.array([5, 95]), np.array([1, 99])
    near = distinctive.log_odds(own, rest, prior_words=10)
    far = distinctive.log_odds(own, rest, prior_words=10_000)
    assert near[0, 1] > far[0, 1] > 0


def test_words_of_neither_side_and_empty_sides_are_zero():
    assert distinctive.log_odds(np.array([3, 0]), np.array([4, 0]))[1].tolist() == [0, 0]
    assert not distinctive.log_odds(np.zeros(2), np.zeros(2)).any()


# --- terms -----------------------------------------------------------------------------------


def test_terms_tell_the_plan_that_uses_them():
    tasks, documents = corpus([["茶叶种植"] * 4, ["苹果种植"] * 4])
    assert terms_of(tasks, documents) == {"a-2023": ["茶叶"], "b-2023": ["苹果"]}


@pytest.mark.parametrize(("n", "listed"), [(2, False), (3, True)])
def test_a_word_needs_several_tasks(n, listed):
    tasks, documents = corpus([["茶叶种植"] * n + ["种植"] * 3, ["种植"] * 4])
    assert ("茶叶" in terms_of(tasks, documents).get("a-2023", [])) is listed


def test_one_task_that_repeats_a_word_does_not_make_it_stand_out():
    tasks, documents = corpus([["茶叶种植"] * 2 + ["种植" + "，茶叶" * 20], ["茶叶种植"] * 3])
    assert terms_of(tasks, documents) == {}
    assert terms_of(tasks, documents, once=False)["a-2023"] == ["茶叶"]


def test_a_part_of_a_listed_word_is_left_out():
    tasks, documents = corpus([["新能源汽车，汽车"] * 4, ["种植"] * 4])
    assert terms_of(tasks, documents)["a-2023"] == ["新能源汽车"]


def test_within_a_theme_the_theme_itself_cannot_stand_out(tables, counts):
    tasks, _ = tables
    farming = tasks["theme"].eq("乡村振兴")
    found = distinctive.distinctive_terms(
        counts, tasks["doc_id"], within=tasks["theme"].where(farming)
    )
    assert set(found["within"]) == {"乡村振兴"}
    sizes = found.drop_duplicates("group").set_index("group")["group_tasks"]
    assert (sizes == tasks[farming].groupby("doc_id").size().reindex(sizes.index)).all()
    assert (found["group_tasks"] + found["rest_tasks"]).eq(farming.sum()).all()


def test_no_place_stands_out_once_masked(tables, counts):
    tasks, documents = tables
    options = {"top": 100, "min_tasks": 2}
    masked = distinctive.distinctive_terms(counts, tasks["doc_id"], **options)
    assert not set(masked["term"]) & place_names(documents)
    shown = count_terms(tasks, documents, mask=False)
    unmasked = distinctive.distinctive_terms(shown, tasks["doc_id"], **options)
    assert set(unmasked["term"]) & place_names(documents), "the masking does nothing"


def test_rows_account_for_their_tasks(tables, counts):
    tasks, _ = tables
    found = distinctive.distinctive_terms(counts, tasks["doc_id"])
    assert (found["n_tasks"] <= found["count"]).all()
    assert (found["n_tasks"] >= distinctive.MIN_TASKS).all()
    assert found.groupby("group")["z"].is_monotonic_decreasing.all()
    text = tasks["title"] + "。" + tasks["text"].fillna("")
    for row in found.itertuples():
        holding = text[tasks["doc_id"].eq(row.group)].str.contains(row.term, regex=False).sum()
        assert row.n_tasks <= holding, row.term


def test_a_word_of_chance_does_not_survive_the_permutations():
    tasks, documents = corpus([["种植", "养殖"] * 10, ["种植", "养殖"] * 9 + ["种植茶叶"] * 3])
    found = distinctive.distinctive_terms(
        count_terms(tasks, documents), tasks["doc_id"], draws=200, sections=tasks["text"]
    ).set_index("term")
    assert found.at["茶叶", "p"] > distinctive.SURE
    assert found.at["茶叶", "n_sections"] == 1
    tasks, documents = corpus([["种植茶叶"] * 20, ["种植苹果"] * 20])
    found = distinctive.distinctive_terms(count_terms(tasks, documents), tasks["doc_id"], draws=200)
    assert set(found.loc[found["p"] < distinctive.SURE, "term"]) == {"茶叶", "苹果"}


def test_no_word_sets_one_of_the_five_counties_apart(tables, counts):
    found = distinctive.distinctive_terms(counts, tables[0]["doc_id"], draws=100)
    assert found["p"].min() > distinctive.SURE


def test_nothing_distinctive_gives_an_empty_table():
    tasks, documents = corpus([["种植"] * 3])
    found = distinctive.distinctive_terms(count_terms(tasks, documents), tasks["doc_id"])
    assert found.empty
    assert "term" in found


# --- distances -------------------------------------------------------------------------------


def distances_of(texts, **options):
    tasks, documents = corpus(texts, **options)
    return distinctive.plan_distances(tasks, documents, count_terms(tasks, documents))


def test_the_same_plan_is_at_no_distance_and_another_is_far():
    same = ["发展茶叶种植", "修建农村公路"]
    found = distances_of([same, same[::-1], ["提升医疗", "提升教育"]])
    found = found[found["theme"].eq("乡村振兴")].set_index(["doc_a", "doc_b"])["distance"]
    assert found["a-2023", "b-2023"] == pytest.approx(0)
    assert found["a-2023", "c-2023"] > 0.9


def test_a_plan_without_the_theme_is_not_compared():
    tasks, documents = corpus([["种植茶叶"] * 2, ["种植苹果"] * 2])
    tasks.loc[tasks["doc_id"].eq("b-2023"), "theme"] = "共同富裕"
    found = distinctive.plan_distances(tasks, documents, count_terms(tasks, documents))
    found = found.set_index("theme")
    assert np.isnan(found.at["乡村振兴", "distance"])
    assert found.at["乡村振兴", "n_b"] == 0
    assert 0 <= found.at["all", "distance"] <= 1


def test_pairs_of_one_city_are_marked():
    found = distances_of([["种植"]] * 3, cities=("甲市", "乙市", "甲市"))
    marked = found[found["same_city"]]
    assert set(zip(marked["doc_a"], marked["doc_b"], strict=True)) == {("a-2023", "c-2023")}


def test_the_two_counties_of_one_city_are_nearest(tables, counts):
    tasks, documents = tables
    found = distinctive.plan_distances(tasks, documents, counts)
    assert len(found) == 13 * 10
    assert found["distance"].dropna().between(0, 1).all()
    whole = found[found["theme"].eq("all")].set_index(["doc_a", "doc_b"])
    assert whole["distance"].idxmin() == ("zhoucun-2023", "zichuan-2023")
    assert whole["same_city"].sum() == 1
