"""The lessons: checks that tell right from wrong, hints that give nothing away, keys that fit."""

import ast
import re

import nbformat
import numpy as np
import pandas as pd
import pytest
from walk import walk

from analysis import load
from analysis.errors import PlanError
from analysis.lessons import exercises, intrusion, material
from analysis.study import REPOSITORY
from analysis.targets import compare, per_capita
from analysis.themes import validity
from analysis.themes.features import count_terms

NAMES = sorted(p.stem for p in (REPOSITORY.notebooks / "lessons").glob("*.ipynb"))
LESSONS = [name for name in NAMES if not name.endswith("-key")]
# Wrong answers that a class gives, and a word of the hint that each must draw.
WRONG = [
    ("1.1", 6, "digits"),
    ("1.1", 3, "promises"),
    ("1.1", 5, "row"),
    ("1.2", 4, "promises"),
    ("1.3", 660_000, "斤"),
    ("1.3", "330,000,000", "kilograms"),
    ("1.3", 33, "万"),
    ("1.4", 153, "describe"),
    ("1.4", -113, "rows"),
    ("1.5", 108, "配合"),
    ("1.5", 92, "负责"),
    ("2.1", "fffff fffff fffff fffff", "verb"),
    ("2.1", "faasf fpasf ffisp ssgs?", "Go on"),
    ("2.1", "fxx", "one letter"),
    ("2.1", 7, "one letter"),
    ("2.2", 0.3, "chance"),
    ("2.3", 0.83, "plain"),
    ("2.4", "A", "next"),
    ("2.4", "c", "half"),
    ("2.5", "B", "order"),
    ("2.5", "C", "differences"),
    ("3.1", "X", "office"),
    ("3.2", 0.8, "borders"),
    ("3.3", "A", "end of the road"),
    ("3.3", "C", "end of the road"),
    ("3.4", 12, "shuffled"),
    ("3.4", 3, "heading_share"),
    ("3.5", 5, "heading"),
    ("3.6", "B", "groupings"),
    ("3.6", "C", "cluster"),
    ("3.7", "AAAAAA AAAAAA", "office"),
    ("3.7", "ABCDEF ABCDEF", "one letter"),
    ("3.7", "A????? ??????", "Go on"),
    ("4.1", "兖州区", "Divide"),
    ("4.1", "周村区、兖州区", "Only one"),
    ("4.2", "城阳区, 滕州市, 兖州区, 周村区, 淄川区", "新培育"),
    ("4.2", ["城阳区", "周村区"], "another"),
    ("4.2", 3, "verbs"),
    ("4.3", 0.18, "more platforms"),
    ("4.4", 554_803, "only one"),
    ("4.5", 420_000, "silence"),
    ("4.5", 70, "万平方米"),
    ("4.6", "A", "does not say"),
    ("4.6", "C", "promised"),
    ("4.6", "Z", "letters"),
]


def cells(name: str, kind: str = "code") -> list[str]:
    notebook = nbformat.read(REPOSITORY.notebooks / "lessons" / f"{name}.ipynb", as_version=4)
    return [c.source for c in notebook.cells if c.cell_type == kind]


def answers(name: str) -> dict[str, object]:
    """The answer that stands before each check of a notebook, by exercise."""
    found = {}
    for cell in cells(name):
        for m in re.finditer(r'exercises\.check\("(\d\.\d)", (\w+)\)', cell):
            given = re.search(rf"^{m[2]} = (.+)$", cell, re.MULTILINE)
            assert given, cell
            assert m[1] not in found
            found[m[1]] = ast.literal_eval(given[1])
    return found


KEYS = {no: given for name in LESSONS for no, given in answers(f"{name}-key").items()}


@pytest.fixture(scope="module")
def read() -> dict[str, pd.DataFrame]:
    names = ("documents", "tasks", "assignments", "quantities", "themes")
    return dict(zip(names, load.tables(*names), strict=True))


# --- the notebooks --------------------------------------------------------------------------


