"""The gate lets through what belongs together, refuses what only reads alike, and loses nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import read_figures
from walk import walk

from analysis import build, load, schema
from analysis.charts import coverage as coverage_plots
from analysis.charts import pack, style
from analysis.charts import targets as target_plots
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.reading.documents import Document
from analysis.study import PACKAGE
from analysis.targets import (
    compare,
    coverage,
    discover,
    gaps,
    indicators,
    measure,
    per_capita,
    qualifiers,
)
from analysis.targets.prepare import is_yearly_total

Tables = dict[str, pd.DataFrame]
# county -> tasks as (title, sentence)
Plans = dict[str, list[tuple[str, str]]]


@pytest.fixture(scope="module")
def five(tables: Tables) -> Tables:
    """Tables of the five plans, with their comparisons and coverage."""
    parts = [tables[n] for n in ("quantities", "tasks", "documents")]
    comparisons = compare.compare_targets(*parts)
    cover = coverage.read_coverage(comparisons, *parts)
    return tables | {"comparisons": comparisons, "coverage": cover}


@pytest.fixture
def invented() -> Callable[..., Tables]:
    """Make tables from invented plans: their sentences are read as those of real ones are."""

    def make(plans: Plans, years: dict[str, int] | None = None) -> Tables:
        quantities, tasks, documents = [], [], []
        for county, entries in plans.items():
            year = (years or {}).get(county, 2024)
            doc_id = f"{county}-{year}"
            documents.append({"doc_id": doc_id, "year": year, "county": f"{county}县", "city": ""})
            for number, (title, sentence) in enumerate(entries, 1):
                task_id = f"{doc_id}-{number:02d}"
                tasks.append(
                    {"task_id": task_id, "doc_id": doc_id, "task_no": number, "title": title,
                     "text": sentence, "clause": "", "char_start": 0,
                     "char_end": len(sentence)}
                )  # fmt: skip
                read = read_figures(sentence).assign(task_id=task_id)
                read["quantity_id"] = [f"{task_id}-q{k}" for k in range(1, len(read) + 1)]
                quantities.append(read)
        return {
            "quantities": pd.concat(quantities, ignore_index=True),
            "tasks": pd.DataFrame(tasks),
            "documents": pd.DataFrame(documents),
        }

    return make


def judge(tables: Tables) -> pd.DataFrame:
    return compare.compare_targets(tables["quantities"], tables["tasks"], tables["documents"])


def together(tables: Tables) -> dict[str, list[str]]:
    """Counties that stand beside each other, by indicator."""
    rows = judge(tables).query("comparable")
    counties = rows["doc_id"].str.rsplit("-", n=1).str[0]
    return {i: sorted(g) for i, g in counties.groupby(rows["indicator_id"])}


def one_each(**sentences: str) -> Plans:
    return {county: [("推进工作", sentence)] for county, sentence in sentences.items()}


# --- qualifiers -----------------------------------------------------------------------------


@walk(
    ("phrase", "level"),
    [
        ("新增市级以上创新平台", "市级以上"),
        ("新增市级及以上创新平台", "市级以上"),
        ("新增市级创新平台", "市级"),
        ("新增省级以上创新平台", "省级以上"),
        ("争取省市级以上科技项目", "市级以上"),
        ("枣庄市级以上绿色工厂", "市级以上"),
        ("国家、省、市级高层次科技人才", "市级以上"),
        ("省、市级高层次科技人才", "省、市级"),
        ("新建省市级美丽乡村示范村", "省、市级"),
        ("国家级绿色制造名单", "国家级"),
        ("市、区重点项目", "市、区级"),
        ("县级重点项目", "区级"),
        ("自治区级重点实验室", "省级"),
        ("省重点项目", "省级"),
        ("全市专精特新企业", ""),
        ("城市居民小区垃圾分类覆盖率", ""),
        ("社区级别", ""),
        ("省外到位资金", ""),
        ("开发区重点工业项目", ""),
        ("市政道路项目", ""),
    ],
)
def test_levels(phrase: str, level: str) -> None:
    assert qualifiers.read_level(phrase) == level


@pytest.mark.parametrize("level", ["未注明", "国家级", "市级以上", "省级", "省、市级", "市、区级"])
def test_a_level_survives_its_way_through_an_id(level: str) -> None:
    name = f"innovation-platforms-new-{qualifiers.level_slug(level)}"
    concept, read = indicators.split_id(name)
    assert (concept.indicator_id, read) == ("innovation-platforms-new", {"level": level})
    assert level in indicators.indicator_name(name)


@pytest.mark.parametrize(
    ("phrase", "yuan"),
    [
        ("新引进过亿元项目", 1e8),
        ("投资亿元以上项目", 1e8),
        ("50亿元以上项目", 5e9),
        ("500万元以上工业技改项目", 5e6),
        ("营业收入超10亿企业", 1e9),
        ("年网络零售额千万元以上的电商企业", 1e7),
        ("税收过百万元的楼宇", 1e6),
        ("两千万元以上技改项目", 2e7),
        ("产值超百亿级产业集群", 1e10),
        ("5千万元及以上项目", 5e7),
        ("省外到位资金", 0),
        ("万人高价值发明专利拥有量", 0),
    ],
)
def test_thresholds(phrase: str, yuan: float) -> None:
    assert qualifiers.read_threshold(phrase) == yuan


@pytest.mark.parametrize(
    ("phrase", "title", "name", "scope"),
    [
        ("进出口总额", "推动开发区高质量发展", "外贸进出口总额", "开发区"),
        ("聚焦开发区重点工业项目完成投资", "扩大投资", "重点项目年度投资", "开发区"),
        ("镇(街道、开发区)养老服务中心覆盖率", "养老", "镇综合养老服务中心覆盖率", ""),
        ("农村生活垃圾无害化处理率", "环卫", "生活垃圾无害化处理率", "农村"),
        ("新改建农村公路", "交通", "新改建农村公路", ""),
        ("义务教育学校、乡村学校强校扩优覆盖率", "教育", "强校扩优行动覆盖率", ""),
        ("新建公办幼儿园", "教育", "新建改扩建幼儿园", "公办"),
        ("全区外贸进出口", "稳外贸", "外贸进出口总额", ""),
    ],
)
def test_parts_of_the_whole(phrase: str, title: str, name: str, scope: str) -> None:
    assert qualifiers.read_qualifiers(phrase, title=title, known=name).get("scope", "") == scope


@pytest.mark.parametrize(
    ("text", "pledge"),
    [
        ("实现城市居民小区垃圾分类全覆盖", "全覆盖"),
        ("完成市下达的建设任务", "完成市下达的建设任务"),
        ("黑臭水体动态清零", "动态清零"),
        ("网络零售增速高于全市平均水平", "高于全市平均水平"),
        ("用水总量控制在市下达的控制目标之内", "控制在市下达的控制目标之内"),
        ("做好煤电机组关停工作", ""),
        ("用水总量控制在8000万立方米之内", ""),
    ],
)
def test_pledges_without_a_number(text: str, pledge: str) -> None:
    assert indicators.find_pledge(text) == pledge


@pytest.mark.parametrize(
    ("sentence", "indicator", "pledge"),
    [
        ("居民人均可支配收入增速不低于GDP增速。", "gdp-growth", ""),
        ("确保GDP增速高于全市平均水平。", "gdp-growth", "高于全市平均水平"),
        ("完成万元GDP能耗下降市下达目标任务。", "gdp-growth", ""),
        (
            "完成万元GDP能耗下降市下达目标任务。",
            "energy-intensity-cut",
            "完成万元GDP能耗下降市下达目标",
        ),
        ("固定资产投资增幅高于全市平均水平。", "investment-growth", "高于全市平均水平"),
        ("固定资产投资增幅高于全市平均水平。", "investment-total", ""),
        ("不良贷款率继续优于全市平均水平。", "loans-growth", ""),
        ("事故起数和死亡人数“双下降”。", "accidents-cut", "双下降"),
    ],
)
def test_a_pledge_is_of_what_it_speaks_of(sentence: str, indicator: str, pledge: str) -> None:
    concept = next(i for i in indicators.read_indicators() if i.indicator_id == indicator)
    found = coverage._keyword(concept, [sentence.strip("。")], np.array([0]))
    assert found[1] == pledge


# --- the gate on invented plans -------------------------------------------------------------


def test_city_level_never_stands_beside_province_level(invented: Callable[..., Tables]) -> None:
    tables = invented(
        one_each(
            aa="新增市级以上创新平台10家。",
            bb="新培育市级以上创新平台9家。",
            cc="新增省级以上创新平台3家。",
            dd="力争新增省级及以上创新平台5家以上。",
            ee="新增市级创新平台4家。",
        )
    )
    assert together(tables) == {
        "innovation-platforms-new-city-up": ["aa", "bb"],
        "innovation-platforms-new-province-up": ["cc", "dd"],
    }
    rows = judge(tables).query("doc_id == 'ee-2024'")
    assert set(rows["reason"]) == {"level"}
    assert set(rows["detail"]) == {"市级 / 市级以上", "市级 / 省级以上"}


def test_a_total_never_stands_beside_new_ones(invented: Callable[..., Tables]) -> None:
    tables = invented(
        one_each(
            aa="高新技术企业数量达到144家。",
            bb="国家级高新技术企业总量突破1700家。",
            cc="新培育高新技术企业195家。",
            dd="新认定国家高新技术企业40家。",
        )
    )
    assert together(tables) == {
        "high-tech-firms": ["aa", "bb"],
        "high-tech-firms-new": ["cc", "dd"],
    }


def test_two_units_of_one_dimension_stand_together(invented: Callable[..., Tables]) -> None:
    tables = invented(
        one_each(
            aa="粮食产量稳定在6.6亿斤以上。",
            bb="粮食产量保持在5.5万吨以上。",
            cc="粮食播种面积稳定在20万亩以上。",
        )
    )
    rows = judge(tables).query("comparable").set_index("doc_id")
    assert list(rows.index) == ["aa-2024", "bb-2024"]
    assert rows["unit_base"].tolist() == ["kg", "kg"]
    assert rows["value_base_low"].tolist() == pytest.approx([3.3e8, 5.5e7])


def test_a_zone_is_a_part_and_not_the_county(invented: Callable[..., Tables]) -> None:
    plans = one_each(aa="外贸进出口总额突破200亿元。", bb="外贸进出口总额达到90亿元。")
    plans["cc"] = [("推动开发区高质量发展", "全年实现进出口总额120亿元以上。")]
    rows = judge(invented(plans)).set_index("doc_id")
    assert rows["comparable"].to_dict() == {"aa-2024": True, "bb-2024": True, "cc-2024": False}
    assert rows.loc["cc-2024", ["scope", "reason"]].tolist() == [
        "开发区",
        "scope",
    ]


def test_thresholds_have_to_agree(invented: Callable[..., Tables]) -> None:
    tables = invented(
        one_each(
            aa="新引进过亿元项目31个。",
            bb="招引亿元以上项目30个。",
            cc="招引50亿元以上项目1个。",
            dd="签约50亿元以上项目5个。",
        )
    )
    assert together(tables) == {
        "projects-over-100-million": ["aa", "bb"],
        "projects-over-5-billion": ["cc", "dd"],
    }


def test_a_threshold_that_others_do_not_name_keeps_a_figure_apart(
    invented: Callable[..., Tables],
) -> None:
    tables = invented(
        one_each(
            aa="实施工业技改项目50个。",
            bb="实施工业技改项目80个。",
            cc="实施500万元以上工业技改项目100个。",
        )
    )
    assert together(tables) == {"technical-upgrade-projects-no-level": ["aa", "bb"]}
    rows = judge(tables).query("doc_id == 'cc-2024'")
    assert rows[["reason", "detail"]].to_numpy().tolist() == [["threshold", "5000000"]]


def test_counts_of_unlike_things_stay_apart(invented: Callable[..., Tables]) -> None:
    tables = invented(
        one_each(
            aa="改造老旧小区41个、9117户。",
            bb="改造老旧小区27个、6424户。",
            cc="改造老旧小区10个片区。",
            dd="智慧社区覆盖率达到20%。",
            ee="新建智慧社区20个。",
        )
    )
    assert together(tables) == {
        "old-estates-renewed": ["aa", "bb"],
        "old-estate-households": ["aa", "bb"],
    }


def test_another_year_is_refused(invented: Callable[..., Tables]) -> None:
    plans = one_each(
        aa="新建口袋公园12处。",
        bb="新建口袋公园5处。",
        cc="新建口袋公园3处。",
        dd="到2025年,新建口袋公园30处。",
    )
    rows = judge(invented(plans, {"cc": 2023})).set_index("doc_id")
    assert rows.loc["cc-2023", ["reason", "detail"]].tolist() == ["one_county", ""]
    assert rows.loc["dd-2024", ["reason", "detail"]].tolist() == ["year", "2025 / 2024"]
    assert rows["comparable"].sum() == 2


def test_of_two_figures_the_total_stands(invented: Callable[..., Tables]) -> None:
    plans = one_each(aa="新建口袋公园12处。")
    plans["bb"] = [
        ("城市更新", "新建口袋公园4处。"),
        ("公园城市", "全年新建口袋公园9处。"),
    ]
    rows = judge(invented(plans)).set_index("quantity_id")
    assert rows.loc["bb-2024-02-q1", "comparable"]
    assert rows.loc["bb-2024-01-q1", ["reason", "detail"]].tolist() == ["second", "bb-2024-02-q1"]


def test_one_county_alone_is_no_comparison(invented: Callable[..., Tables]) -> None:
    rows = judge(invented(one_each(aa="新建口袋公园12处。", bb="新增城镇就业4000人。")))
    assert not rows["comparable"].any()
    assert set(rows["reason"]) == {compare.ONE_COUNTY}


@walk(
    ("sentence", "indicator"),
    [
        ("全年新认定国家高新技术企业60家。", "high-tech-firms-new"),
        ("高新技术企业达到320家以上。", "high-tech-firms"),
        ("新增市级以上科技创新平台6家。", "innovation-platforms-new-city-up"),
        ("引进青年人才5000人。", "young-talent-attracted"),
        ("每万人口高价值发明专利拥有量达到7.5件。", "high-value-patents"),
        ("新建改建农村公路60公里。", "rural-roads-built"),
        ("新建公共充电桩800个。", "ev-chargers-new"),
        ("新增水土流失治理面积15平方公里。", "soil-erosion-treated"),
        ("全县用水总量控制在2.1亿立方米以内。", "water-use-total"),
        ("城镇新建民用建筑中绿色建筑占比达到98%。", "green-building-share"),
        ("完成造林2000亩。", "afforestation"),
        ("改造老旧小区33个。", "old-estates-renewed"),
        ("新建口袋公园、街头游园8处。", "pocket-parks-built"),
        ("全县粮食播种面积稳定在110万亩以上。", "grain-area"),
        ("粮食总产量稳定在9亿斤以上。", "grain-output"),
        ("新建高标准农田4.5万亩。", "high-standard-farmland"),
        ("能繁母猪存栏稳定在2.2万头。", "breeding-sows"),
        ("新引进过亿元项目52个。", "projects-over-100-million"),
        ("城镇新增就业1.2万人。", "urban-jobs-new"),
        ("新改扩建幼儿园6所。", "kindergartens-built"),
        ("每千人口托位数达到4.5个。", "childcare-places-per-1000"),
        ("新增护理型床位300张。", "nursing-beds-new"),
        ("完成困难老年人家庭适老化改造600户。", "homes-adapted"),
        ("新增规上文化企业3家。", "culture-firms-new"),
        ("生活垃圾无害化处理率达到100%。", "waste-harmless-rate"),
    ],
)
def test_a_plan_nobody_has_seen_joins_the_five(
    sentence: str, indicator: str, five: Tables, invented: Callable[..., Tables]
) -> None:
    new = invented(one_each(qingshan=sentence), {"qingshan": 2023})
    merged = {
        name: pd.concat([five[name], new[name]], ignore_index=True)
        for name in ("quantities", "tasks", "documents")
    }
    rows = judge(merged).query("doc_id == 'qingshan-2023' and comparable")
    assert indicator in rows["indicator_id"].tolist()
    assert len(set(rows["concept"])) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "新建农产品批发市场2个。",
        "培训高新技术企业财务人员300人次。",
        "完成省级重点项目年度投资计划的95%。",
        "新增普惠性幼儿园学位900个。",
        "创建省级创新平台培育库。",
    ],
)
def test_what_only_reads_alike_is_not_let_in(
    sentence: str, five: Tables, invented: Callable[..., Tables]
) -> None:
    new = invented(one_each(qingshan=sentence), {"qingshan": 2023})
    merged = {
        name: pd.concat([five[name], new[name]], ignore_index=True)
        for name in ("quantities", "tasks", "documents")
    }
    assert judge(merged).query("doc_id == 'qingshan-2023' and comparable").empty


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("规上工业企业中有研发机构的企业占比达到40%。", "research-institutions-coverage"),
        ("农村公路路面状况提升改善30公里。", "road-surface-improved"),
        ("经常性参加体育锻炼人数占比达到41%。", "regular-exercise-share"),
    ],
)
def test_similarity_finds_a_wording_that_no_pattern_knows(
    sentence: str, concept: str, invented: Callable[..., Tables]
) -> None:
    rows = judge(invented(one_each(aa=sentence)))
    assert rows["concept"].tolist() == [concept]
    assert rows["match"].str.startswith("similarity ").all()


def test_plans_without_a_target_give_an_empty_table(five: Tables) -> None:
    attributes = five["quantities"].query("kind == 'attribute'")
    parts = [attributes, five["tasks"], five["documents"]]
    rows = compare.compare_targets(*parts)
    assert rows.columns.tolist() == five["comparisons"].columns.tolist()
    assert rows.empty
    assert compare.refused_pairs(rows).empty
    assert compare.comparable_pairs(rows).empty
    assert set(coverage.read_coverage(rows, *parts)["status"]) == {
        "no_number",
        "uncertain",
        "absent",
    }


# --- pairs of two invented counties, judged before the rules had seen them ------------------


def read_pairs(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(__file__).with_name(f"{name}.csv"), dtype="str")


def meetings(tables: Tables) -> dict[tuple[int, int], bool]:
    """Rows (of aa, of bb) that stand together, and whether with a note."""
    rows = judge(tables).query("comparable")
    rows = rows.assign(no=rows["quantity_id"].str.extract(r"-(\d+)-q")[0].astype(int))
    aa, bb = (rows[rows["doc_id"].str.startswith(c)] for c in ("aa", "bb"))
    both = aa.merge(bb, on=["indicator_id", "year"], suffixes=("", "_2"))
    noted = both["note"].ne("") | both["note_2"].ne("")
    return dict(zip(zip(both["no"], both["no_2"], strict=True), noted, strict=True))


def test_pairs_of_invented_counties(invented: Callable[..., Tables]) -> None:
    pairs = read_pairs("gate_pairs")
    met = {}
    for start in range(0, len(pairs), 25):  # of one indicator a plan has one figure that stands
        part = pairs[start : start + 25]
        plans = {
            county: [("推进工作", f"{sentence}。") for sentence in part[column]]
            for county, column in (("aa", "sentence_a"), ("bb", "sentence_b"))
        }
        met |= {
            (a + start, b + start): noted for (a, b), noted in meetings(invented(plans)).items()
        }
    allowed = {"same": {"same", "note"}, "note": {"note", "apart"}, "apart": {"apart"}}
    faults, needless = [], 0
    for n, pair in enumerate(pairs.itertuples(), 1):
        came = {None: "apart", False: "same", True: "note"}[met.get((n, n))]
        needless += pair.verdict == "same" and came == "note"
        if came not in allowed[pair.verdict]:
            faults.append((came, *pair[1:]))
    assert faults == []
    assert needless <= 0.1 * pairs["verdict"].eq("same").sum()


def test_usual_targets_of_two_counties_come_together(invented: Callable[..., Tables]) -> None:
    pairs = read_pairs("usual_targets")
    for part in (pairs[:50], pairs[50:90], pairs[90:]):
        plans = {
            county: [("推进工作", f"{sentence}。") for sentence in part[column]]
            for county, column in (("aa", "sentence_a"), ("bb", "sentence_b"))
        }
        met = meetings(invented(plans))
        assert [pair for pair in met if pair[0] != pair[1]] == []
        assert sum(pair[0] == pair[1] for pair in met) >= 0.95 * len(part)


# --- invariants over the five plans ---------------------------------------------------------


def test_what_stands_together_is_of_one_kind(five: Tables) -> None:
    rows = five["comparisons"].query("comparable")
    groups = rows.groupby("indicator_id")
    for column in ("unit_base", "level", "scope", "concept"):
        assert groups[column].nunique().max() == 1, column
    assert groups["doc_id"].nunique().min() >= 2
    assert not rows.duplicated(["indicator_id", "doc_id"]).any()
    concepts = {i: indicators.split_id(i)[0] for i in rows["indicator_id"]}
    strange = [
        r
        for r in rows.itertuples()
        if r.measure not in concepts[r.indicator_id].measures
        and not (r.measure in ("flow", "stock") and is_yearly_total(concepts[r.indicator_id].name))
    ]
    assert strange == []
    assert all(concepts[r.indicator_id].unit_base == r.unit_base for r in rows.itertuples())


def test_every_refusal_has_a_reason_and_nothing_else_has(five: Tables) -> None:
    rows = five["comparisons"]
    assert rows["comparable"].eq(rows["reason"].eq("")).all()
    assert not rows.duplicated(["indicator_id", "quantity_id"]).any()
    refused = rows.loc[~rows["comparable"], "reason"]
    assert [r for r in refused if r not in schema.REASONS] == []
    assert rows.loc[~rows["comparable"], "note"].eq("").all()
    targets = five["quantities"].query("kind == 'target'")["quantity_id"]
    assert rows["quantity_id"].isin(targets).all()


def test_seventy_indicators_stand_in_two_plans_or_more(five: Tables) -> None:
    rows = five["comparisons"].query("comparable")
    assert rows["indicator_id"].nunique() >= 70
    assert rows["concept"].nunique() >= 70


def test_no_pair_is_both_let_through_and_refused(five: Tables) -> None:
    ends = ["quantity_id_1", "quantity_id_2"]
    passed = compare.comparable_pairs(five["comparisons"])
    refused = compare.refused_pairs(five["comparisons"])
    assert passed.merge(refused, on=ends).empty
    assert not refused.duplicated(ends).any()
    counties = refused[ends].apply(lambda column: column.str.rsplit("-", n=2).str[0])
    assert counties[ends[0]].ne(counties[ends[1]]).all()
    assert refused["reason"].ne("").all()


def test_a_table_read_back_from_a_file_gives_the_same(five: Tables, tmp_path: Path) -> None:
    rows = five["comparisons"]
    data = build.to_csv(rows)
    (tmp_path / "comparisons.csv").write_bytes(data)
    (tmp_path / "datapackage.json").write_text(schema.datapackage({"comparisons": data}))
    again = load.table("comparisons", folder=tmp_path)
    for function in (compare.refused_pairs, compare.comparable_pairs):
        pd.testing.assert_frame_equal(function(again), function(rows), check_dtype=False)
    parts = [five[n] for n in ("quantities", "tasks", "documents")]
    cover = coverage.read_coverage(again, *parts).fillna({"note": ""})
    pd.testing.assert_frame_equal(cover, five["coverage"], check_dtype=False)


@walk(
    ("one", "two", "passes"),
    [
        ("zhoucun-2023-01-q1", "zichuan-2023-01-q1", True),  # 市级以上平台 9 and 10
        ("zhoucun-2023-01-q1", "tengzhou-2023-02-q2", False),  # 市级以上 against 省级以上
        ("tengzhou-2023-02-q2", "yanzhou-2023-01-q2", True),  # 省级以上 both
        ("zhoucun-2023-03-q2", "chengyang-2023-03-q1", True),  # 144 and 1700 in all
        ("zhoucun-2023-03-q2", "tengzhou-2023-04-q1", False),  # 144 in all, 195 new
        ("zichuan-2023-41-q3", "yanzhou-2023-51-q2", True),  # 吨 and 斤
        ("tengzhou-2023-55-q3", "yanzhou-2023-64-q1", False),  # a zone's trade
        ("zhoucun-2023-38-q2", "tengzhou-2023-26-q3", True),  # 户 and 户
        ("zhoucun-2023-38-q1", "tengzhou-2023-26-q1", False),  # 片区 and 小区
        ("yanzhou-2023-57-q2", "zhoucun-2023-38-q7", False),  # 农村 alone
        ("zhoucun-2023-58-q1", "zichuan-2023-59-q1", True),  # towns, and towns and streets
        ("yanzhou-2023-49-q1", "zhoucun-2023-37-q1", False),  # a count and a rate
        ("chengyang-2023-27-q1", "zichuan-2023-30-q1", True),  # 亿立方米 and 万立方米
    ],
)
def test_pairs_an_officer_would_ask_for(one: str, two: str, passes: bool, five: Tables) -> None:
    pairs = compare.comparable_pairs(five["comparisons"])
    found = {frozenset(p) for p in pairs[["quantity_id_1", "quantity_id_2"]].to_numpy()}
    assert (frozenset((one, two)) in found) is passes


def test_the_order_of_rows_changes_nothing(five: Tables) -> None:
    shuffled = [
        five[name].sample(frac=1, random_state=7) for name in ("quantities", "tasks", "documents")
    ]
    again = compare.compare_targets(*shuffled)
    pd.testing.assert_frame_equal(again, five["comparisons"])
    pd.testing.assert_frame_equal(
        coverage.read_coverage(again.sample(frac=1, random_state=3), *shuffled), five["coverage"]
    )


def test_the_committed_sample_is_right(five: Tables) -> None:
    """What a reader judged apart never stands, and what needs a note never stands without."""
    labels = compare.read_labels()
    assert labels["answer"].isin(["same", "note", "apart"]).all()
    assert not labels.duplicated(["quantity_id_1", "quantity_id_2"]).any()
    judged = compare.read_judged(five["comparisons"])
    assert len(judged) == len(compare.comparable_pairs(five["comparisons"])), "judge the new pairs"
    assert "apart" not in set(judged["answer"])
    assert judged.loc[judged["answer"] == "note", "note"].ne("").all()
    same = judged["answer"] == "same"
    assert same.sum() >= 0.97 * (labels["answer"] == "same").sum()
    assert judged.loc[same, "note"].ne("").mean() <= 0.1


def test_the_rules_find_what_was_judged_without_seeing_it(five: Tables) -> None:
    parts = [five[n] for n in ("quantities", "tasks", "documents")]
    judged = compare.read_judged(compare.compare_targets(*parts, judged=False))
    assert "apart" not in set(judged["answer"])
    assert judged.loc[judged["answer"] == "note", "note"].ne("").all()


def test_a_judgement_overrules_the_rules(five: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [five[n] for n in ("quantities", "tasks", "documents")]
    pair = ("zhoucun-2023-40-q1", "zichuan-2023-41-q1")  # 粮食播种面积 of two plans
    row = dict(zip(("quantity_id_1", "quantity_id_2"), pair, strict=True))
    row |= {"indicator_id": "grain-area", "departs": pair[1], "remark": "复种", "judge": ""}
    for answer, stands, note, reason in (
        ("note", True, "judged", ""),
        ("apart", False, "", "judged"),
    ):
        labels = pd.DataFrame([row | {"answer": answer}])
        monkeypatch.setattr(compare, "read_labels", lambda labels=labels: labels)
        rows = compare.compare_targets(*parts).query("indicator_id == 'grain-area'")
        told = rows.set_index("quantity_id").loc[
            pair[1], ["comparable", "note", "reason", "detail"]
        ]
        assert told.tolist() == [stands, note, reason, "复种"]


def test_without_its_rows_a_city_still_compares(five: Tables) -> None:
    parts = [five[n] for n in ("quantities", "tasks", "documents")]
    scores = measure.measure_comparing(*parts).set_index("left_out")
    assert scores.loc["none", "rows_off"] == 0
    assert scores.loc["the whole lexicon", "recall"] >= 0.8
    assert scores["precision"].min() >= 0.9
    assert scores["recall"].drop("the whole lexicon").min() >= 0.85
    cities = five["documents"]["city"]
    assert scores.loc[sorted(set(cities)), "same"].sum() == scores.loc["each city in turn", "same"]


# --- lexicon --------------------------------------------------------------------------------


@walk("concept", indicators.read_indicators(), ids=lambda c: c.indicator_id)
def test_an_indicator_is_fully_described(concept: indicators.Indicator) -> None:
    assert ("{level}" in concept.name) == ("{level}" in concept.name_en) == concept.by_level
    assert concept.theme in theme_names()
    assert indicators.unit_factor(concept.unit) > 0
    assert all((concept.definition, concept.unit_en, concept.aliases))
    assert all(c < "\u4e00" or c > "\u9fff" for c in concept.name_en)


def test_ids_and_names_are_unique() -> None:
    concepts = indicators.read_indicators()
    for texts in ([c.indicator_id for c in concepts], [c.name for c in concepts]):
        assert len(set(texts)) == len(texts)


def test_an_unknown_indicator_is_refused() -> None:
    with pytest.raises(PlanError, match="no indicator 'nonsense-city-up'"):
        indicators.split_id("nonsense-city-up")


def test_findings_are_made_from_rows_without_a_note_in_two_plans() -> None:
    rows = [
        ("x", 2023, "a", True, ""),
        ("x", 2023, "b", True, ""),
        ("x", 2023, "c", True, "stage"),
        ("y", 2023, "a", True, ""),
        ("y", 2024, "b", True, ""),
        ("z", 2023, "a", True, ""),
        ("z", 2023, "a", True, ""),
        ("z", 2023, "b", False, ""),
    ]
    columns = ["indicator_id", "year", "doc_id", "comparable", "note"]
    kept = compare.clean(pd.DataFrame(rows, columns=columns))
    assert kept[["indicator_id", "doc_id"]].to_numpy().tolist() == [["x", "a"], ["x", "b"]]


# --- coverage -------------------------------------------------------------------------------


def test_of_sentences_as_near_the_first_is_shown() -> None:
    concept = indicators.read_indicators()[0]
    words = [concept.name.format(level=""), "完全无关", concept.name.format(level="")]
    sentences = pd.DataFrame({"doc_id": ["a", "a", "a"], "folded": words})
    assert coverage._nearest({"x": concept}, sentences) == {("x", "a"): (0, 1.0)}


@walk(
    ("indicator", "county", "status", "words"),
    [
        ("5g-stations-new", "tengzhou", "value", "500个左右"),
        ("5g-stations-new", "yanzhou", "no_number", "完成济宁市下达的建设任务"),
        ("5g-stations-new", "zhoucun", "absent", ""),
        ("water-use-total", "zhoucun", "no_number", "控制在市下达的控制目标之内"),
        ("water-use-total", "yanzhou", "absent", ""),
        ("waste-sorting-coverage", "chengyang", "no_number", "全覆盖"),
        ("village-sewage-treated", "yanzhou", "no_number", "完成全部村庄生活污水治理任务"),
        ("combined-sewers-separated", "zichuan", "no_number", "清零"),
        ("disability-homes", "zichuan", "no_number", "全覆盖"),
        ("coal-units-closed", "tengzhou", "uncertain", ""),
        ("ultra-low-emission-firms", "yanzhou", "uncertain", ""),
        ("innovation-platforms-new-city-up", "tengzhou", "other", "3家以上"),
        ("breeding-sows", "zhoucun", "absent", ""),
        ("grain-area", "chengyang", "absent", ""),
        ("elder-visits-rate", "zichuan", "absent", ""),
    ],
)
def test_known_cells(indicator: str, county: str, status: str, words: str, five: Tables) -> None:
    cells = five["coverage"].set_index(["indicator_id", "doc_id"])
    cell = cells.loc[(indicator, f"{county}-2023")]
    assert (cell["status"], cell["evidence"]) == (status, words)
    assert pd.isna(cell["sentence"]) == (status == "absent")


def test_every_cell_is_there_once_and_leads_to_its_sentence(
    five: Tables, documents: dict[str, Document]
) -> None:
    cover = five["coverage"]
    assert len(cover) == cover["indicator_id"].nunique() * len(five["documents"])
    assert not cover.duplicated(["indicator_id", "doc_id"]).any()
    shown = cover[cover["sentence"].notna()]
    for row in shown.itertuples():
        cut = documents[row.doc_id].text[int(row.char_start) : int(row.char_end)]
        assert cut == row.sentence
        assert row.evidence in cut
    figures = shown[shown["quantity_id"].notna()].merge(
        five["quantities"][["quantity_id", "char_start", "char_end"]],
        on="quantity_id",
        suffixes=("", "_q"),
    )
    assert (figures["char_start"] <= figures["char_start_q"]).all()
    assert (figures["char_end"] >= figures["char_end_q"]).all()


def test_a_comparable_figure_is_a_stated_value(five: Tables) -> None:
    shown = five["comparisons"].query("comparable")[["indicator_id", "doc_id", "quantity_id"]]
    cells = shown.merge(five["coverage"], on=["indicator_id", "doc_id"], suffixes=("", "_c"))
    assert len(cells) == len(shown)
    assert cells["status"].eq("value").all()
    assert cells["quantity_id"].eq(cells["quantity_id_c"]).all()


def test_what_the_lexicon_does_not_know_is_grouped_by_its_own_words(five: Tables) -> None:
    parts = [five[n] for n in ("quantities", "tasks", "documents")]
    kept = [
        i for i in indicators.read_indicators() if i.indicator_id != "hazardous-waste-pass-rate"
    ]
    found = compare.compare_targets(*parts, lexicon=kept).query("match == 'same words'")
    assert set(found["quantity_id"]) == {"zhoucun-2023-27-q2", "zichuan-2023-27-q4"}
    assert found["comparable"].all()
    assert found["indicator_id"].str.startswith("found-").all()
    concept, _ = indicators.split_id(found["indicator_id"].iloc[0])
    assert (concept.unit, concept.theme) == ("%", "绿色低碳")


def test_every_target_is_compared_or_listed(five: Tables) -> None:
    unknown = discover.list_unknown(five["comparisons"], five["quantities"])
    known = set(five["comparisons"]["quantity_id"])
    targets = set(five["quantities"].query("kind == 'target'")["quantity_id"])
    assert known | set(unknown["quantity_id"]) == targets
    assert not known & set(unknown["quantity_id"])
    near = unknown.set_index("quantity_id")["near"]
    assert "高新技术企业数量" in near["chengyang-2023-03-q3"]


# --- denominators ---------------------------------------------------------------------------


def test_per_resident_figures_and_their_order(five: Tables) -> None:
    figures = per_capita.per_denominator(five["comparisons"], load.denominators())
    rows = figures.set_index(["indicator_id", "doc_id"])
    platforms = rows.loc["innovation-platforms-new-city-up"]
    assert platforms.loc["zhoucun-2023", "per_low"] == pytest.approx(9 / 407016 * 10_000)
    assert platforms.loc["chengyang-2023", ["rank_raw", "rank_per", "moved"]].tolist() == [1, 2, -1]
    blank = rows.xs("zichuan-2023", level="doc_id")
    assert blank[["per_low", "per_high", "rank_raw", "rank_per", "moved"]].isna().all(axis=None)
    assert "projects-over-100-million" not in per_capita.changed_order(figures)
    assert not figures["unit_base"].isin(["m", "m2"]).any()
    assert "green-building-share" not in figures["indicator_id"].tolist()


def test_a_table_of_ones_own_divides_too(five: Tables) -> None:
    own = pd.DataFrame(
        {"doc_id": ["zhoucun-2023", "zichuan-2023"], "area": [263.0, 960.0]}, index=[5, 9]
    )
    figures = per_capita.per_denominator(five["comparisons"], own, column="area", per=1)
    assert figures["denominator"].dropna().isin([263.0, 960.0]).all()
    with pytest.raises(PlanError, match="no column gdp"):
        per_capita.per_denominator(five["comparisons"], own, column="gdp")
    with pytest.raises(PlanError, match="zhoucun-2023 stands twice"):
        per_capita.per_denominator(five["comparisons"], pd.concat([own, own[:1]]), column="area")
    wrong = own.assign(area=[263.0, 0.0])
    with pytest.raises(PlanError, match="zichuan-2023 has no area above zero"):
        per_capita.per_denominator(five["comparisons"], wrong, column="area")


def test_gaps_keep_to_what_the_bounds_leave_known() -> None:
    cases = [
        (("eq", 10), ("eq", 40), (4.0, gaps.EQUAL)),
        (("approx", 10), ("eq", 40), (4.0, gaps.ABOUT)),
        (("eq", 10), ("ge", 40), (4.0, gaps.LEAST)),
        (("le", 10), ("eq", 40), (4.0, gaps.LEAST)),
        (("le", 10), ("ge", 40), (4.0, gaps.LEAST)),
        (("ge", 10), ("eq", 40), (4.0, gaps.MOST)),
        (("ge", 10), ("ge", 40), None),
        (("le", 10), ("le", 40), None),
        (("eq", 10), ("le", 40), None),
    ]
    wrong = []
    for (low, a), (high, b), expected in cases:
        found = gaps.compare_ends((a, a, low), (b, b, high))
        if (found if found[1] != gaps.UNKNOWN else None) != expected:
            wrong.append((low, high, found))
    assert wrong == []


def test_a_broken_tie_or_an_open_bound_changes_no_order() -> None:
    def figures(*rows: tuple[float, str, float]) -> pd.DataFrame:
        frame = pd.DataFrame(rows, columns=["value_low", "bound", "denominator"])
        per = frame["value_low"] / frame["denominator"]
        return frame.assign(
            value_high=frame["value_low"], per_low=per, per_high=per, indicator_id="x"
        )

    assert per_capita.changed_order(figures((10, "eq", 1), (20, "eq", 4))) == ["x"]
    assert per_capita.changed_order(figures((10, "ge", 1), (20, "eq", 4))) == []
    assert per_capita.changed_order(figures((10, "eq", 1), (10, "eq", 4))) == []
    assert per_capita.changed_order(figures((10, "eq", 1), (20, "eq", 2))) == []


def test_indicators_are_listed_and_searched_in_both_languages() -> None:
    assert "forest-cover" in indicators.describe(["森林"])
    assert indicators.describe(["FOREST", "cover"]).endswith("1 indicators")
    green = indicators.search_indicators(theme="绿色低碳")
    assert {i.theme for i in green} == {"绿色低碳"}
    with pytest.raises(PlanError, match="no indicator with"):
        indicators.describe(["没有这个"])
    with pytest.raises(PlanError, match="no theme"):
        indicators.describe(theme="nothing")


# --- figures --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn(five: Tables) -> list[pd.DataFrame]:
    return [five[n] for n in ("documents", "tasks", "quantities", "comparisons")]


@pytest.mark.parametrize("theme", [None, "创新驱动", "安全发展"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_ladders_fit_the_page_and_hide_nothing(
    theme: str | None, language: str, drawn: list[pd.DataFrame]
) -> None:
    figure, data = target_plots.draw_ladder(*drawn, theme=theme, language=language)
    width, height = (v * 25.4 for v in figure.get_size_inches())
    assert (width <= style.FULL_WIDTH + 0.5, height <= 200) == (True, True)
    comparisons = drawn[3].query("comparable")
    expected = comparisons["indicator_id"].isin(data["indicator_id"]).sum()
    assert data["low"].notna().sum() == expected
    assert len(data) == data["indicator_id"].nunique() * len(drawn[0])
    assert data.groupby("indicator_id")["axis_unit"].nunique().max() == 1
    stated = data[data["low"].notna()]
    kinds = stated.drop_duplicates(["indicator_id", "low", "high", "bound", "note"])
    differ = kinds.groupby("indicator_id").size().gt(1)
    if differ.any():  # what is equal everywhere is told in the subtitle
        kept = stated["indicator_id"].map(differ | kinds.groupby("indicator_id")["note"].any())
        stated = stated[kept]
    assert len(figure.axes) == stated["indicator_id"].nunique()
    texts = [t.get_text() for axes in figure.axes for t in axes.texts]
    assert sum(bool(t) for t in texts) == len(stated)


def test_every_theme_shows_all_that_can_be_compared(drawn: list[pd.DataFrame]) -> None:
    table = target_plots.tabulate_ladder(*drawn)
    for theme, part in table.groupby("theme"):
        shown, page, pages = [], 0, 1
        while page < pages:
            page += 1
            figure, data = target_plots.draw_ladder(*drawn, theme=theme, page=page)
            title = figure.texts[0].get_text().replace("\n", "")
            told = re.search(r"（(\d)/(\d)）$", title)
            pages = int(told[2]) if told else 1
            assert page == (int(told[1]) if told else 1), theme
            shown += list(data["indicator_id"].unique())
        assert sorted(shown) == sorted(part["indicator_id"].unique()), theme
        entries = [e for n, e in pack.PACK.items() if n.startswith("03-ladder-")]
        assert sum(entry.options["theme"] == theme for entry in entries) == pages, theme
        with pytest.raises(PlanError, match="all fits on the page before"):
            target_plots.draw_ladder(*drawn, theme=theme, page=pages + 1)


def test_a_theme_without_comparisons_is_refused(drawn: list[pd.DataFrame]) -> None:
    with pytest.raises(PlanError, match="nothing comparable under 组织实施"):
        target_plots.draw_ladder(*drawn, theme="组织实施")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_matrix_and_order_fit_the_page(language: str, drawn: list[pd.DataFrame]) -> None:
    figure, data = coverage_plots.draw_matrix(*drawn, language=language)
    assert figure.get_size_inches()[1] * 25.4 <= 200
    assert set(data["status"]) == set(coverage.STATUSES)
    second = coverage_plots.draw_matrix(*drawn, page=2, language=language)[1]
    assert not set(second["indicator_id"]) & set(data["indicator_id"])
    figure, data = coverage_plots.draw_order(
        drawn[0], drawn[3], load.denominators(), language=language
    )
    assert data["denominator"].notna().all()
    moved = data["moved"].ne(0).groupby(data["indicator_id"]).any()
    assert moved.all()


def test_figures_carry_no_text_outside_the_lexicon() -> None:
    for name in ("targets", "coverage"):
        source = (PACKAGE / "charts" / f"{name}.py").read_text(encoding="utf-8")
        chinese = {c for c in source if "\u4e00" <= c <= "\u9fff"}
        assert chinese <= set("亿万"), name
