"""Shared text, same sentences, counterparts: small texts first, then the five plans."""

import re
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from analysis import alignment, load, reuse
from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.numerals import read_numbers
from analysis.paths import LABELS, RAW
from analysis.plots import reuse as plots
from analysis.quantities import read_quantities
from analysis.text import fold_width, read_text

DOCUMENTS = pd.DataFrame(
    {
        "doc_id": ["a-2023", "b-2023", "c-2023"],
        "county": ["青山县", "白河区", "红岭市"],
        "city": ["云州市", "云州市", "海州市"],
        "doc_number": ["青政〔2023〕1号", "白政〔2023〕2号", "红政〔2023〕3号"],
        "year": [2023, 2023, 2023],
    }
)


def passages_of(*texts: str) -> pd.DataFrame:
    """Passages of texts such as ``a:…``: plan and text; each passage starts at offset 100."""
    rows = []
    for number, item in enumerate(texts, 1):
        plan, text = item.split(":", 1)
        task = f"{plan}-2023-{number:02d}"
        rows.append((task, f"{plan}-2023", 100, 100 + len(text), text))
    return pd.DataFrame(rows, columns=["task_id", "doc_id", "char_start", "char_end", "text"])


def letters(text: str) -> str:
    return "".join(c for c in fold_width(text).lower() if c.isalnum())


@pytest.fixture(scope="module")
def plans() -> dict[str, pd.DataFrame]:
    names = ("documents", "tasks", "quantities")
    found = dict(zip(names, load.tables(*names), strict=True))
    found["passages"] = reuse.read_passages(found["documents"], found["tasks"])
    return found


