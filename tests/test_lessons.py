"""The lessons: checks that tell right from wrong, hints that give nothing away, keys that fit."""

import ast
import html
import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from walk import walk

from analysis import load
from analysis.errors import PlanError
from analysis.lessons import answers, classroom, editions, exercises, intrusion, material, show
from analysis.study import REPOSITORY
from analysis.targets import compare, per_capita
from analysis.themes import validity
from analysis.themes.features import count_terms
from analysis.wording import text_for, texts

HOME = REPOSITORY.notebooks / "lessons"
EDITIONS = ("zh", "en")
SOURCES = editions.sources()
LESSONS = [p.stem for p in SOURCES if not p.stem.endswith("-key")]
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
    ("4.2", 3, "names of counties"),
    ("4.3", 0.18, "more platforms"),
    ("4.4", 554_803, "only one"),
    ("4.5", 420_000, "silence"),
    ("4.5", 70, "万平方米"),
    ("4.6", "A", "does not say"),
    ("4.6", "C", "promised"),
    ("4.6", "Z", "one letter"),
    ("0.1", "A", "helps"),
    ("0.1", "c", "two things"),
    ("0.2", "A", "shops"),
    ("0.2", "B", "government"),
    ("0.3", "A", "unit"),
    ("0.3", "C", "unit"),
    ("5.1", "滕州", "Divide"),
    ("5.2", "城阳", "table before"),
    ("5.3", "A", "much"),
    ("5.3", "C", "other table"),
    ("5.4", 100, "cubic"),
    ("5.5", 5, "speak"),
    ("5.6", "A", "rows"),
    ("5.6", "C", "Add up"),
]


def cells(name: str, kind: str = "code", edition: str = "zh") -> list[str]:
    notebook = nbformat.read(HOME / edition / f"{name}.ipynb", as_version=4)
    return [c.source for c in notebook.cells if c.cell_type == kind]


def answers_of(name: str) -> dict[str, object]:
    """The answer that stands before each check of a notebook, by exercise."""
    found = {}
    for cell in cells(name):
        for m in re.finditer(r'exercises\.check\("(\d\.\d)", (\w+)\)', cell):
            given = re.search(rf"^{m[2]} = (.+)$", cell, re.MULTILINE)
            assert given, cell
            assert m[1] not in found
            computed = given[1].startswith("round(")
            found[m[1]] = exercises.EXERCISES[m[1]].solve() if computed else literal(given[1])
    return found


def literal(given: str) -> object:
    return ast.literal_eval(given)


KEYS = {no: given for name in LESSONS for no, given in answers_of(f"{name}-key").items()}


@pytest.fixture(scope="module")
def read() -> dict[str, pd.DataFrame]:
    names = ("documents", "tasks", "assignments", "quantities", "themes")
    return dict(zip(names, load.tables(*names), strict=True))


# --- the notebooks --------------------------------------------------------------------------


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_editions_are_what_the_source_says(edition: str) -> None:
    assert (
        sorted(p.stem for p in (HOME / edition).glob("*.ipynb") if "key" not in p.stem) == LESSONS
    )
    drifted = []
    for source in SOURCES:
        made = editions.make_notebook(source, edition)
        kept = nbformat.read(HOME / edition / f"{source.stem}.ipynb", as_version=4)
        told = [[(c.cell_type, c.source) for c in book.cells] for book in (made, kept)]
        drifted += [source.stem] if told[0] != told[1] else []
    assert drifted == []


