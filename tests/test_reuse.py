"""Shared text: small texts first, then the five plans, then the figures."""

from itertools import groupby, permutations

import numpy as np
import pandas as pd
import pytest
from conftest import EXPECTED
from invented import DOCUMENTS, passages_of
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from walk import walk

from analysis import load, schema
from analysis.charts import shared_text as plots
from analysis.charts.shared_text import same_sentences
from analysis.errors import PlanError
from analysis.lexicon import read_rows
from analysis.shared_text import runs as reuse
from analysis.study import REPOSITORY, TEXTS
from analysis.text import fold_width, read_text
from benchmarks import growth


def letters(text: str) -> str:
    return "".join(c for c in fold_width(text).lower() if c.isalnum())


# --- passages -------------------------------------------------------------------------------


def test_passages_are_title_and_text_of_every_task(plans: dict[str, pd.DataFrame]) -> None:
    files = plans["documents"].set_index("doc_id")["source_file"]
    texts = {doc_id: read_text(REPOSITORY.raw / name) for doc_id, name in files.items()}
    assert len(plans["passages"]) == EXPECTED["n_tasks"]
    for p, t in zip(plans["passages"].itertuples(), plans["tasks"].itertuples(), strict=True):
        assert texts[p.doc_id][p.char_start : p.char_end] == p.text
        assert p.text.startswith(t.title)
        assert p.text.endswith(t.text)


def test_passages_refuse_a_table_of_another_age(plans: dict[str, pd.DataFrame]) -> None:
    documents = plans["documents"].assign(sha256="0" * 64)
    with pytest.raises(PlanError, match="from another version of this file"):
        reuse.read_passages(documents, plans["tasks"])


# --- shared runs ----------------------------------------------------------------------------

# Texts of two plans, the shortest run, and the words of the first that are shared.
RUNS = [
    (["a:推进节水载体建设", "b:持续推进节水载体改造"], 6, ["推进节水载体"]),
    (["a:推进节水载体建设", "b:持续推进节水载体改造"], 7, []),
    (["a:建设,推进“节水”载体。", "b:推进节水 载体"], 6, ["推进“节水”载体"]),
    (["a:发展５Ｇ应用", "b:发展5g应用"], 6, ["发展５Ｇ应用"]),
    (["a:新增绿色工厂3家", "b:新增绿色工厂5家"], 6, ["新增绿色工厂"]),
    (["a:新增绿色工厂3家", "b:新增绿色工厂5家"], 7, []),
    (["a:推进节水", "a:载体建设", "b:推进节水载体建设"], 6, []),  # tasks are never joined
    (["a:推进节水载体建设", "b:推进节水", "b:载体建设"], 6, []),
    (["a:推进节水载体,推进节水载体", "b:推进节水载体"], 6, ["推进节水载体", "推进节水载体"]),
    (["a:推进节水载体建设"], 1, []),
    (["a:水", "b:水"], 1, ["水"]),
    (["a:水", "a:土", "b:水", "b:土"], 1, ["水", "土"]),
    (["a:水", "b:水"], 5, []),
]


@walk(("texts", "shortest", "expected"), RUNS)
def test_runs(texts: list[str], shortest: int, expected: list[str]) -> None:
    passages = passages_of(*texts)
    runs = reuse.shared_runs(passages, shortest=shortest)
    assert runs.loc[runs["doc_id"].eq("a-2023"), "text"].tolist() == expected
    for run in runs.itertuples():
        assert letters(run.text) == letters(run.twin_text)
        assert run.n_chars == len(letters(run.text)) >= shortest
        home = passages.set_index("task_id").loc[run.task_id]
        assert home["text"][run.char_start - 100 : run.char_end - 100] == run.text


