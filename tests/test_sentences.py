"""The same sentence with another number: invented sentences first, then the five plans."""

import pandas as pd
import pytest
from invented import DOCUMENTS, passages_of
from walk import walk

from analysis.charts import shared_text as plots
from analysis.reading.intake import fold_text
from analysis.reading.numbers import read_numbers
from analysis.reading.quantities import read_quantities
from analysis.shared_text import counterparts, sentences
from analysis.study import LABELS, REPOSITORY
from analysis.text import read_text


@pytest.fixture(scope="module")
def pairs(plans: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return sentences.align_sentences(plans["passages"], plans["documents"], plans["quantities"])


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
    ("签约过亿元项目31个。", "签约过亿元项目47个。", ""),
    ("签约过亿元项目31个。", "签约过10亿元项目3个。", "threshold"),
    ("签约过亿元项目31个。", "开工过亿元项目47个。", "stage"),
    ("新建乡镇商贸中心、物流配送中心2个。", "新建乡镇商贸中心2个。", "list"),
    ("高新技术企业达到150家。", "高新技术企业增长15%。", "measure"),
]


def statements(*texts: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Passages and quantities of sentences of 青山县, 白河区, 红岭市 in turn."""
    passages = passages_of(*(f"{'abc'[i % 3]}:题目。{s}" for i, s in enumerate(texts)))
    found = []
    for p in passages.itertuples():
        text = " " * 100 + p.text
        plan = fold_text(text).solid
        words = {p.task_id: [(100, len(text))]}
        found.append(read_quantities(plan, words, read_numbers(plan.folded)[0]))
    return passages, pd.concat(found, ignore_index=True)


@walk(("one", "two", "reason"), SENTENCES)
def test_sentences(one: str, two: str, reason: str) -> None:
    passages, quantities = statements(one, two)
    found = sentences.align_sentences(passages, DOCUMENTS, quantities, floor=0.2)
    assert found["reason"].str.partition(", ")[0].tolist() == [reason]
    assert found["same"].tolist() == [not reason]


NOTED = [
    ("新增光伏装机容量3万千瓦。", "完成光伏装机容量3万千瓦。", "cumulative"),
    ("完成省定12个行政村生活污水治理任务。", "完成市定14个行政村生活污水治理任务。", "set_by"),
    ("初次信访事项一次性化解率达到95%。", "信访事项一次性化解率达到95%。", "narrower"),
    ("申报市级以上科技项目5项。", "争取市级以上科技项目30项。", "stage"),
]


def test_what_may_mislead_is_a_note_and_no_same_sentence() -> None:
    told = {}
    for one, two, note in NOTED:
        passages, quantities = statements(one, two)
        found = sentences.align_sentences(passages, DOCUMENTS, quantities, floor=0.2)
        if found[["same", "reason", "note"]].to_numpy().tolist() != [[False, "", note]]:
            told[one] = found[["same", "reason", "note"]].to_numpy().tolist()
    assert told == {}


def test_words_of_one_letter_are_no_fillers() -> None:
    idle, _ = sentences._fillers()
    assert idle.sub("", "力争年内为老服务") == "为老服务"
    assert all(len(word) > 1 for word in idle.pattern.split("|"))


def test_numbers_of_one_clause_find_their_own_twins() -> None:
    passages, quantities = statements(
        "科技型中小企业和高新技术企业数量达到150家和144家。",
        "高新技术企业和科技型中小企业数量分别达到170家和175家。",
    )
    found = sentences.align_sentences(passages, DOCUMENTS, quantities)
    same = found[found["same"]]
    assert sorted(zip(same["text"], same["twin_text"], strict=True)) == [
        ("144家", "170家"),
        ("150家", "175家"),
    ]


def test_equal_compares_values_and_not_words() -> None:
    passages, quantities = statements("新增绿色建筑10公顷。", "新增绿色建筑10万平方米以上。")
    found = sentences.align_sentences(passages, DOCUMENTS, quantities)
    assert found["equal"].tolist() == [True]
    assert found["unit"].tolist() == ["m2"]


def test_no_pair_above_the_floor_is_missed(plans: dict[str, pd.DataFrame]) -> None:
    rows = sentences._read_statements(plans["passages"], plans["documents"], plans["quantities"])
    found = set(sentences._find_candidates(rows, 0.5))
    missed = [
        (i, j)
        for j, two in enumerate(rows)
        for i, one in enumerate(rows[:j])
        if one["doc_id"] != two["doc_id"]
        and sentences.dice(one["things"], two["things"]) >= 0.5
        and (i, j) not in found
    ]
    assert missed == []
    assert len(found) < 0.1 * len(rows) ** 2 / 2


def test_pairs_lead_to_their_words(plans: dict[str, pd.DataFrame], pairs: pd.DataFrame) -> None:
    files = plans["documents"].set_index("doc_id")["source_file"]
    texts = {doc_id: read_text(REPOSITORY.raw / name) for doc_id, name in files.items()}
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
    score = counterparts.measure_precision(pairs[pairs["same"]], "same_sentence_pairs").iloc[0]
    assert score["judged"] >= 60
    assert score["judged"] >= 0.95 * score["found"], "read the new pairs and add them"
    assert score["precision"] >= 0.95
    assert score["missed"] <= 0.2 * (score["yes"] + score["missed"])


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


def test_judged_words_stand_in_their_tasks(plans: dict[str, pd.DataFrame]) -> None:
    judged = pd.read_csv(LABELS / "same_sentence_pairs.csv", keep_default_na=False)
    texts = plans["passages"].set_index("task_id")["text"]
    for side in ("", "twin_"):
        for row in judged.to_dict("records"):
            assert row[f"{side}clause"] in texts[row[f"{side}task_id"]]
            assert row[f"{side}text"] in row[f"{side}clause"]
