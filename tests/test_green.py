"""What the plans do about green development: fields, instruments, wording."""

import pandas as pd
import pytest

from analysis import load
from analysis.themes import instruments


def faults(cases, read):
    """Texts that are read otherwise than they should be: text, found, right."""
    found = [(text, read(text), right) for text, right in cases]
    return [case for case in found if case[1] != case[2]]


def test_fields():
    cases = [
        ("新增光伏装机3万千瓦", ["能源"]),
        ("PM2.5浓度完成市定目标", ["大气"]),
        ("年度用水总量控制在3亿立方米以内", ["水"]),
        ("生活垃圾无害化处理率达到95%", ["固废与土壤"]),
        ("完成造林绿化1000亩", ["生态"]),
        ("新增绿色建筑150万平方米", ["绿色建筑"]),
        ("新增新能源公交车20辆", ["绿色交通"]),
        ("建设充电桩720个", ["能源", "绿色交通"]),
        ("优化营商环境", []),
        ("培育绿色食品企业", []),
        ("水平位居前列", []),
        ("推进公共建筑节能改造", ["能源", "绿色建筑"]),
    ]
    assert faults(cases, instruments.find_fields) == []


def test_instruments():
    cases = [
        ("新建污水处理厂2座", ["建设", "治理"]),
        ("推动绿色城市建设发展", []),
        ("淘汰燃煤锅炉40台", ["压减"]),
        ("用水总量控制在3亿立方米以内", ["限制"]),
        ("严禁焚烧秸秆", ["限制"]),
        ("发放补贴500万元", ["资金与市场"]),
        ("开展执法检查", ["监管"]),
        ("倡导绿色出行", ["引导"]),
        ("编制水网规划", ["规划与制度"]),
        ("大力发展可再生能源", []),
    ]
    assert faults(cases, instruments.find_instruments) == []


def test_wording():
    cases = [
        ("确保断面水质达标", "刚性"),
        ("在确保安全生产的前提下", "平述"),
        ("严格执行能耗双控", "刚性"),
        ("力争完成100万亩", "力争"),
        ("鼓励企业购买绿电", "鼓励"),
        ("完成造林1000亩", "平述"),
        ("确保完成，力争超额", "刚性"),  # the hardest word counts
    ]
    assert faults(cases, instruments.grade_wording) == []
    assert instruments.strengths() == ["刚性", "平述", "力争", "鼓励"]


def test_every_row_has_a_reason_and_a_name():
    for name in [*instruments.fields(), *instruments.instruments(), *instruments.strengths()]:
        assert instruments.field_name(name) == name
        assert instruments.field_name(name, "en").isascii(), name


TASKS = pd.DataFrame(
    {
        "task_id": ["a-2024-01", "a-2024-02", "b-2024-01"],
        "doc_id": ["a-2024", "a-2024", "b-2024"],
        "theme": ["绿色低碳", "扩大内需", "绿色低碳"],
        "title": ["治理大气", "修路", "治理大气"],
        "text": ["淘汰锅炉3台，确保空气质量改善。", "新建公路。", "空气质量持续改善。"],
    }
)
QUANTITIES = pd.DataFrame(
    {
        "quantity_id": ["a-2024-01-q1"],
        "task_id": ["a-2024-01"],
        "text": ["3台"],
        "kind": ["target"],
        "indicator": ["淘汰燃煤锅炉"],
        "sentence": ["淘汰燃煤锅炉3台，确保空气质量改善"],
    }
)
PLEDGES = QUANTITIES.iloc[:0]


def test_clauses_cut_at_every_mark_but_the_enumeration_comma():
    tasks = TASKS.iloc[:1].assign(text="淘汰锅炉、窑炉3台，确保空气质量改善；修路。")
    found = instruments.read_clauses(tasks)
    assert found["clause"].tolist() == ["治理大气", "淘汰锅炉、窑炉3台", "确保空气质量改善", "修路"]
    assert found["strength"].tolist() == ["平述", "平述", "刚性", "平述"]


def test_silence_mention_and_number_are_kept_apart():
    clauses = instruments.read_clauses(TASKS)
    found = instruments.cover_fields(TASKS, clauses, QUANTITIES, PLEDGES)
    stated = found.set_index(["field", "doc_id"])["stated"]
    assert stated["能源", "a-2024"] == "numbers"
    assert stated["大气", "a-2024"] == "mention"
    assert stated["大气", "b-2024"] == "mention"
    assert stated["水", "b-2024"] == "nothing"
    words = QUANTITIES.assign(task_id="b-2024-01", text="清零", indicator="重污染天气", sentence="")
    found = instruments.cover_fields(TASKS, clauses, QUANTITIES.iloc[:0], words)
    assert found.set_index(["field", "doc_id"]).at[("大气", "b-2024"), "stated"] == "pledge"


def test_shares_of_green():
    themes = TASKS[["task_id"]].assign(predicted_theme=["绿色低碳", "绿色低碳", ""])
    found = instruments.share_green(TASKS, themes, QUANTITIES)
    share = found.set_index(["doc_id", "by"])["share"]
    assert share["a-2024", "heading"] == 0.5
    assert share["a-2024", "words"] == 1
    assert share["b-2024", "words"] == 0
    assert share["a-2024", "targets"] == 1
    assert pd.isna(share["b-2024", "targets"]), "it has no target at all"
    assert instruments.is_green(TASKS, themes).tolist() == [True, True, True]


def test_shares_count_each_clause_once_a_grade():
    tasks, themes = load.tables("tasks", "themes")
    clauses = instruments.read_clauses(tasks[instruments.is_green(tasks, themes)])
    graded = instruments.count_strengths(clauses)
    assert graded["n"].sum() == len(clauses)
    assert graded.groupby("doc_id")["share"].sum().to_numpy() == pytest.approx(1)
    used = instruments.count_instruments(clauses)
    assert len(used) == 5 * len(instruments.instruments())
    assert used["share"].between(0, 1).all()
