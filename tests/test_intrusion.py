"""Questions for readers: fair, masked; answers of language models and of a class, scored."""

import pandas as pd
import pytest

from analysis import load
from analysis.errors import PlanError
from analysis.lessons import intrusion
from analysis.themes.words import place_names, tokenizer

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load.tables("tasks", "documents", "themes")


@pytest.fixture(scope="module")
def items() -> pd.DataFrame:
    return intrusion.read_items()


@pytest.fixture(scope="module")
def sorting() -> pd.DataFrame:
    return intrusion.read_items(intrusion.SORTING)


def options_of(options: str) -> dict[str, str]:
    return dict(zip(intrusion.LETTERS, options.split(intrusion.SEPARATOR), strict=False))


# --- the committed questions ----------------------------------------------------------------


def test_both_clusterings_are_asked_about_equally(items: pd.DataFrame) -> None:
    each = items.groupby(["test", "clustering", "cluster"]).size()
    assert each.eq(2).all()
    assert items["item"].is_unique
    free = items[items["clustering"].eq("free")].groupby("test")["cluster"].nunique()
    assert free.tolist() == [12, 12, 12]


def test_options_differ_and_hold_the_key(items: pd.DataFrame) -> None:
    wrong = [
        row.item
        for row in items.itertuples()
        if row.key not in (options := options_of(row.options))
        or len(set(options.values())) < len(options)
    ]
    assert wrong == []


def test_no_letter_is_a_safe_guess(items: pd.DataFrame) -> None:
    for test, own in items.groupby("test"):
        assert own["key"].value_counts(normalize=True).max() < 0.4, test


def test_no_place_and_no_house_style_tells_the_county(
    tables: Tables, items: pd.DataFrame, sorting: pd.DataFrame
) -> None:
    names = place_names(tables[1])
    cut = tokenizer(names=names).cut
    texts = [*items["stem"], *items["options"], *sorting["shown"]]
    assert {word for text in texts for word in cut(text, HMM=False)} & names == set()
    assert not any(mark in text for text in texts for mark in ",;()")


def test_the_tasks_to_sort_show_no_heading(tables: Tables, sorting: pd.DataFrame) -> None:
    assert len(sorting) == sorting["task_id"].nunique() == 120
    headings = tables[0].set_index("task_id")["section_title"].reindex(sorting["task_id"])
    assert not any(h in s for h, s in zip(headings, sorting["shown"], strict=True))


# --- answers --------------------------------------------------------------------------------


def test_the_committed_answers_are_those_of_language_models() -> None:
    for kind, n in (("theme_answers", 144), ("theme_sorting", 120)):
        answers = intrusion.read_answers(kind)
        counts = answers["labeller"].value_counts().to_dict()
        assert counts == {"language model 1": n, "language model 2": n}


@pytest.mark.parametrize(
    ("kind", "rows", "named"),
    [
        ("theme_answers", [("w001", "A"), ("w001", "B")], "w001 B"),
        ("theme_answers", [("w001", "G")], "w001 G"),
        ("theme_answers", [("w001", "a")], "w001 a"),
        ("theme_sorting", [("s001", "农业")], "s001 农业"),
    ],
)
def test_answers_that_nobody_can_give_are_refused(
    tmp_path: object, kind: str, rows: list[tuple[str, str]], named: str
) -> None:
    frame = pd.DataFrame(rows, columns=["item", "answer"]).assign(labeller="anna")
    frame.to_csv(tmp_path / f"{kind}.csv", index=False)
    with pytest.raises(PlanError, match=named):
        intrusion.read_answers(kind, folder=tmp_path)


def test_scores_count_the_answered_alone() -> None:
    questions = pd.DataFrame(
        {
            "item": ["w001", "w002", "t001"],
            "test": ["word_intrusion", "word_intrusion", "task_intrusion"],
            "clustering": "free",
            "cluster": [1, 2, 1],
            "options": ["a | b | c | d | e | f"] * 2 + ["a | b | c | d | e"],
            "key": ["A", "B", "E"],
        }
    )
    answers = pd.DataFrame(
        {
            "labeller": ["first", "first", "second"],
            "item": ["w001", "w002", "t001"],
            "answer": ["A", "A", "E"],
        }
    )
    found = intrusion.score_answers(questions, answers).set_index(["test", "labeller"])
    assert len(found) == 2
    row = found.loc["word_intrusion", "first"]
    assert row[["n", "right", "share", "chance"]].tolist() == [2, 1, 0.5, pytest.approx(1 / 6)]
    assert (row["low"], row["high"]) == pytest.approx((0.0945, 0.9055), abs=1e-3)
    assert found.loc["task_intrusion", "second"]["chance"] == pytest.approx(0.2)
    by_cluster = intrusion.score_answers(questions, answers, by=["test", "cluster"])
    assert by_cluster["share"].tolist() == [1, 1, 0]
    assert intrusion.score_answers(questions, answers.head(0)).empty


# --- the class ------------------------------------------------------------------------------


def test_a_class_reads_as_many_questions_of_each_clustering() -> None:
    asked = intrusion.class_questions()
    assert asked["clustering"].value_counts().to_dict() == {"free": 6, "baseline": 6}
    shown = intrusion.show_questions(asked)
    sizes = shown.groupby("question").size()
    assert sizes.to_dict() == dict.fromkeys(range(1, 13), 5)
    assert shown.loc[(1, "A"), "task"] == asked["options"][0].split(intrusion.SEPARATOR)[0]
    assert list(shown) == ["task"]


def test_a_class_stands_beside_the_language_models() -> None:
    key = "".join(intrusion.class_questions()["key"])
    scores = intrusion.score_letters(key.lower())
    assert scores["clustering"].tolist() == ["free"] * 3 + ["baseline"] * 3
    assert scores["labeller"].tolist() == ["you", "language model 1", "language model 2"] * 2
    assert scores.query("labeller == 'you'")["share"].tolist() == [1, 1]
    part = intrusion.score_letters(key[0] + "?" * 11).query("labeller == 'you'")
    assert part[["clustering", "n", "right"]].to_numpy().tolist() == [["free", 1, 1]]
    assert "you" not in set(intrusion.score_letters("?" * 12)["labeller"])
    with pytest.raises(PlanError, match="one of A B C D E"):
        intrusion.score_letters("F" * 12)
