"""Questions for readers: drawn fairly, masked, never stale; answers read and scored."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from analysis import load
from analysis.errors import PlanError
from analysis.lessons import forms, intrusion, intrusion_scores
from analysis.themes import validity
from analysis.themes.clusters import top_terms
from analysis.themes.features import count_terms
from analysis.themes.words import place_names, tokenizer


@pytest.fixture(scope="module")
def tables():
    return load.tables("tasks", "documents", "assignments", "themes")


@pytest.fixture(scope="module")
def counts(tables):
    return count_terms(*tables[:3])


@pytest.fixture(scope="module")
def clusterings(tables, counts):
    free = tables[3]["cluster"].to_numpy()
    return {"free": free, "baseline": validity.plain_k_means()(counts, 0)}


@pytest.fixture(scope="module")
def items():
    return intrusion.read_items()


@pytest.fixture(scope="module")
def sorting():
    return intrusion.read_items(intrusion.SORTING)


# --- items -----------------------------------------------------------------------------------


def test_the_kept_items_are_of_the_clusters_as_they_stand(tables, counts, clusterings, items):
    drawn = intrusion.draw_items(counts, tables[0], tables[1], clusterings)
    pd.testing.assert_frame_equal(items, drawn, check_dtype=False)


def test_every_cluster_is_asked_about_alike(items):
    each = items.groupby(["test", "clustering", "cluster"]).size()
    assert each.eq(2).all()
    assert items["item"].is_unique
    free = items[items["clustering"].eq("free")].groupby("test")["cluster"].nunique()
    assert free.tolist() == [12, 12, 12]


def options_of(row):
    return dict(zip(intrusion.LETTERS, row.options.split(intrusion.SEPARATOR), strict=False))


def test_keys_point_at_the_intruder_and_at_the_label(counts, clusterings, items):
    for name, labels in clusterings.items():
        terms = top_terms(counts, labels, n=8)
        for row in items[items["clustering"].eq(name)].itertuples():
            options = options_of(row)
            assert len(set(options.values())) == len(options), row.item
            right = options.pop(row.key)
            if row.test == "word_intrusion":
                assert right not in terms[row.cluster]
                assert set(options.values()) <= set(terms[row.cluster])
            elif row.test == "label_choice":
                assert right == "、".join(terms[row.cluster][:4])


def test_intruding_tasks_come_from_another_cluster(tables, clusterings, items):
    shown = intrusion.show_tasks(tables[0], tables[1])
    for name, labels in clusterings.items():
        for row in items[items["clustering"].eq(name)].itertuples():
            options = options_of(row)
            if row.test == "task_intrusion":
                right = options.pop(row.key)
                assert row.cluster not in labels[shown == right]
                titles = [text.partition("：")[0] for text in (*options.values(), right)]
                assert len(set(titles)) == 5, row.item
                assert all(row.cluster in labels[shown == text] for text in options.values())
            elif row.test == "label_choice":
                assert row.cluster in labels[shown == row.stem]


def test_no_letter_is_a_safe_guess(items):
    for test, own in items.groupby("test"):
        assert own["key"].value_counts(normalize=True).max() < 0.4, test


@pytest.mark.parametrize("name", ["stem", "options"])
def test_no_place_and_no_house_style_tells_the_county(tables, items, sorting, name):
    names = place_names(tables[1])
    cut = tokenizer(names=names).cut
    texts = [*items[name], *sorting["shown"]]
    found = {word for text in texts for word in cut(text, HMM=False)} & names
    assert found == set()
    assert not any(mark in text for text in texts for mark in ",;()")


@pytest.mark.parametrize(
    ("title", "text", "shown"),
    [
        ("推进周村发展", "做强周村区产业。", "推进某地发展：做强某地产业。"),
        ("建设城市中心", "城市。", "建设城市中心：城市。"),
        ("建设", "一" * 70, "建设：" + "一" * 60 + "…"),
        ("建设", "水利(含水库),道路", "建设：水利（含水库），道路"),
    ],
)
def test_show_tasks(title, text, shown):
    tasks = pd.DataFrame({"title": [title], "text": [text]})
    place = {"county": ["周村区"], "city": ["淄博市"], "province": ["山东省"]}
    assert intrusion.show_tasks(tasks, pd.DataFrame(place)).tolist() == [shown]


def test_the_tasks_to_sort_are_as_drawn_and_show_no_heading(tables, sorting):
    drawn = intrusion.draw_sorting(tables[0], tables[1])
    pd.testing.assert_frame_equal(sorting, drawn, check_dtype=False)
    assert len(sorting) == sorting["task_id"].nunique() == 120
    headings = tables[0].set_index("task_id")["section_title"].reindex(sorting["task_id"])
    assert not any(h in s for h, s in zip(headings, sorting["shown"], strict=True))


def test_the_paper_form_holds_no_answers(items):
    lines = list(intrusion.print_items(items.head(3)))
    assert len(lines) == 3 + items.head(3)["options"].str.split("|").str.len().sum()
    other_keys = items.head(3).assign(key="A", cluster=0, clustering="")
    assert lines == list(intrusion.print_items(other_keys))


# --- answers ---------------------------------------------------------------------------------


def write(folder, name, rows):
    frame = pd.DataFrame(rows, columns=["item", "answer"])
    intrusion.write_items(frame, folder / f"{name}.csv")


def test_answers_of_all_labellers_are_read(tmp_path):
    write(tmp_path, "theme_answers_first", [("w001", "A"), ("w002", "")])
    write(tmp_path, "theme_answers_second", [("w001", "C")])
    write(tmp_path, "theme_sorting_first", [("s001", "共同富裕")])
    write(tmp_path, "theme_sorting_items", [("s001", "not an answer")])
    found = intrusion_scores.read_answers(folder=tmp_path)
    assert found.to_numpy().tolist() == [["first", "w001", "A"], ["second", "w001", "C"]]
    found = intrusion_scores.read_answers("theme_sorting", folder=tmp_path)
    assert found.to_numpy().tolist() == [["first", "s001", "共同富裕"]]


def test_without_answers_the_tables_are_empty(tmp_path, items):
    answers = intrusion_scores.read_answers(folder=tmp_path)
    assert list(answers) == ["labeller", "item", "answer"]
    assert intrusion_scores.score_answers(items, answers).empty
    assert intrusion_scores.score_clusters(items, answers).empty


@pytest.mark.parametrize(
    ("kind", "rows", "named"),
    [
        ("theme_answers", [("w001", "A"), ("w001", "B")], "w001 B"),
        ("theme_answers", [("w001", "G")], "w001 G"),
        ("theme_answers", [("w001", "a")], "w001 a"),
        ("theme_sorting", [("s001", "农业")], "s001 农业"),
    ],
)
def test_answers_that_no_form_gives_are_refused(tmp_path, kind, rows, named):
    write(tmp_path, f"{kind}_first", rows)
    with pytest.raises(PlanError, match=named):
        intrusion_scores.read_answers(kind, folder=tmp_path)


def questions():
    return pd.DataFrame(
        {
            "item": ["w001", "w002", "t001"],
            "test": ["word_intrusion", "word_intrusion", "task_intrusion"],
            "clustering": "free",
            "cluster": [1, 2, 1],
            "options": ["a | b | c | d | e | f"] * 2 + ["a | b | c | d | e"],
            "key": ["A", "B", "E"],
        }
    )


def test_scores_count_the_answered_alone():
    answers = pd.DataFrame(
        {
            "labeller": ["first", "first", "second"],
            "item": ["w001", "w002", "t001"],
            "answer": ["A", "A", "E"],
        }
    )
    found = intrusion_scores.score_answers(questions(), answers).set_index(["test", "labeller"])
    assert len(found) == 2
    row = found.loc["word_intrusion", "first"]
    assert row[["n", "right", "share", "chance"]].tolist() == [2, 1, 0.5, pytest.approx(1 / 6)]
    # Wilson at 1 of 2: 0.5 -+ 1.96 sqrt(1/8 + 1.96^2/16) / (1 + 1.96^2/2)
    assert (row["low"], row["high"]) == pytest.approx((0.0945, 0.9055), abs=1e-3)
    assert found.loc["task_intrusion", "second"]["chance"] == pytest.approx(0.2)
    by_cluster = intrusion_scores.score_clusters(questions(), answers)
    assert by_cluster["word_intrusion"].tolist() == [1.0, 0.0]


# --- sorting ---------------------------------------------------------------------------------


def sides(headings, predicted):
    n = len(headings)
    ids = [f"a-2023-{i:02}" for i in range(n)]
    items = pd.DataFrame({"item": [f"s{i:03}" for i in range(n)], "task_id": ids})
    columns = {"task_id": ids, "section_theme": headings, "predicted_theme": predicted}
    return items, pd.DataFrame(columns)


def test_sorting_is_scored_as_the_library_does():
    random = np.random.default_rng(1)
    themes = ["共同富裕", "安全发展", "乡村振兴"]
    headings, predicted, first = (random.choice(themes, 60).tolist() for _ in range(3))
    items, table = sides(headings, predicted)
    answers = pd.DataFrame({"labeller": "first", "item": items["item"], "answer": first})
    found = intrusion_scores.score_sorting(items, answers, table).set_index(["first", "second"])
    assert found.at[("headings", "first"), "kappa"] == pytest.approx(
        cohen_kappa_score(headings, first)
    )
    assert len(found) == 3
    assert (found["low"] <= found["kappa"]).all()
    assert (found["kappa"] <= found["high"]).all()


def test_full_agreement_is_one_and_missing_answers_are_left_out():
    items, table = sides(["共同富裕", "安全发展"] * 5, ["共同富裕", "安全发展"] * 5)
    answers = pd.DataFrame(
        {"labeller": "first", "item": items["item"][:4], "answer": ["共同富裕", "安全发展"] * 2}
    )
    found = intrusion_scores.score_sorting(items, answers, table).set_index(["first", "second"])
    assert found["kappa"].tolist() == [1, 1, 1]
    assert found["n"].tolist() == [10, 4, 4]


# --- forms -----------------------------------------------------------------------------------


def answer(form, value):
    _, choice, keep, _ = form.children
    choice.value = value
    keep.click()


def test_a_form_keeps_each_answer_and_goes_on_where_it_stopped(tmp_path):
    asked = questions().assign(stem="")
    form = forms.ask(asked, "anna", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
    form.children[2].click()  # no choice made: nothing is kept
    answer(form, "A")
    answer(form, "C")
    assert intrusion_scores.read_answers(folder=tmp_path)["answer"].tolist() == ["A", "C"]
    again = forms.ask(asked, "anna", folder=tmp_path)
    assert again.children[3].value == "2 / 3"
    answer(again, "E")
    assert intrusion_scores.read_answers(folder=tmp_path)["item"].tolist() == [
        "t001",
        "w001",
        "w002",
    ]
    assert again.children[2].disabled


def test_a_form_asks_one_test_only(tmp_path):
    form = forms.ask(questions().assign(stem=""), "b", test="task_intrusion", folder=tmp_path)
    assert form.children[3].value == "0 / 1"
    assert len(form.children[1].options) == 5


def test_a_sorting_form_offers_the_themes(tmp_path, sorting):
    form = forms.ask(sorting, "anna", folder=tmp_path)
    assert len(form.children[1].options) == 12
    answer(form, "共同富裕")
    found = intrusion_scores.read_answers("theme_sorting", folder=tmp_path)
    assert found.to_numpy().tolist() == [["anna", "s001", "共同富裕"]]