def cover(passages: pd.DataFrame, length: int) -> dict[tuple[str, str], int]:
    """Letters of a plan inside runs that another has, by brute force."""
    texts = {p: [letters(t) for t in g["text"]] for p, g in passages.groupby("doc_id")}
    out = {}
    for one in texts:
        for two in texts:
            grams = {t[i : i + length] for t in texts[two] for i in range(len(t) - length + 1)}
            total = 0
            for t in texts[one]:
                inside = np.zeros(len(t), dtype=bool)
                for i in range(len(t) - length + 1):
                    if t[i : i + length] in grams:
                        inside[i : i + length] = True
                total += int(inside.sum())
            out[one, two] = total
    return out


@pytest.mark.parametrize("length", [1, 2, 3, 5, 8])
def test_shared_letters_agree_with_brute_force(length: int) -> None:
    rng = np.random.default_rng(length)
    words = ["".join(rng.choice(list("水土保持,。率"), 40)) for _ in range(12)]
    passages = passages_of(*(f"{'abc'[i % 3]}:{w}" for i, w in enumerate(words)))
    found = reuse.compare_plans(passages, lengths=[length])
    expected = cover(passages, length)
    assert len(found) == 6
    for row in found.itertuples():
        assert row.shared == expected[row.doc_id, row.other]


def runs_between(passages: pd.DataFrame, length: int) -> list[tuple[str, str, str, str]]:
    """Runs of every two plans, one pair after the other: tasks, letters, letters of the twin."""
    texts = {p: dict(zip(g["task_id"], g["text"].map(letters), strict=True))
        for p, g in passages.groupby("doc_id")}  # fmt: skip
    out = []
    for one, two in permutations(texts, 2):
        first: dict[str, tuple[str, int]] = {}
        for task, text in texts[two].items():
            for i in range(len(text) - length + 1):
                first.setdefault(text[i : i + length], (task, i))
        for task, text in texts[one].items():
            found = [first.get(text[i : i + length]) for i in range(len(text) - length + 1)]
            hits = [(i, *twin) for i, twin in enumerate(found) if twin]
            ranked = [(i, task, place, rank) for rank, (i, task, place) in enumerate(hits)]
            # one run: the same task, and letter and twin step by one
            for _, run in groupby(ranked, lambda h: (h[1], h[2] - h[0], h[0] - h[3])):
                places = [hit[0] for hit in run]
                words = text[places[0] : places[-1] + length]
                twin, start = found[places[0]]
                out.append((task, twin, words, texts[two][twin][start : start + len(words)]))
    return sorted(out)