def test_every_text_of_a_source_has_both_languages() -> None:
    for source in SOURCES:
        kinds = [kind for kind, _ in editions.read_blocks(source)]
        pairs = [kind for kind in kinds if kind in EDITIONS]
        assert pairs == ["zh", "en"] * (len(pairs) // 2), source.name
        assert kinds[:2] == ["zh", "en"]


def test_lessons_and_keys_come_in_pairs() -> None:
    assert [name[0] for name in LESSONS] == list("012345")
    assert sorted(p.stem for p in SOURCES) == sorted(LESSONS + [f"{n}-key" for n in LESSONS])


@pytest.mark.parametrize("name", LESSONS)
def test_a_key_answers_the_lesson_one_to_one(name: str) -> None:
    assert list(answers_of(name)) == list(answers_of(f"{name}-key"))
    assert all(no[0] == name[0] for no in answers_of(name))


def test_every_exercise_stands_in_a_lesson() -> None:
    assert sorted(KEYS) == sorted(exercises.EXERCISES)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_holds_no_answer(name: str) -> None:
    for no, given in answers_of(name).items():
        assert given is None or set(given) <= {"?", " "}, no
        assert exercises.judge(no, given, "en") == (None, f"{no}: not answered yet")
    assert not any("show_labels" in cell for cell in cells(name))


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_its_card_and_end_question(name: str, edition: str) -> None:
    head, *_, end = cells(name, "markdown", edition)
    minutes = re.search(r"\*\*(?:Minutes\*\*: |分钟\*\*：)(\d+)", head)
    assert minutes
    assert int(minutes[1]) <= (15 if name[0] == "0" else 90)
    assert "## To end with" in end or "## 收尾" in end


def shown(edition: str) -> dict[str, str]:
    """Cells of tables in the outputs of an edition, with the lesson that shows them."""
    found = {}
    for name in LESSONS:
        book = nbformat.read(HOME / edition / f"{name}.ipynb", as_version=4)
        for cell in book.cells:
            for output in cell.get("outputs", ()):
                page = "".join(output.get("data", {}).get("text/html", ""))
                for td in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", page, re.DOTALL):
                    found.setdefault(html.unescape(re.sub("<[^>]+>", "", td)).strip(), name)
    return found


def test_an_english_reader_meets_no_sentence_without_a_translation() -> None:
    texts = shown("en")
    assert len([text for text in texts if show.gloss(text)]) > 100
    terms = {row["term"] for row in show.read_source("glossary")}
    sentences = [t for t in texts if len(re.findall("[一-鿿]", t)) >= 6]
    assert {t: texts[t] for t in sentences if not show.gloss(t) and t not in terms} == {}
    # in the running text, Chinese of more than twelve characters has English in brackets after it
    long = re.compile(r"[一-鿿]{12,}(?![^\n]{0,40}\()")
    assert [m for n in LESSONS for c in cells(n, "markdown", "en") for m in long.findall(c)] == []


def test_a_chinese_reader_meets_no_english_sentence() -> None:
    prose = re.compile(r"(?:\b[a-z]+ ){4,}")
    found = []
    for name in [p.stem for p in SOURCES]:
        for cell in cells(name, "markdown", "zh"):
            found += prose.findall(re.sub("`[^`]*`", "", cell))
    assert found == []


# --- answers in other forms -----------------------------------------------------------------

FORMS = {
    "number": [
        "{n}",
        " {n} ",
        "{n}.",
        "{n}。",
        "“{n}”",
        "'{n}'",
        "{n}个",
        "{n} 吨",
        "约{n}",
        "{wide}",
        "={n}",
    ],
    "choice": ["{n}", "{low}", " {n} ", "“{n}”", "{n}.", "({n})", "选{n}", "答案：{n}", "{wide}"],
    "counties": [
        "{n}",
        "{short}",
        "{pinyin}",
        "“{n}”",
        "{n}。",
        "{joined}",
        "{turned}",
        " {short} ",
        "「{short}」",
        "({n})",
        "{short},",
    ],
    "labels": ["{n}", "{up}", "{tight}", "“{n}”", "{commas}", " {n} ", "{wide}", "{n}\t"],
    "readings": ["{n}", "{low}", "{tight}", "“{n}”", "{commas}", " {n} ", "{wide}", "{n}  "],
}
NONSENSE = [
    "x y z",
    "？？",
    "不知道",
    "全部都对",
    "3和4",
    "A or B",
    [],
    {},
    float("nan"),
    ["?"],
    object(),
    "½½",
]
_WIDE = {c: c + 0xFEE0 for c in range(0x21, 0x7F)}


def forms(no: str) -> list[str]:
    """The right answer to an exercise in the ways that students type it."""
    kind, right = exercises.EXERCISES[no].kind, KEYS[no]
    n = f"{right:g}" if isinstance(right, float) else str(right)
    names = re.split(r", ?", n)
    documents = load.table("documents").set_index("county")
    filled = {
        "n": n,
        "low": n.lower(),
        "up": n.upper(),
        "wide": n.translate(_WIDE),
        "tight": n.replace(" ", ""),
        "commas": n.replace(" ", "，"),
    }
    if kind == "counties":
        slugs = [documents.at[name, "doc_id"].split("-")[0] for name in names]
        filled |= {
            "short": "、".join(name[:-1] for name in names),
            "pinyin": ", ".join(slugs),
            "joined": "和".join(names),
            "turned": "，".join(reversed(names)),
        }
    return [form.format(**filled) for form in FORMS[kind]]


def test_a_right_answer_is_right_in_every_form() -> None:
    wrong, told = [], 0
    for no in exercises.EXERCISES:
        ways = forms(no)
        assert len(set(ways)) >= 8, (no, ways)
        told += len(ways)
        wrong += [(no, way) for way in ways if exercises.judge(no, way)[0] is not True]
    assert wrong == []
    assert told > 8 * len(exercises.EXERCISES)


@pytest.mark.parametrize("language", EDITIONS)
def test_nonsense_is_wrong_and_told_about_its_form(language: str) -> None:
    for no, asked in exercises.EXERCISES.items():
        for given in NONSENSE:
            right, message = exercises.judge(no, given, language)
            assert right is not True, (no, given)
            if right is False and asked.kind == "number":
                assert message.endswith(text_for("lesson_form_number", language)), (no, given)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("330,000", 330_000), ("330，000", 330_000), ("33万", 330_000), ("33 万吨", 330_000),
        ("三十三万", 330_000), ("330 000", 330_000), ("6.6e5", 660_000), ("0%", 0), ("55%", 0.55),
        ("百分之五十五", 0.55), ("0,22", 0.22), ("45.2万", 452_000), ("负113", -113),
        ((330, 0), 330_000),
        ("3和4", None), ("abc", None), (True, None), (float("inf"), None), ("1.5万3千", None),
    ],
)  # fmt: skip
def test_numbers_in_other_forms(typed: object, read: float | None) -> None:
    assert answers.read_number(typed) == read