def test_four_lessons_each_with_its_key() -> None:
    assert [name[0] for name in LESSONS] == ["1", "2", "3", "4"]
    assert sorted(NAMES) == sorted(LESSONS + [f"{name}-key" for name in LESSONS])


@pytest.mark.parametrize("name", LESSONS)
def test_a_key_answers_the_lesson_one_to_one(name: str) -> None:
    assert list(answers(name)) == list(answers(f"{name}-key"))
    assert all(no[0] == name[0] for no in answers(name))


def test_every_exercise_stands_in_a_lesson() -> None:
    assert sorted(KEYS) == sorted(exercises.EXERCISES)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_holds_no_answer(name: str) -> None:
    for no, given in answers(name).items():
        assert given is None or set(given) <= {"?", " "}, no
        assert exercises.judge(no, given) == (None, f"{no}: not answered yet")
    assert not any("show_labels" in cell for cell in cells(name))


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_its_card_summary_and_end_question(name: str) -> None:
    head, *_, end = cells(name, "markdown")
    assert "**Level**: " in head
    minutes = re.search(r"\*\*Minutes\*\*: (\d+)", head)
    assert minutes
    assert int(minutes[1]) < 90
    summary = head.split("> 中文提要：")[1]
    assert len(re.findall(r"[一-鿿]", summary)) > 60
    assert "\n" not in summary
    assert end.startswith("## To end with")


# --- the checks -----------------------------------------------------------------------------


@walk(("no", "given"), KEYS.items(), ids=list(KEYS))
def test_the_keys_answer_is_right(no: str, given: object) -> None:
    assert exercises.judge(no, given) == (True, f"{no}: right")


@walk(("no", "given", "word"), WRONG)
def test_a_wrong_answer_gets_a_hint(no: str, given: object, word: str) -> None:
    right, message = exercises.judge(no, given)
    assert right is False
    assert word in message


def test_every_exercise_is_tried_with_a_wrong_answer() -> None:
    assert {no for no, *_ in WRONG} == set(exercises.EXERCISES)


@walk(("key", "hint"), exercises.read_hints().items(), ids=" ".join)
def test_a_hint_does_not_hold_the_answer(key: tuple[str, str], hint: str) -> None:
    answer = KEYS[key[0]]
    if isinstance(answer, int | float):
        numbers = {float(n.replace(",", "")) for n in re.findall(r"\d[\d,.]*\d|\d", hint)}
        assert float(answer) not in numbers
    elif len(answer) == 1:
        assert not re.search(rf"(?<![A-Za-z]){answer}(?![A-Za-z'])", hint.removeprefix("A "))
    else:
        assert not any(word in hint for word in re.split(r"\W+", answer) if word)


def test_every_sort_of_wrong_answer_has_its_hint() -> None:
    hints = exercises.read_hints()
    for no in exercises.EXERCISES:
        assert (no, "") in hints
    assert all(len(hint) > 10 and hint.endswith((".", "?")) for hint in hints.values())
    for letter in "ABC":
        for no in ("2.4", "2.5", "3.3", "3.6", "4.6"):
            assert (no, letter) in hints


@pytest.mark.parametrize("given", ["", "  ", "?", "....."])
def test_a_blank_is_no_answer(given: str) -> None:
    assert exercises.judge("1.1", given)[0] is None


@walk("given", ["nan", "inf", [], {}, True, object()])
@walk("no", sorted(exercises.EXERCISES))
def test_a_strange_answer_is_wrong_and_does_not_fail(no: str, given: object) -> None:
    assert exercises.judge(no, given)[0] is False


def test_answers_may_be_written_in_other_ways() -> None:
    for no, given in (("1.3", "330,000"), ("1.1", 4.0), ("2.4", " b "), ("3.1", "y")):
        assert exercises.judge(no, given)[0]
    assert exercises.judge("4.2", {"淄川区", "城阳区", "周村区"})[0]
    assert exercises.judge("4.2", "淄川区、城阳区、周村区")[0]