@pytest.fixture(scope="module")
def many(plans: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The tasks of the five plans as if every five were a plan."""
    passages = plans["passages"]
    fives = passages.groupby("doc_id").cumcount() // 5
    return passages.assign(doc_id=passages["doc_id"] + "_" + fives.astype(str))


@pytest.mark.parametrize("at_once", [1, 1000, 10**6])
def test_the_index_finds_what_comparing_every_two_plans_finds(
    many: pd.DataFrame, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = {ends: n for ends, n in cover(many, 13).items() if ends[0] != ends[1]}
    assert 0 < sum(map(bool, pairs.values())) < len(pairs) / 4
    monkeypatch.setattr(reuse, "_AT_ONCE", at_once)
    for most, listed in ((300, pairs), (10, {ends: n for ends, n in pairs.items() if n})):
        monkeypatch.setattr(reuse, "EVERY_PAIR", most)
        found = reuse.compare_plans(many, lengths=[13]).set_index(["doc_id", "other"])
        assert found["shared"].to_dict() == listed
    runs = reuse.shared_runs(many)
    told = runs[["task_id", "twin_task_id"]].assign(
        text=runs["text"].map(letters), twin_text=runs["twin_text"].map(letters)
    )
    assert sorted(told.itertuples(index=False, name=None)) == runs_between(many, 13)


def test_many_plans_may_share_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reuse, "EVERY_PAIR", 1)
    passages = passages_of("a:水土", "b:保持")
    found = reuse.compare_plans(passages, lengths=[2, 3])
    assert found.empty
    pairs = found.rename(columns={"other": "other_id"})
    pairs = pairs.assign(same_county=True, same_city=True, days=0)
    assert schema.PLAN_DYADS.validate(pairs).empty
    assert reuse.shared_runs(passages, shortest=2).empty


def test_the_runs_of_one_task_are_those_among_all(many: pd.DataFrame) -> None:
    runs = reuse.shared_runs(many)
    task = runs["task_id"].iloc[-1]
    alone = reuse.shared_runs(many, task_id=task)
    own = runs[runs["task_id"].eq(task)].reset_index(drop=True)
    assert len(own) > 1
    pd.testing.assert_frame_equal(alone, own)


def test_plans_that_share_nothing_are_not_compared() -> None:
    tables = dict(zip(growth.TABLES, load.tables(*growth.TABLES), strict=True))
    rows = []
    for size in (360, 720, 1440):
        passages = growth.disguise(growth.enlarge(tables, size)["tasks"])
        index = reuse._index_runs(found := reuse._read_letters(passages), 13)
        rows.append(sum(len(letter) for letter, _, _ in reuse._list_twins(found, index)))
    assert 1.8 < rows[1] / rows[0] < 2.2
    assert 1.8 < rows[2] / rows[1] < 2.2


def test_few_rows_are_held_at_once(many: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    found = reuse._read_letters(many)
    index = reuse._index_runs(found, 5)
    monkeypatch.setattr(reuse, "_AT_ONCE", 1)
    tasks = [len(letter) for letter, _, _ in reuse._list_twins(found, index)]
    monkeypatch.setattr(reuse, "_AT_ONCE", 2 * max(tasks))
    pieces = [len(letter) for letter, _, _ in reuse._list_twins(found, index)]
    assert sum(pieces) == sum(tasks)
    assert len(tasks) > 300
    assert max(tasks) < max(pieces) <= 2 * max(tasks)


def test_a_run_needs_a_letter() -> None:
    with pytest.raises(PlanError, match="0 letters"):
        reuse.compare_plans(passages_of("a:水", "b:水"), lengths=[0])


def test_the_two_plans_of_one_city_share_a_third_and_no_others(
    plans: dict[str, pd.DataFrame],
) -> None:
    share = reuse.compare_plans(plans["passages"]).set_index(["shortest", "doc_id", "other"])
    at_13 = share.loc[13, "share"]
    city = {"zhoucun-2023", "zichuan-2023"}
    inside = [set(pair) == city for pair in at_13.index]
    assert at_13[inside].between(0.28, 0.32).all()
    assert at_13[np.logical_not(inside)].between(0.005, 0.035).all()
    longer = [share.loc[n, "shared"] for n in (8, 13, 20)]
    assert (longer[0] > longer[1]).all()
    assert (longer[1] >= longer[2]).all()


def test_reach_holds_every_letter_once(plans: dict[str, pd.DataFrame]) -> None:
    stretches = reuse.split_by_reach(plans["passages"], plans["documents"])
    joined = stretches.groupby("task_id")["text"].agg("".join).map(letters)
    expected = plans["passages"].set_index("task_id")["text"].map(letters)
    pd.testing.assert_series_equal(joined, expected.sort_index(), check_names=False)
    assert stretches["n_chars"].equals(stretches["text"].map(letters).str.len())
    alone = plans["documents"].drop_duplicates("city", keep=False)["doc_id"]
    assert not stretches.loc[stretches["doc_id"].isin(alone), "reach"].eq("city").any()


def test_reach_tells_city_from_beyond() -> None:
    texts = ["a:甲乙丙丁戊己,庚辛", "b:甲乙丙", "c:甲乙丙,丁戊己"]
    found = reuse.split_by_reach(passages_of(*texts), DOCUMENTS, shortest=3)
    rows = found.loc[found["doc_id"].eq("a-2023"), ["text", "reach"]].to_numpy().tolist()
    assert rows == [["甲乙丙", "city"], ["丁戊己", "other"], ["庚辛", "local"]]


def test_counties_under_no_city_are_of_none() -> None:
    passages = passages_of("a:甲乙丙", "b:甲乙丙", "c:丁戊己")
    found = reuse.split_by_reach(passages, DOCUMENTS.assign(city=["", "", "海州市"]), shortest=3)
    assert found["reach"].tolist() == ["other", "other", "local"]


def test_reach_is_the_nearest_of_all_runs(many: pd.DataFrame) -> None:
    documents = pd.DataFrame({"doc_id": many["doc_id"].unique()})
    documents["city"] = documents["doc_id"].str.rsplit("_", n=1).str[1]
    city = documents.set_index("doc_id")["city"]
    runs = reuse.shared_runs(many)
    expected: dict[str, dict[int, int]] = {task: {} for task in many["task_id"]}
    for run in runs.itertuples():
        near = int(city[run.doc_id] != city[run.twin_doc_id])
        held = expected[run.task_id]
        for place in range(run.char_start, run.char_end):
            held[place] = min(near, held.get(place, 1))
    for stretch in reuse.split_by_reach(many, documents).itertuples():
        reaches = {expected[stretch.task_id].get(p, 2) for p in (stretch.char_start,
            stretch.char_end - 1)}  # fmt: skip
        assert reaches == {reuse.REACHES.index(stretch.reach)}


# --- figures --------------------------------------------------------------------------------

FIGURES = [
    (plots.shared_matrix, ("documents", "tasks")),
    (plots.local_share, ("documents", "tasks")),
    (same_sentences, ("documents", "tasks", "quantities")),
]


@pytest.mark.parametrize(("draw", "needs"), FIGURES, ids=lambda p: getattr(p, "__name__", ""))
def test_figures(draw: object, needs: tuple[str, ...], plans: dict[str, pd.DataFrame]) -> None:
    drawn = [draw(*(plans[n] for n in needs), language=language) for language in ("zh", "en")]
    for figure, data in drawn:
        assert isinstance(figure, Figure)
        assert not any(set("{}") & set(t.get_text()) for t in figure.texts)
        assert len(data)
        plt.close(figure)
    pd.testing.assert_frame_equal(drawn[0][1], drawn[1][1])


@pytest.mark.parametrize("n_plans", [1, 2])
def test_figures_of_few_plans(n_plans: int, plans: dict[str, pd.DataFrame]) -> None:
    documents = plans["documents"].head(n_plans)
    tasks = plans["tasks"][plans["tasks"]["doc_id"].isin(documents["doc_id"])]
    quantities = plans["quantities"][plans["quantities"]["task_id"].isin(tasks["task_id"])]
    for draw, needs in FIGURES:
        tables = {"documents": documents, "tasks": tasks, "quantities": quantities}
        if n_plans == 1:
            with pytest.raises(PlanError, match=r"one plan|no sentence"):
                draw(*(tables[n] for n in needs))
        else:
            figure, _ = draw(*(tables[n] for n in needs))
            assert "nan" not in figure.texts[0].get_text()
    plt.close("all")


def test_local_shares_add_up(plans: dict[str, pd.DataFrame]) -> None:
    figure, data = plots.local_share(plans["documents"], plans["tasks"])
    plt.close(figure)
    assert np.allclose(data.groupby("doc_id")["share"].sum(), 1)
    shares = data.set_index(["doc_id", "reach"])["share"]
    assert shares["zhoucun-2023", "city"] > 0.28
    assert shares["chengyang-2023", "city"] == 0


def test_strings_have_keys_of_their_own() -> None:
    rows = read_rows(TEXTS / "reuse.csv")
    assert all(row["key"].startswith("reuse_") for row in rows)
    assert len({row["key"] for row in rows}) == len(rows)
