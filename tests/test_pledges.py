"""Targets in words: what is pledged without a number, of what, and when."""

import pandas as pd

from analysis.lexicon import read_lexicon
from analysis.reading.documents import Document
from analysis.reading.intake import fold_text
from analysis.reading.pledges import find_pledges, read_pledges
from analysis.schema import MEANINGS

# sentence: words | meaning | indicator | due, one for each pledge
PLEDGES = {
    "村级快递服务站实现全覆盖。": "全覆盖|all|村级快递服务站|",
    "年底前建成区散煤动态清零。": "动态清零|none|建成区散煤|年底前",
    "农药使用量保持零增长。": "零增长|hold|农药使用量|",
    "力争五年内经营主体数量翻一番。": "翻一番|double|经营主体数量|五年内",
    "推动民营经济规模倍增。": "规模倍增|double|民营经济|",
    "到2026年,行政审批材料减半。": "减半|halve|行政审批材料|到2026年",
    "村卫生室数量只增不减。": "只增不减|hold|村卫生室数量|",
    "对困难家庭应保尽保,对重病患者应救尽救。": "应保尽保|all|困难家庭| 应救尽救|all|重病患者|",
    "完成上级下达的退耕还林任务。": "完成上级下达的退耕还林任务|external|退耕还林|",
    "完成省定煤炭消费压减目标。": "完成省定煤炭消费压减目标|external|煤炭消费压减|",
    "农村居民收入增速高于全省平均水平。": "高于全省平均水平|external|农村居民收入增速|",
    "外贸进出口保持稳定增长。": "稳定增长|grow|外贸进出口|",
    "全年实现生产安全零事故。": "零事故|none|生产安全|全年",
    "用水总量控制在市下达指标以内。": "控制在市下达指标以内|external|用水总量|",
    "列入计划的项目全部开工。": "全部开工|all|列入计划的项目|",
    # no pledge: schemes called after an aim, numbers, words that hold the same characters
    "开展欠薪清零行动。": "",
    "实施科技企业倍增计划。": "",
    "完成新增就业3000人的任务。": "",
    "覆盖率达到100%。": "",
    "办理零距离、服务零跑腿。": "",
    "推进“两清零一提标”工作。": "",
}


def read(sentence: str) -> str:
    rows = read_pledges(fold_text(sentence).solid, {"qingshan-2024-01": [(0, len(sentence))]})
    assert all(sentence[r.char_start : r.char_end] == r.text for r in rows.itertuples())
    return " ".join(f"{r.text}|{r.meaning}|{r.indicator}|{r.due}" for r in rows.itertuples())


def test_pledges_are_read() -> None:
    assert {s: read(s) for s in PLEDGES} == PLEDGES


def test_every_meaning_has_a_pattern_and_an_example() -> None:
    assert {r["meaning"] for r in read_lexicon("pledges")} == set(MEANINGS)
    shown = {w.split("|")[1] for want in PLEDGES.values() for w in want.split() if "|" in w}
    assert shown == set(MEANINGS)


def test_the_five_plans(tables: dict[str, pd.DataFrame], documents: dict[str, Document]) -> None:
    rows = tables["pledges"]
    assert len(rows) > 30
    for row in rows.itertuples():
        text = documents[row.task_id.rsplit("-", 1)[0]].text
        assert text[row.char_start : row.char_end] == row.text
    inside = tables["numerals"].query("account == 'pledge'")
    assert len(inside) >= 5


def test_cost_grows_with_the_text() -> None:
    for unit in ("应", "完成", "零", "全部"):
        assert find_pledges(unit * 20_000) == []


def test_of_words_that_overlap_the_first_and_longest_stand() -> None:
    text = "完成上级下达的全覆盖任务，实现动态清零。"
    assert [(text[a:b], meaning) for a, b, meaning in find_pledges(text)] == [
        ("完成上级下达的全覆盖任务", "external"),
        ("动态清零", "none"),
    ]