def test_an_unknown_exercise_is_named() -> None:
    with pytest.raises(PlanError, match=r"no exercise '9\.9'.*1\.1, 1\.2"):
        exercises.judge("9.9", 1)


def test_check_prints_and_a_table_shows_only_after_an_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    exercises.check("1.1", None)
    assert capsys.readouterr().out == "1.1: not answered yet\n"
    assert exercises.show_after(None, len, "abc") is None
    assert "answer the question" in capsys.readouterr().out
    assert exercises.show_after(0, len, "abc") == 3


# --- what the lessons say, against the tables -----------------------------------------------


def test_lesson_1_numbers_stand_in_the_table(read: dict[str, pd.DataFrame]) -> None:
    grain = read["quantities"].set_index("text")["value_base_low"]
    assert grain["6.6亿斤以上"] / 1000 == KEYS["1.3"]
    assert grain["5.5万吨以上"] / 1000 == 55_000
    own = read["quantities"].query("task_id == @material.TASK")
    assert own["text"].tolist() == ["30个", "50亿元以上", "1个", "1亿美元"]


def test_items_are_twenty_of_the_sorts_that_are_asked_for() -> None:
    items, labels = material.read_items(), material.show_labels()
    assert items["item"].tolist() == list(range(1, 21))
    assert labels["label"].value_counts().to_dict() == material.ITEMS
    assert items["sentence"].str.count("【").eq(1).all()
    assert not items["sentence"].duplicated().any()
    assert "".join(labels["letter"]) == KEYS["2.1"].replace(" ", "")
    assert not {"label", "letter", "measure", "kind"} & set(items)
    assert material.ITEMS["flow"] == 6  # the number that 2.2 gives


def test_the_score_of_a_class() -> None:
    full = material.score_letters(KEYS["2.1"], draws=50)
    assert full[["labelled", "agreement", "kappa"]].tolist() == [20, 1, 1]
    lazy = material.score_letters("f" * 20, draws=50)
    assert lazy["agreement"] == 0.3
    assert lazy["kappa"] == 0
    part = material.score_letters("fa" + "?" * 18, draws=50)
    assert part["labelled"] == 2
    none = material.score_letters("?" * 20)
    assert none["labelled"] == 0
    assert none[["agreement", "kappa", "kappa_low"]].isna().all()
    one_off = material.score_letters("s" + KEYS["2.1"][1:], draws=50)
    assert one_off["kappa_low"] < one_off["kappa"] < 1


def test_the_key_names_every_intruder_of_lesson_3() -> None:
    assert KEYS["3.7"].replace(" ", "") == "".join(intrusion.class_questions()["key"])


def test_a_review_names_the_figures_and_not_their_labels() -> None:
    again = material.review_letters("s" + KEYS["2.1"][1:])
    assert again[["item", "mine"]].to_numpy().tolist() == [[1, "stock"]]
    assert list(again) == ["item", "mine", "sentence"]


@pytest.mark.parametrize("letters", ["f", "f" * 21, "x" * 20])
def test_letters_of_the_wrong_form_are_refused(letters: str) -> None:
    with pytest.raises(PlanError, match="does not answer 20 questions"):
        material.score_letters(letters)


def test_the_lazy_rule_looks_good_until_chance_is_taken_away() -> None:
    table = material.label_by_unit()
    agreement = (table.at["flow", "flow"] + table.at["share", "share"]) / table.to_numpy().sum()
    assert agreement > 0.8
    assert KEYS["2.3"] < 0.6
    assert table.at["stock", "flow"] == table.loc["stock"].sum()


