"""Shared text: small texts first, then the five plans, then the figures."""

import numpy as np
import pandas as pd
import pytest
from conftest import EXPECTED
from invented import DOCUMENTS, passages_of
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from walk import walk

from analysis.charts import shared_text as plots
from analysis.charts.shared_text import same_sentences
from analysis.errors import PlanError
from analysis.lexicon import read_rows
from analysis.shared_text import runs as reuse
from analysis.study import REPOSITORY, TEXTS
from analysis.text import fold_width, read_text


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
                    inside[i : i + length] |= t[i : i + length] in grams
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