@pytest.fixture(scope="module")
def pairs(plans: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return reuse.align_sentences(plans["passages"], plans["documents"], plans["quantities"])


@pytest.fixture(scope="module")
def twins(plans: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return alignment.counterparts(plans["tasks"], plans["documents"])


# --- passages -------------------------------------------------------------------------------


def test_passages_are_title_and_text_of_every_task(plans: dict[str, pd.DataFrame]) -> None:
    files = plans["documents"].set_index("doc_id")["source_file"]
    texts = {doc_id: read_text(RAW / name) for doc_id, name in files.items()}
    assert len(plans["passages"]) == 360
    for p, t in zip(plans["passages"].itertuples(), plans["tasks"].itertuples(), strict=True):
        assert texts[p.doc_id][p.char_start : p.char_end] == p.text
        assert p.text.startswith(t.title)
        assert p.text.endswith(t.text)


def test_passages_refuse_a_table_of_another_age(plans: dict[str, pd.DataFrame]) -> None:
    tasks = plans["tasks"].copy()
    tasks.loc[3, "char_end"] -= 1
    with pytest.raises(PlanError, match=re.escape(tasks.loc[3, "task_id"])):
        reuse.read_passages(plans["documents"], tasks)


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


@pytest.mark.parametrize(("texts", "shortest", "expected"), RUNS)
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


# --- same sentence --------------------------------------------------------------------------

# Two sentences, one of 青山县 and one of 白河区, and what keeps them apart.
SENTENCES = [
    ("新增市级以上绿色工厂3家。", "年内新增市级以上绿色工厂5家以上。", ""),
    ("新增市级以上绿色工厂3家。", "新增省级以上绿色工厂3家。", "level"),
    ("新增市级以上绿色工厂3家。", "新增市级绿色工厂3家。", "level"),
    ("新增绿色工厂3家。", "新增市级以上绿色工厂3家。", "level"),
    ("全县粮食播种面积稳定在20万亩以上。", "确保全区粮食播种面积不低于300公顷。", ""),
    ("全县粮食播种面积稳定在20万亩以上。", "全市粮食播种面积稳定在20万亩以上。", "area"),
    ("青山县粮食播种面积稳定在20万亩。", "云州市白河区粮食播种面积稳定在30万亩。", ""),
    ("新增规上工业企业12家。", "新增工业企业12家。", "scope"),
    ("新增规上工业企业12家。", "年内新增规模以上工业企业30家。", ""),
    ("农村生活垃圾无害化处理率达到95%。", "生活垃圾无害化处理率达到95%。", "scope"),
    ("新增光伏装机容量3万千瓦。", "完成光伏装机容量3万千瓦。", "new"),
    ("完成省定12个行政村生活污水治理任务。", "完成市定14个行政村生活污水治理任务。", "set by"),
    ("签约过亿元项目31个。", "签约过亿元项目47个。", ""),
    ("签约过亿元项目31个。", "签约过10亿元项目3个。", "threshold"),
    ("签约过亿元项目31个。", "开工过亿元项目47个。", "stage"),
    ("初次信访事项一次性化解率达到95%。", "信访事项一次性化解率达到95%。", "stage"),
    ("新建乡镇商贸中心、物流配送中心2个。", "新建乡镇商贸中心2个。", "list"),
    ("高新技术企业达到150家。", "高新技术企业增长15%。", "measure"),
]


def statements(*sentences: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Passages and quantities of sentences of 青山县, 白河区, 红岭市 in turn."""
    passages = passages_of(*(f"{'abc'[i % 3]}:题目。{s}" for i, s in enumerate(sentences)))
    found = []
    for p in passages.itertuples():
        text = " " * 100 + p.text
        task = pd.DataFrame(
            [{"task_id": p.task_id, "char_start": 100, "char_end": len(text), "clause": None}]
        )
        folded = fold_width(text)
        found.append(read_quantities(text, folded, task, read_numbers(folded)[0]))
    return passages, pd.concat(found, ignore_index=True)


@pytest.mark.parametrize(("one", "two", "reason"), SENTENCES)
def test_sentences(one: str, two: str, reason: str) -> None:
    passages, quantities = statements(one, two)
    found = reuse.align_sentences(passages, DOCUMENTS, quantities, floor=0.2)
    assert found["reason"].str.partition(", ")[0].tolist() == [reason]
    assert found["same"].tolist() == [not reason]


def test_numbers_of_one_clause_find_their_own_twins() -> None:
    passages, quantities = statements(
        "科技型中小企业和高新技术企业数量达到150家和144家。",
        "高新技术企业和科技型中小企业数量分别达到170家和175家。",
    )
    found = reuse.align_sentences(passages, DOCUMENTS, quantities)
    same = found[found["same"]]
    assert sorted(zip(same["text"], same["twin_text"], strict=True)) == [
        ("144家", "170家"),
        ("150家", "175家"),
    ]


def test_equal_compares_values_and_not_words() -> None:
    passages, quantities = statements("新增绿色建筑10公顷。", "新增绿色建筑10万平方米以上。")
    found = reuse.align_sentences(passages, DOCUMENTS, quantities)
    assert found["equal"].tolist() == [True]
    assert found["unit"].tolist() == ["m2"]


def test_no_pair_above_the_floor_is_missed(plans: dict[str, pd.DataFrame]) -> None:
    rows = reuse._read_statements(plans["passages"], plans["documents"], plans["quantities"])
    found = set(reuse._find_candidates(rows, 0.5))
    missed = [
        (i, j)
        for j, two in enumerate(rows)
        for i, one in enumerate(rows[:j])
        if one["doc_id"] != two["doc_id"]
        and reuse._dice(one["things"], two["things"]) >= 0.5
        and (i, j) not in found
    ]
    assert missed == []
    assert len(found) < 0.1 * len(rows) ** 2 / 2


def test_pairs_lead_to_their_words(plans: dict[str, pd.DataFrame], pairs: pd.DataFrame) -> None:
    files = plans["documents"].set_index("doc_id")["source_file"]
    texts = {doc_id: read_text(RAW / name) for doc_id, name in files.items()}
    known = plans["quantities"].set_index("quantity_id")["text"]
    for side in ("", "twin_"):
        for row in pairs.itertuples():
            doc_id, start, end, clause, quantity, text = (
                getattr(row, side + c)
                for c in ("doc_id", "char_start", "char_end", "clause", "quantity_id", "text")
            )
            assert texts[doc_id][start:end] == clause
            assert known[quantity] == text
    assert (pairs["doc_id"] < pairs["twin_doc_id"]).all()


def test_same_sentences_are_right_by_eye(pairs: pd.DataFrame) -> None:
    score = alignment.measure_precision(pairs[pairs["same"]], "same_sentence_pairs").iloc[0]
    assert score["judged"] >= 60
    assert score["judged"] >= 0.95 * score["found"], "read the new pairs and add them"
    assert score["precision"] >= 0.95
    assert score["missed"] <= 0.2 * (score["yes"] + score["missed"])


# --- counterparts ---------------------------------------------------------------------------


def test_every_task_has_one_counterpart_in_each_other_plan(twins: pd.DataFrame) -> None:
    home = twins["task_id"].str.rsplit("-", n=1).str[0]
    assert len(twins) == 360 * 4
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
    score = alignment.measure_precision(first, "task_counterparts").iloc[0]
    assert score["judged"] >= 57, "read the new first matches and add them"
    assert score["precision"] >= 0.8
    assert score["no"] <= 2


def test_the_index_finds_what_a_full_search_finds(
    plans: dict[str, pd.DataFrame], twins: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in ("_HEAVIEST", "_POSTINGS", "_BREADTH"):
        monkeypatch.setattr(alignment, bound, 10**6)
    full = alignment.counterparts(plans["tasks"], plans["documents"])
    both = full.merge(twins, on=["task_id", "doc_id"], suffixes=("", "_index"))
    same = both["counterpart_id"].eq(both["counterpart_id_index"])
    assert same.mean() > 0.99
    assert both.loc[~same, "score"].max() < alignment.WEAKEST


def test_order_of_the_table_does_not_matter(
    plans: dict[str, pd.DataFrame], twins: pd.DataFrame
) -> None:
    mixed = plans["tasks"].sample(frac=1, random_state=3)
    found = alignment.counterparts(mixed, plans["documents"])
    keys = ["task_id", "doc_id"]
    left, right = (x.set_index(keys).sort_index() for x in (twins, found))
    assert left["counterpart_id"].equals(right["counterpart_id"])


@pytest.mark.parametrize("table", ["counterparts", "side_by_side"])
def test_an_unknown_task_is_named(plans: dict[str, pd.DataFrame], table: str) -> None:
    with pytest.raises(PlanError, match="nowhere-2023-01"):
        getattr(alignment, table)(plans["tasks"], plans["documents"], task_id="nowhere-2023-01")


def test_one_task_gives_its_own_rows(plans: dict[str, pd.DataFrame], twins: pd.DataFrame) -> None:
    found = alignment.counterparts(
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
    (terms,) = alignment._shared_terms(here, [there], rarity)
    assert set(terms.split("、")) - {""} == expected


def test_side_by_side_leaves_a_weak_counterpart_out(plans: dict[str, pd.DataFrame]) -> None:
    found = alignment.side_by_side(plans["tasks"], plans["documents"], "zhoucun-2023-30")
    assert list(found.columns) == ["周村区", "滕州市", "淄川区", "城阳区", "兖州区"]
    assert found["兖州区"].eq("").all()
    assert set(found.loc["title"].iloc[:4]) == {"打好深度节水控水攻坚战"}
    every = alignment.side_by_side(plans["tasks"], plans["documents"], "zhoucun-2023-30", weakest=0)
    assert every.loc["text"].ne("").all()


# --- cost -----------------------------------------------------------------------------------


def test_enlarged_tasks_differ(plans: dict[str, pd.DataFrame]) -> None:
    many, held = alignment.enlarge(plans["tasks"], plans["documents"], 1000)
    assert len(many) == 1000
    assert many["task_id"].is_unique
    assert set(many["doc_id"]) == set(held["doc_id"])
    assert many["text"].duplicated().mean() < 0.02
    again, _ = alignment.enlarge(plans["tasks"], plans["documents"], 1000)
    assert many["text"].equals(again["text"])


def test_candidates_per_task_are_bounded(plans: dict[str, pd.DataFrame]) -> None:
    many, held = alignment.enlarge(plans["tasks"], plans["documents"], 3000)
    vectors, _ = alignment._weigh(alignment._fold_texts(many, held))
    homes = many["doc_id"].astype("category").cat.codes.to_numpy()
    found = alignment._find_candidates(vectors, homes)
    assert found["task"].value_counts().max() == alignment._BREADTH
    heavy = alignment._keep_heaviest(vectors, alignment._HEAVIEST)
    index = alignment._keep_heaviest(heavy.T.tocsr(), alignment._POSTINGS)
    assert np.diff(index.indptr).max() == alignment._POSTINGS


@pytest.mark.slow
def test_time_grows_with_the_tasks_and_no_faster(plans: dict[str, pd.DataFrame]) -> None:
    growth = alignment.measure_growth(plans["tasks"], plans["documents"], sizes=[1250, 10_000])
    assert growth["n_tasks"].tolist() == [1250, 10_000]
    assert growth["ratio"].iloc[-1] < 2.5  # eight would be quadratic


# --- sentences as a chart, text as a page ---------------------------------------------------

LABEL = [
    ("控制在3.05亿立方米以内", "le", "≤3.05亿立方米"),
    ("300个以上", "ge", "≥300个"),
    ("突破1700家", "ge", "≥1700家"),
    ("52%左右", "approx", "≈52%"),
    ("不少于1000户", "ge", "≥1000户"),
    ("4560 个", "eq", "4560个"),
    ("2—3家", "range", "2—3家"),
    ("三条", "eq", "三条"),
]


@pytest.mark.parametrize(("text", "bound", "label"), LABEL)
def test_labels(text: str, bound: str, label: str) -> None:
    assert plots._label(text, bound) == label


def test_sentences_are_no_chains() -> None:
    ends = [("a-1", "b-1"), ("b-1", "c-1"), ("a-2", "b-2"), ("b-2", "c-2"), ("a-2", "c-2")]
    same = pd.DataFrame(ends, columns=["quantity_id", "twin_quantity_id"])
    groups = plots._gather(same)
    assert groups["a-1"] == groups["b-1"] != groups["c-1"]
    assert groups["a-2"] == groups["b-2"] == groups["c-2"]


def test_every_sentence_stands_in_two_plans(
    plans: dict[str, pd.DataFrame], pairs: pd.DataFrame
) -> None:
    groups = plots.group_sentences(pairs, plans["quantities"])
    assert groups.groupby("sentence")["doc_id"].nunique().min() >= 2
    assert not groups.duplicated(["sentence", "doc_id"]).any()
    assert groups.groupby("sentence")["unit"].nunique().max() == 1 or set(
        groups.loc[groups["sentence"].isin(_mixed(groups)), "unit"]
    ) <= set("家个所处座项场名人位")
    assert groups.groupby("sentence")["of_highest"].max().between(0.8, 1).all()


def _mixed(groups: pd.DataFrame) -> pd.Index:
    counts = groups.groupby("sentence")["unit"].nunique()
    return counts.index[counts > 1]


FIGURES = [
    (plots.shared_matrix, ("documents", "tasks")),
    (plots.local_share, ("documents", "tasks")),
    (plots.same_sentences, ("documents", "tasks", "quantities")),
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
        if n_plans == 1 and draw is not plots.local_share:
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


def visible(html: str) -> str:
    """Text of a page without its marks."""
    bare = re.sub(r"<sup[^>]*>.*?</sup>", "", html)
    return unescape(re.sub(r"<[^>]+>", "", bare))


def test_coloured_text_is_the_text(plans: dict[str, pd.DataFrame]) -> None:
    html = plots.coloured_task(plans["documents"], plans["tasks"], "zhoucun-2023-31").data
    texts = plans["passages"].set_index("task_id")["text"]
    for task_id in ("zhoucun-2023-31", "zichuan-2023-31", "chengyang-2023-22", "yanzhou-2023-28"):
        assert texts[task_id] in visible(html)
    assert texts["tengzhou-2023-34"] not in visible(html)
    assert "周政办字〔2023〕17号" in html
    assert "background:" in html
    assert not re.search("<(script|style|link|img)", html)


def test_coloured_text_escapes(tmp_path: Path) -> None:
    body = "<script>alert('x')</script>&深入实施绿色建筑建设行动完善统一管理"
    documents = DOCUMENTS.head(2).assign(source_file=["a.txt", "b.txt"])
    rows = []
    for doc_id, name in zip(documents["doc_id"], documents["source_file"], strict=True):
        (tmp_path / name).write_text(f"1. 题目<b>。{body}", encoding="utf-8")
        rows.append((f"{doc_id}-01", doc_id, 1, "题目<b>", body, None, 0, 3 + len(body) + 6))
    columns = ["task_id", "doc_id", "task_no", "title", "text", "clause", "char_start", "char_end"]
    tasks = pd.DataFrame(rows, columns=columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reuse.read_passages, "__kwdefaults__", {"raw": tmp_path})
        html = plots.coloured_task(documents, tasks, "a-2023-01").data
    assert "<script" not in html
    assert "<b>" not in html
    assert f"题目<b>。{body}" in visible(html)
    page = plots.parallel_tasks(documents, tasks, "a-2023-01").data
    assert "<script" not in page


def test_coloured_text_of_a_task_without_twins(plans: dict[str, pd.DataFrame]) -> None:
    html = plots.coloured_task(plans["documents"], plans["tasks"], "chengyang-2023-01").data
    assert "没有与其他计划相同的连续13字" in html
    assert "border-bottom" not in html
    with pytest.raises(PlanError, match="nowhere"):
        plots.coloured_task(plans["documents"], plans["tasks"], "nowhere")


def test_parallel_tasks_stand_in_columns(plans: dict[str, pd.DataFrame]) -> None:
    html = plots.parallel_tasks(plans["documents"], plans["tasks"], "zhoucun-2023-30").data
    texts = plans["tasks"].set_index("task_id")["text"]
    for task_id in ("zhoucun-2023-30", "tengzhou-2023-33", "zichuan-2023-30"):
        assert texts[task_id] in unescape(html)
    assert html.count("无明显对应任务") == 1
    assert html.count("<tr>") == 8


# --- labels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["same_sentence_pairs", "task_counterparts"])
def test_labels_are_well_formed(name: str, plans: dict[str, pd.DataFrame]) -> None:
    judged = pd.read_csv(LABELS / f"{name}.csv", keep_default_na=False)
    assert set(judged["right"]) <= {"yes", "partly", "no"}
    assert judged.loc[judged["right"].ne("yes"), "note"].ne("").all()
    assert not judged.duplicated(list(judged.columns[:-2])).any()
    assert set(judged["task_id"]) <= set(plans["tasks"]["task_id"])
    assert len(judged) >= {"same_sentence_pairs": 100, "task_counterparts": 60}[name]


def test_judged_words_stand_in_their_tasks(plans: dict[str, pd.DataFrame]) -> None:
    judged = pd.read_csv(LABELS / "same_sentence_pairs.csv", keep_default_na=False)
    texts = plans["passages"].set_index("task_id")["text"]
    for side in ("", "twin_"):
        for row in judged.to_dict("records"):
            assert row[f"{side}clause"] in texts[row[f"{side}task_id"]]
            assert row[f"{side}text"] in row[f"{side}clause"]


def test_strings_have_keys_of_their_own() -> None:
    rows = read_lexicon("strings_reuse")
    assert all(row["key"].startswith("reuse_") for row in rows)
    assert len({row["key"] for row in rows}) == len(rows)