def test_errors_are_as_many_as_asked_for(read: dict[str, pd.DataFrame]) -> None:
    figures = read["quantities"]
    before = figures.copy()
    wrong = material.inject_errors(figures, rate=0.1, seed=4)
    changed = wrong["kind"] != figures["kind"]
    assert changed.sum() == 52  # the number that 2.5 gives
    assert wrong[wrong["kind"] == "target"]["measure"].ne("").all()
    assert wrong[wrong["kind"] == "attribute"]["measure"].eq("").all()
    pd.testing.assert_frame_equal(figures, before)
    one = material.inject_errors(figures, rate=0.1, seed=4, plan="chengyang-2023")
    moved = figures.loc[one["kind"] != figures["kind"], "task_id"]
    assert len(moved) == 52
    assert moved.str.startswith("chengyang-2023").all()
    assert material.inject_errors(figures, rate=0, seed=4).equals(figures)


def test_the_conclusions_of_lesson_2_fall_as_it_says(read: dict[str, pd.DataFrame]) -> None:
    figures, documents = read["quantities"], read["documents"]
    spread = material.conclusion_stability(figures, documents, draws=20).to_numpy()
    assert (spread[:, 0] == 1).all()
    assert (spread[:, 2] == 1).all()
    assert spread[0, 1] < 0.8
    one = material.conclusion_stability(figures, documents, draws=5, plan="chengyang-2023")
    assert one["A: lowest county"].loc[0.1] == 0
    top = material.targets_per_task(figures, documents)
    assert top.iloc[0] - top.iloc[1] < 0.005


def test_shuffling_keeps_lengths_and_words_and_loses_their_place(
    read: dict[str, pd.DataFrame],
) -> None:
    counts = count_terms(read["tasks"], read["documents"])
    shuffled = material.shuffle_words(counts)
    was, now = counts.texts["words"], shuffled.texts["words"]
    assert np.array_equal(was.sum(axis=1), now.sum(axis=1))
    assert np.array_equal(was.sum(axis=0), now.sum(axis=0))
    assert (was != now).nnz > was.nnz / 2
    tables = material.two_tables(read["tasks"], read["documents"])
    assert tables.shape == (12, 2)
    assert tables["Y"].str.contains("农产品").any()


@pytest.mark.slow
def test_the_claims_of_lesson_3(read: dict[str, pd.DataFrame]) -> None:
    lots = material.score_random_groups(read["tasks"]["theme"]).set_index("k")
    assert lots["nmi"].is_monotonic_increasing
    assert lots["ari"].abs().max() < 0.01
    tables = (read["tasks"], read["documents"], read["assignments"])
    card, clusters = validity.validity_card(*tables, runs=1, seeds=5)
    assert lots["nmi"].iloc[-1] > card.at["nmi_headings", "TF-IDF + k-means"]
    assert round(card.at["county_v", "words and leads"], 2) == 0
    assert clusters["named"].sum() >= 9
    least = clusters.loc[clusters["heading_share"].idxmin()]
    assert least["cluster"] == KEYS["3.5"]
    assert least["named"]
    assert least["heading_share"] < 0.4
    held = read["themes"].groupby("cluster").size()
    assert held.tolist() == clusters.set_index("cluster")["n_tasks"].tolist()


def test_the_claims_of_lesson_4(read: dict[str, pd.DataFrame]) -> None:
    comparisons = compare.compare_targets(read["quantities"], read["tasks"], read["documents"])
    figures = per_capita.per_denominator(comparisons, load.denominators())
    own = figures.query("indicator_id == @material.PLATFORMS").set_index("doc_id")
    assert round(own["per_low"].max(), 2) == KEYS["4.3"]
    assert own["per_low"].idxmax() == "zhoucun-2023" != own["value_low"].idxmax()
    least = own.at["zichuan-2023", "value_low"] / KEYS["4.4"] * 10_000
    assert least == pytest.approx(own["per_low"].max(), rel=1e-3)
    green = comparisons.query("indicator_id == @material.GREEN_AREA and comparable")
    assert green["value_low"].mean() == KEYS["4.5"]
    assert "chengyang-2023" not in set(green["doc_id"])
    share = comparisons.query("indicator_id == 'green-building-share' and comparable")
    assert share.set_index("doc_id").at["chengyang-2023", "value_low"] == 100