def test_what_is_typed_after_the_sign_is_taken_as_it_is() -> None:
    typed = {
        "answer = B": "'B'", "answer = “B”": "'B'", "answer = 330,000": "'330,000'",
        "answer = 33万": "'33万'", "answer = 57%": "'57%'", "answer = 周村区": "'周村区'",
        "mine = faasf fpasf": "'faasf fpasf'", "answer = 6.6e8 / 2": "6.6e8 / 2",
        "answer = None": "None", "answer = len(tasks)": "len(tasks)", 'answer = "B"': '"B"',
    }  # fmt: skip
    got = answers.quote_answers([line + "\n" for line in typed])
    assert [line.split(" = ")[1].strip() for line in got] == list(typed.values())
    assert answers.quote_answers(["other = B\n"]) == ["other = B\n"]


# --- a class --------------------------------------------------------------------------------


def test_answers_of_a_class_are_scored(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    other = "s" + KEYS["2.1"][1:]
    path.write_text(f"reader,letters\nA,{KEYS['2.1']}\nB,{other}\n", encoding="utf-8")
    table = classroom.score_class("labels", tmp_path).set_index(["first", "second"])
    assert list(table.index) == [("labels", "A"), ("labels", "B"), ("A", "B")]
    assert table["agreement"].tolist() == [1, 0.95, 0.95]
    assert (table["low"] <= table["kappa"]).all()
    assert (table["kappa"] <= table["high"]).all()
    assert classroom.score_class("readings", tmp_path) is None
    (tmp_path / "readings.csv").write_text("reader,letters\nA,CAAABCAEBEDC\n", encoding="utf-8")
    assert classroom.score_class("readings", tmp_path)["agreement"].tolist() == [1]


# --- the checks -----------------------------------------------------------------------------


@walk(("no", "given"), KEYS.items(), ids=list(KEYS))
def test_the_keys_answer_is_right(no: str, given: object) -> None:
    assert exercises.judge(no, given, "en") == (True, f"{no}: right")


@walk(("no", "given", "word"), WRONG)
def test_a_wrong_answer_gets_a_hint(no: str, given: object, word: str) -> None:
    right, message = exercises.judge(no, given, "en")
    assert right is False
    assert word in message


def test_every_exercise_is_tried_with_a_wrong_answer() -> None:
    assert {no for no, *_ in WRONG} == set(exercises.EXERCISES)


HINTS = {
    (*key.removeprefix("hint_").split("_", 1), language): row[language]
    for key, row in texts().items()
    if key.startswith("hint_")
    for language in EDITIONS
}


@walk(("key", "hint"), HINTS.items(), ids=" ".join)
def test_a_hint_does_not_hold_the_answer(key: tuple[str, str, str], hint: str) -> None:
    answer = KEYS[key[0]]
    if isinstance(answer, int | float):
        numbers = {float(n.replace(",", "")) for n in re.findall(r"\d[\d,.]*\d|\d", hint)}
        assert float(answer) not in numbers
    elif len(answer) == 1:
        assert not re.search(rf"(?<![A-Za-z]){answer}(?![A-Za-z'])", hint.removeprefix("A "))
    else:
        assert not any(word in hint for word in re.split(r"\W+", answer) if word)


def test_every_sort_of_wrong_answer_has_its_hint() -> None:
    for no, asked in exercises.EXERCISES.items():
        assert (no, "", "zh") in HINTS
        for key in [*asked.traps, *(asked.letters if asked.kind == "choice" else "")]:
            right = asked.kind == "choice" and asked.judge(key) is None
            assert right or (no, key, "zh") in HINTS, (no, key)
    assert all(hint.endswith((".", "?", "。", "？")) for hint in HINTS.values())


@pytest.mark.parametrize("given", ["", "  ", "?", "....."])
def test_a_blank_is_no_answer(given: str) -> None:
    assert exercises.judge("1.1", given)[0] is None


@walk("given", ["nan", "inf", [], {}, True, object()])
@walk("no", sorted(exercises.EXERCISES))
def test_a_strange_answer_is_wrong_and_does_not_fail(no: str, given: object) -> None:
    assert exercises.judge(no, given)[0] is False


def test_an_unknown_exercise_is_named() -> None:
    with pytest.raises(PlanError, match=r"no exercise '9\.9'.*1\.1, 1\.2"):
        exercises.judge("9.9", 1)


def test_check_prints_and_a_table_shows_only_after_an_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    exercises.check("1.1", None)
    assert capsys.readouterr().out == "1.1：尚未作答\n"
    assert exercises.show_after(None, len, "abc") is None
    assert "请先回答" in capsys.readouterr().out
    assert exercises.show_after("fxx", material.score_letters, "fxx") is None
    assert "没有回答 20 道题" in capsys.readouterr().out
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
