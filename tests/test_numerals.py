"""The lexer: values, units and bounds, and a reason for every numeral that is no quantity."""

import math
import random
import re

import pandas as pd
import pytest
from conftest import EXPECTED
from walk import walk

from analysis import schema
from analysis.lexicon import read_lexicon
from analysis.reading.documents import Document
from analysis.reading.numbers import read_numbers
from analysis.reading.numerals import NUMERAL, parse_chinese_number
from analysis.reading.units import is_throughput
from analysis.text import fold_width, write_chinese_number


def read(text: str) -> list[str]:
    """Numbers of a text as `text|value unit|bound`; a range is written 3~5."""
    numbers, _ = read_numbers(fold_width(text))
    return [
        f"{text[n.start : n.end]}|{n.low:.15g}{'' if n.low == n.high else f'~{n.high:.15g}'}"
        f" {n.unit or '∅'}|{n.bound}"
        for n in numbers
    ]


def accounts(text: str) -> str:
    """Numerals of a text with their accounts, those of quantities left out."""
    _, numerals = read_numbers(fold_width(text))
    return " ".join(f"{n.text}:{n.account}" for n in numerals if n.account != "quantity")


VALUES = [
    ("1,200亩", "1200 亩"),
    ("12,345,678元", "12345678 元"),
    ("12.67万亩", "126700 亩"),
    ("6.6亿元", "660000000 元"),
    ("8000万立方米", "80000000 立方米"),
    ("1.2万亿元", "1200000000000 元"),
    ("2千万元", "20000000 元"),
    ("0.5万户", "5000 户"),
    ("10.0万平方米", "100000 平方米"),
    ("４５家", "45 家"),
    ("30 家", "30 家"),
    ("4560 个", "4560 个"),
    ("10个(条)", "10 个"),
    ("③所", "3 所"),
    ("½公顷", "0.5 公顷"),
    ("11条（个）", "11 条"),
    ("3—5家", "3~5 家"),
    ("2-3处", "2~3 处"),
    ("3～5个", "3~5 个"),
    ("3－5个", "3~5 个"),
    ("3至5家", "3~5 家"),
    ("3到5家", "3~5 家"),
    ("1-2万亩", "10000~20000 亩"),
    ("1万-2万户", "10000~20000 户"),
    ("500—800万元", "5000000~8000000 元"),
    ("5000万—1亿元", "50000000~100000000 元"),
    ("20%-30%", "20~30 %"),
    ("8-10%", "8~10 %"),
    ("1-3个百分点", "1~3 个百分点"),
    ("两条", "2 条"),
    ("十二家", "12 家"),
    ("二十座", "20 座"),
    ("一百零五人", "105 人"),
    ("两百三十户", "230 户"),
    ("三万名", "30000 名"),
    ("两至三家", "2~3 家"),
    ("百分之九十五", "95 %"),
    ("5‰", "5 ‰"),
    ("超10亿", "1000000000 元"),
    ("15万元/亩", "150000 元/亩"),
    ("60公里/小时", "60 公里/小时"),
    ("33微克/立方米", "33 微克/立方米"),
    ("3,500.5万元", "35005000 元"),
    ("12千米", "12 千米"),
    ("两三家", "2~3 家"),
    ("三五家", "3~5 家"),
    ("百分之三点五", "3.5 %"),
    ("百分之百", "100 %"),
    ("百分之七八十", "70~80 %"),
    ("千分之三五", "3~5 ‰"),
    ("两亿元", "200000000 元"),
    ("三百亩", "300 亩"),
    ("十公里", "10 公里"),
    ("5000—1亿元", "5000~100000000 元"),
    ("500km", "500 km"),
    ("3万m³", "30000 m³"),
    ("20来家", "20 家"),
    ("9成", "90 %"),
]


@walk(("text", "value"), VALUES)
def test_values_and_units(text: str, value: str) -> None:
    assert [n.split("|")[1] for n in read(f"建成{text},")] == [value]


BOUNDS = [
    ("30家以上", "ge", "30家以上"),
    ("30家及以上", "ge", "30家及以上"),
    ("30家(含)以上", "ge", "30家(含)以上"),
    ("30家之上", "ge", "30家之上"),
    ("不少于30家", "ge", "不少于30家"),
    ("不低于30家", "ge", "不低于30家"),
    ("不得低于30家", "ge", "不得低于30家"),
    ("至少30家", "ge", "至少30家"),
    ("超过30家", "ge", "超过30家"),
    ("超30家", "ge", "超30家"),
    ("力争超30家", "ge", "力争超30家"),
    ("过30家", "ge", "过30家"),
    ("突破30家", "ge", "突破30家"),
    ("大于30家", "ge", "大于30家"),
    ("高于30家", "ge", "高于30家"),
    ("30余家", "ge", "30余家"),
    ("30多家", "ge", "30多家"),
    ("3万余人", "ge", "3万余人"),
    ("50%多", "ge", "50%多"),
    ("五成多", "ge", "五成多"),
    ("百分之五十多", "ge", "百分之五十多"),
    ("三分之一多", "ge", "三分之一多"),
    ("3余万人", "ge", "3余万人"),
    ("十余家", "ge", "十余家"),
    ("30家以内", "le", "30家以内"),
    ("30家之内", "le", "30家之内"),
    ("30家以下", "le", "30家以下"),
    ("不超过30家", "le", "不超过30家"),
    ("不得超过30家", "le", "不得超过30家"),
    ("不高于30家", "le", "不高于30家"),
    ("最多30家", "le", "最多30家"),
    ("低于30家", "le", "低于30家"),
    ("控制在30家以内", "le", "控制在30家以内"),
    ("控制在30家之内", "le", "控制在30家之内"),
    ("30家左右", "approx", "30家左右"),
    ("约30家", "approx", "约30家"),
    ("大约30家", "approx", "大约30家"),
    ("控制在30家左右", "approx", "控制在30家左右"),
    ("3—5家", "range", "3—5家"),
    ("控制在3—5家", "range", "控制在3—5家"),
    ("30家", "eq", "30家"),
    ("达到30家", "eq", "30家"),
    ("稳定在30家", "eq", "30家"),
    ("提高到30家", "eq", "30家"),
    # 以上, 以下 and 过 that compare nothing, or something else
    ("市级以上平台30家", "eq", "30家"),
    ("规模以下企业30家", "eq", "30家"),
    ("经过30天", "eq", "30天"),
    ("不突破30家", "le", "不突破30家"),
    ("不得突破30家", "le", "不得突破30家"),
    ("不超30家", "le", "不超30家"),
    ("未超过30家", "le", "未超过30家"),
    ("逾30家", "ge", "逾30家"),
    ("超出30家", "ge", "超出30家"),
    ("不足30家", "le", "不足30家"),
    ("不到30家", "le", "不到30家"),
    ("30家以上(含30家)", "ge", "30家以上"),
    ("最高30家", "le", "最高30家"),
    # 约 and 近 that end a word
    ("签约30家", "eq", "30家"),
    ("节约30吨", "eq", "30吨"),
    ("就近30家", "eq", "30家"),
    ("近30家", "approx", "近30家"),
]


@walk(("text", "bound", "quoted"), BOUNDS)
def test_bounds_and_how_far_the_text_reaches(text: str, bound: str, quoted: str) -> None:
    assert [(n.split("|")[0], n.split("|")[2]) for n in read(f"培育{text}。")] == [(quoted, bound)]


UNITS = read_lexicon("units")


def _led(unit: str) -> str:
    """Words before a number that let its unit be one: a span of time is measured, a mark given."""
    return "考核得分" if unit == "分" else "工期压缩"


@walk("unit", [r["unit"] for r in UNITS])
@walk(("digits", "value"), [("3", 3.0), ("12.5", 12.5), ("2万", 20000.0)])
def test_every_unit_is_read_as_itself(unit: str, digits: str, value: float) -> None:
    numbers, _ = read_numbers(f"{_led(unit)}{digits}{unit},")
    assert [(n.low, n.high, n.unit) for n in numbers] == [(value, value, unit)]


@walk("unit", [r["unit"] for r in UNITS if r["chinese"] == "yes"])
def test_units_that_follow_chinese_numerals(unit: str) -> None:
    numbers, _ = read_numbers(f"工期压缩三{unit}好")
    assert [(n.low, n.unit) for n in numbers] == [(3.0, unit)]


# Not computed from the lexicon: what a table of measures says.
BASES = {
    "亩": ("m2", 10000 / 15),
    "公顷": ("m2", 1e4),
    "平方公里": ("m2", 1e6),
    "平方米": ("m2", 1),
    "㎡": ("m2", 1),
    "斤": ("kg", 0.5),
    "公斤": ("kg", 1),
    "吨": ("kg", 1000),
    "公里": ("m", 1000),
    "千米": ("m", 1000),
    "米": ("m", 1),
    "立方米": ("m3", 1),
    "元": ("yuan", 1),
    "美元": ("USD", 1),
    "欧元": ("EUR", 1),
    "千瓦": ("W", 1e3),
    "kW": ("W", 1e3),
    "兆瓦": ("W", 1e6),
    "MW": ("W", 1e6),
    "GW": ("W", 1e9),
    "千瓦时": ("MWh", 1e-3),
    "度": ("MWh", 1e-3),
    "MWh": ("MWh", 1),
    "GWh": ("MWh", 1e3),
    "%": ("%", 1),
    "‰": ("%", 0.1),
}


@walk(("unit", "base"), BASES.items())
def test_base_units(unit: str, base: tuple[str, float]) -> None:
    row = next(r for r in UNITS if r["unit"] == unit)
    assert row["unit_base"] == base[0]
    assert math.isclose(float(row["factor"]), base[1], rel_tol=1e-12)


def test_a_dimension_has_one_base_but_money_has_one_a_currency() -> None:
    frame = pd.DataFrame(UNITS)
    bases = frame[frame["unit_base"].ne("")].groupby("dimension")["unit_base"].agg(set)
    mixed = {d: b for d, b in bases.items() if len(b) > 1}
    several = "money ratio time duration energy concentration throughput"
    assert set(mixed) <= set(several.split())
    assert frame.loc[frame["dimension"].eq("count"), ["unit_base", "factor"]].eq("").all(axis=None)
    assert frame["unit_base"].ne("").eq(frame["factor"].ne("")).all()
    assert frame["unit"].is_unique


def test_base_values_in_the_table(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["quantities"]
    rows = rows[rows["unit_base"].ne("")]
    ten_mu = 10 * 10000 / 15
    for row in rows[rows["unit"].eq("亩")].itertuples():
        assert math.isclose(row.value_base_low * 10 / row.value_low, ten_mu)
    counts = tables["quantities"]["unit_base"].eq("")
    assert tables["quantities"].loc[counts, "value_base_low"].isna().all()
    assert not tables["quantities"].loc[~counts, "value_base_low"].isna().any()
    known = set(pd.DataFrame(UNITS)["unit"]) | {""}
    units = {u for u in tables["quantities"]["unit"].dropna() if "/" not in u}
    assert units <= known


# Whole texts, each with its numbers; where one is at the first or the last place, it is there too.
WHOLE = {
    # what opens a line is its number, and what stands in it is none
    "12.建设学校3所": "3 所",
    "12、建设学校3所": "3 所",
    "工作\n12.建设学校3所": "3 所",
    "3.5公里道路": "3.5 公里",
    "1、2家企业": "",
    "3公里": "3 公里",
    # parts of one: halves, tenths, fractions
    "工期缩短3个半月": "3.5 个月",
    "时限压缩至两个半小时": "2.5 小时",
    "工期压缩至3年半": "3.5 年",
    "管网3公里半": "3 公里",
    "五成": "50 %",
    "七成六": "76 %",
    "三成半": "35 %",
    "半成": "5 %",
    "半数村庄": "50 %",
    "一半村庄": "50 %",
    "5成立": "",
    "两到三成": "20~30 %",
    "3到5成": "30~50 %",
    "三分之一的村": "33.3333333333333 %",
    "五分之一个": "0.2 个",
    "完成2/3的村": "66.6666666666667 %",
    "覆盖率达到千分之五": "0.5 %",
    "死亡率控制在千分之三": "3 ‰",
    "百分之零": "0 %",
    "用时压缩至1½小时": "1.5 小时",
    "建设3½所": "3.5 所",
    "一又二分之一": "",
    "零分之一": "",
    # several numbers with one unit
    "开展3、4次检查": "3~4 次",
    "开展3和4次检查": "3 次,4 次",
    "开展4、3次检查": "4 次,3 次",
    "开展3、5次检查": "3 次,5 次",
    "开展9、10次检查": "9 次,10 次",
    "分别开展3、4次检查": "3 次,4 次",
    "建设1、2、3家企业": "1 家,2 家,3 家",
    "降到24和143微克/立方米": "24 微克/立方米,143 微克/立方米",
    "建设3、5万吨": "",
    "10-5所": "",
    "5-5所": "",
    "3万—5家": "",
    "3%-5个百分点": "3~5 个百分点",
    "完成3—5家之间": "3~5 家",
    "完成1-2万亩之间": "10000~20000 亩",
    # a unit ahead, one that is meant, and none
    "年度计划投资(万元):3600": "36000000 元",
    "计划投资(亿元):3": "300000000 元",
    "单位:万元 300": "",
    "转移1.2万农村人口": "12000 ∅",
    "财政收入5万,": "50000 元",
    "财政收入5千,": "",
    "发放贷款3亿": "300000000 元",
    "超10亿企业": "1000000000 元",
    "减少贫困人口3000": "3000 ∅",
    "减少贫困人口10": "10 ∅",
    "减少贫困人口9": "",
    "容积率1.5以上": "1.5 ∅",
    "得分95分": "95 分",
    "考核要求各单位高度重视积极落实全面推进有关具体工作95分": "",
    "得分:" + "好" * 17 + "95分": "95 分",
    # hundreds and thousands without a digit
    "近百家企业": "100 家",
    "上百家企业": "100 家",
    "引进百余家企业": "100 家",
    "突破百亿元": "10000000000 元",
    "上百亿元项目": "",
    "上百企业": "",
    "经过百家企业": "",
    "数百上千家企业": "",
    "十来家": "10 家",
    "几十家": "",
    "5几家": "5 家",
    # signs and brackets
    "气温-5度": "-5 度",
    "升温±2度": "-2~2 度",
    "-5度": "-5 度",
    "气温负5度": "-5 度",
    "企业12家-8家": "12 家,8 家",
    "企业12家以上-8家": "12 家,8 家",
    "增长8%左右负6%": "8 %,-6 %",
    "企业12家-2030年": "12 家",
    "1季度-2%": "-2 %",
    "耗煤.5万吨": "5000 吨",
    "10个(3)": "10 个",
    # how a numeral is written
    "二百三户": "230 户",
    "一千零五户": "1005 户",
    "三万五千户": "35000 户",
    "一亿二千万元": "120000000 元",
    "两万亿元": "2000000000000 元",
    "3万2000户": "32000 户",
    "3万2000": "",
    "3万5户": "",
    "1.5万3千户": "",
    "完成1万3千5百户": "13500 户",
    "伍佰元": "500 元",
    "叁座": "3 座",
    "廿亿元": "2000000000 元",
    "廿五家": "25 家",
    "三十廿家": "",
    "一百廿五家": "125 家",
    "十七八家": "17~18 家",
    "三七家": "",
    "三 十家": "30 家",
    "五六百家": "500~600 家",
    "零家": "",
    "两点五亿元": "250000000 元",
    "零点五亿元": "50000000 元",
    "三点一四亿元": "314000000 元",
    "三点家": "",
    "3 000家": "3000 家",
    "3,00家": "",
    "1,2家": "",
    "1.2.3家": "",
    "2^5家": "",
    "3×4家": "",
    "1.2e5家": "",
    "5k元": "5000 元",
    "123456789012345678元": "1.23456789012346e+17 元",
    "1234567890123456789元": "",
}


def test_a_chinese_numeral_is_written_as_it_is_read() -> None:
    written = {0: "零", 10: "十", 12: "十二", 110: "一百一十", 1005: "一千零五", 10_000: "一万"}
    written |= {10_012: "一万零一十二", 1_001_000: "一百万一千", 300_050_000: "三亿零五万"}
    assert {n: write_chinese_number(n) for n in written} == written
    draw = random.Random(0)
    for n in (draw.randrange(10 ** draw.randint(1, 13)) for _ in range(2000)):
        assert parse_chinese_number(write_chinese_number(n)) == n


def test_whole_texts() -> None:
    found = {text: ",".join(n.split("|")[1] for n in read(text)) for text in WHOLE}
    assert found == WHOLE


def test_what_is_left_out_of_sight_moves_no_account() -> None:
    code = "7" * 41  # too long for a number
    assert accounts(f"{code}截至2024年5月底前") == f"{code}:unexplained 2024:date 5:date"
    far = "工作" * 30
    assert accounts(f"三甲医院{far}5G基站{far}第三轮") == "三:word 5:programme_name 三:ordinal"


def test_a_quotation_reaches_as_far_as_the_words_that_belong_to_the_number() -> None:
    told = {
        "负5%": "负5%",
        "共3—5家之间。": "3—5家之间",
        "共10个(条)以上": "10个(条)以上",
        "共10个(好)": "10个",
        "共上百家企业": "上百家",
        "有成百上千家": "",
        "为不少于 30 家及以上": "不少于 30 家及以上",
        "约3、4次": "约3、4次",
        "至少3家和4家": "至少3家|4家",
        "达到不低于3、5、8家": "不低于3|5|8家",
    }
    found = {text: "|".join(n.split("|")[0] for n in read(text)) for text in told}
    assert found == told


# Numerals that are no quantity, each sentence with the account of each.
ACCOUNTS = [
    ("周政办字〔2024〕5号", "2024:document_number 5:document_number"),
    ("索引号:11370812004339255B/2024-04623", "11370812004339255:page_metadata "
     "2024:page_metadata 04623:page_metadata"),
    ("拨打12345热线", "12345:hotline"),
    ("电话0532-87868535", "0532:hotline 87868535:hotline"),
    ("2024-05-01发布", "2024:date 05:date 01:date"),
    ("2023—2025年", "2023:date 2025:date"),
    ("2024年5月底前", "2024:date 5:date"),
    ("12月31日前", "12:date 31:date"),
    ("举办2024青山文化节", "2024:date"),
    ("“十四五”规划", "十四五:slogan"),
    ("十四五期间", "十四五:plan_period"),
    ("党的二十大精神", "二十:party_congress"),
    ("三年行动计划", "三:programme_name"),
    ("《十条意见》", "十:programme_name"),
    ("5G基站建设", "5:programme_name"),
    ("PM2.5浓度", "2.5:programme_name"),
    ("“15分钟生活圈”", "15:slogan"),
    ("‘三个一’工程", "三:slogan 一:slogan"),
    ("“1+6+N”体系", "1:slogan 6:slogan"),
    ("建立1+6+N体系", "1:programme_name 6:programme_name"),
    ("50条措施落地", "50:policy_package"),
    ("十四条政策措施", "十四:policy_package"),
    ("提升国道309沿线", "309:road_number"),
    ("第二批试点", "二:ordinal"),
    ("第三轮督察", "三:ordinal"),
    ("二期工程", "二:ordinal"),
    ("一号改革工程", "一:ordinal"),
    ("全市前三名", "三:ordinal"),
    ("世界500强", "500:ranking"),
    ("百强县", "百:ranking"),
    ("5A级景区", "5:class_label"),
    ("四星级酒店", "四:class_label"),
    ("12英寸晶圆", "12:class_label"),
    ("110千伏变电站", "110:class_label 千:class_label"),
    ("三类标准", "三:class_label"),
    ("五人制足球", "五:class_label"),
    ("二级医院", "二:class_label"),
    ("三孩政策", "三:word"),
    ("三甲医院", "三:word"),
    ("三个方面发力", "三:rhetorical_count"),
    ("五大主导产业", "五:list_count"),
    ("三大载体", "三:list_count"),
    ("24小时值守", "24:duration"),
    ("十五分钟便民圈", "十五:duration"),
    ("近三年来", "三:duration"),
    ("千亿元产业", "千亿:magnitude"),
    ("保持两位数增长", "两:magnitude"),
    ("过亿元项目", "亿:magnitude"),
    ("每万人拥有", "万:ratio_base"),
    ("万元GDP能耗", "万:ratio_base"),
    ("5%以上(含5%)", "5:repeated_bound"),
    ("一批项目", "一:word"),
    ("统一标准", "一:word"),
    ("一企一策", "一:word 一:word"),
    ("专业化、一体化发展", "一:word"),
    ("零售额", "零:word"),
    ("二氧化碳", "二:word"),
    ("一老一小", "一:word 一:word"),
    ("一条龙服务", "一:word"),
    ("312国道沿线", "312:road_number"),
    ("新增企业十二十家", "十二十:unexplained"),
    ("新增企业三十五百家", "三十五百:unexplained"),
    ("降低三五分之一", "三五:unexplained 一:word"),
    ("G312改线", "312:road_number"),
    ("S235绕城段", "235:road_number"),
    ("一户一策", "一:word 一:word"),
    ("一人一档", "一:word 一:word"),
    ("一校一策", "一:word 一:word"),
    ("三支一扶计划", "三:word 一:word"),
    ("三会一课", "三:word 一:word"),
    ("一江两岸", "一:word 两:word"),
    ("千兆光网", "千:word"),
    ("投资翻一番", "一:pledge"),
    ("10万吨级码头", "10:class_label 万:class_label"),
    ("每千老年人口", "千:ratio_base"),
    ("数十家企业", "十:magnitude"),
    # levels of government are listed before their number; a class stands alone
    ("区街两级事权", "两:word"),
    ("县、乡、村三级联动", "三:word"),
    ("市县乡三级书记", "三:word"),
    ("三级医院", "三:class_label"),
    ("县三级医院", "三:class_label"),
    ("四级河长", "四:class_label"),
    # one of an idea, or a word of its own, where an act stands before it
    ("建设一支过硬队伍", "一:word"),
    ("推进一件事改革", "一:word"),
    ("打造一张网", "一:word"),
    ("办成一个个实事", "一:word"),
    ("新三板挂牌", "三:proper_name"),
    ("收入比降至1.75:1", "1.75:ratio_base 1:ratio_base"),
    ("产业结构调整为12:38:50", "12:ratio_base 38:ratio_base 50:ratio_base"),
    ("1\u2236500地形图", "1:ratio_base 500:ratio_base"),
    ("12345政务服务便民热线", "12345:hotline"),
    ("综合排名前移5位", "5:ordinal"),
    ("一、二、三产业", "一:class_label 二:class_label 三:class_label"),
    ("三次产业结构", "三:word"),
    ("引进上百亿元产业项目", "百亿:magnitude"),
    ("开展3·15活动", "3:date 15:date"),
    ("以三个“头号工程”为牵引", "三:rhetorical_count"),
    ("①建设学校", "①:ordinal"),
    ("包括①建设学校", "①:ordinal"),
    ("Ⅲ类水体", "Ⅲ:class_label"),
    ("推进三个一批行动", "三:slogan 一:slogan"),
]  # fmt: skip


@walk(("text", "told"), ACCOUNTS)
def test_accounts_of_what_is_no_quantity(text: str, told: str) -> None:
    assert accounts(text) == told


# The same shapes where they do count something: an exclusion must not swallow them.
COUNTED = [
    ("举办活动24场", "24 场"),
    ("建成5座泵站", "5 座"),
    ("新增A级景区2家", "2 家"),
    ("制定三条线路", "3 条"),
    ("改造三类厕所20座", "20 座"),
    ("5G基站300座", "300 座"),
    ("开展行动3次", "3 次"),
    ("三大载体引育企业9家", "9 家"),
    ("国道309沿线绿化12公里", "12 公里"),
    ("发展会员2010人", "2010 人"),
    ("筹集房源2015套", "2015 套"),
    ("栽植乔木2016株", "2016 株"),
    ("打井2015眼", "2015 眼"),
    ("改造国道25公里", "25 公里"),
    ("通车高速30公里", "30 公里"),
    ("配备AED500台", "500 台"),
    ("目前12名教师到岗", "12 名"),
    ("打造一条绿道", "1 条"),
    ("新建一个智慧停车场", "1 个"),
    ("签约60个", "60 个"),
    ("孕产妇死亡率8/10万", "8 /10万"),
    ("关停35蒸吨/小时锅炉", "35 蒸吨/小时"),
    ("提升服务5位老人", "5 位"),
    ("转移劳动力8.5万人(次)", "85000 人"),
]


@walk(("text", "value"), COUNTED)
def test_near_misses_that_do_count(text: str, value: str) -> None:
    assert [n.split("|")[1] for n in read(text)] == [value]


def test_what_is_done_in_a_time_is_a_throughput_but_no_payment() -> None:
    units = ("立方米/日", "吨/小时", "元/月", "立方米/人", "件")
    assert [is_throughput(unit) for unit in units] == [True, True, False, False, False]


# --- whole numbers in characters ---------------------------------------------------------------


@walk(
    ("numeral", "value"),
    [
        ("零", 0),
        ("〇", 0),
        ("一", 1),
        ("两", 2),
        ("九", 9),
        ("十", 10),
        ("十四", 14),
        ("二十", 20),
        ("九十九", 99),
        ("一百", 100),
        ("一百零五", 105),
        ("一百一十", 110),
        ("两百三十", 230),
        ("三百六十五", 365),
        ("一千零一", 1001),
        ("两千三百", 2300),
        ("一万", 10_000),
        ("三万", 30_000),
        ("十万", 100_000),
        ("一万零五百", 10_500),
        ("三十五万", 350_000),
        ("一千二百万", 12_000_000),
        ("一亿", 100_000_000),
        ("一亿二千万", 120_000_000),
        ("两亿零三十万", 200_300_000),
        ("一万亿", 10**12),
        ("三千万亿", 3 * 10**15),
        ("二〇二四", 2024),
        ("一二三", 123),
        ("两百三", 230),
        ("一万二", 12_000),
        ("壹佰", 100),
        ("二○二四", 2024),
    ],
)
def test_chinese_numbers(numeral: str, value: int) -> None:
    assert parse_chinese_number(numeral) == value


@pytest.mark.parametrize("numeral", ["12", "十个", "一点五", "百分", "十二十", ""])
def test_what_is_no_chinese_number(numeral: str) -> None:
    with pytest.raises(ValueError, match="no Chinese numeral"):
        parse_chinese_number(numeral)


# --- the lexicons -----------------------------------------------------------------------------

EXCLUSIONS = read_lexicon("exclusions")
WORDS = read_lexicon("numeral_words")


def test_every_class_is_in_the_closed_list() -> None:
    classes = {r["class"] for r in (*EXCLUSIONS, *WORDS)}
    assert classes <= set(schema.ACCOUNTS)
    built_in = {"quantity", "unexplained", "section_number", "task_number"}
    assert set(schema.ACCOUNTS) == classes | built_in
    assert "other" not in schema.ACCOUNTS


@walk("row", EXCLUSIONS, ids=lambda r: f"{r['class']}-{r['pattern'][:20]}")
def test_every_pattern_explains_a_numeral(
    row: dict[str, str], documents: dict[str, Document]
) -> None:
    pattern = re.compile(row["pattern"], re.MULTILINE)
    shown = [fold_width(p[0]) for p in ACCOUNTS if isinstance(p, tuple) and isinstance(p[0], str)]
    texts = [fold_width(d.text) for d in documents.values()] + shown
    assert any(NUMERAL.search(m[0]) for text in texts for m in pattern.finditer(text))


@walk("row", WORDS, ids=lambda r: r["word"])
def test_every_word_is_accounted_as_its_class(
    row: dict[str, str],
) -> None:
    _, numerals = read_numbers(f"推进{row['word']}工作")
    assert {n.account for n in numerals} == {row["class"]}


def test_words_are_listed_once() -> None:
    words = [r["word"] for r in WORDS]
    assert len(words) == len(set(words))


# --- the five plans ---------------------------------------------------------------------------


def test_no_numeral_is_unexplained(tables: dict[str, pd.DataFrame]) -> None:
    stray = tables["numerals"].query("account == 'unexplained'")
    assert stray["context"].tolist() == []


def test_every_numeral_has_a_row(
    tables: dict[str, pd.DataFrame], documents: dict[str, Document]
) -> None:
    rows = tables["numerals"].set_index("doc_id")
    for doc_id, document in documents.items():
        runs = [m.span() for m in NUMERAL.finditer(fold_width(document.text))]
        plan = rows.loc[doc_id]
        assert list(zip(plan["char_start"], plan["char_end"], strict=True)) == runs


def test_digits_of_a_number_belong_to_its_quantity(tables: dict[str, pd.DataFrame]) -> None:
    figures = tables["quantities"].set_index("quantity_id")
    parts = tables["numerals"]
    parts = parts[parts["quantity_id"].ne("")]
    assert set(parts["quantity_id"]) == set(figures.index)
    owner = figures.loc[parts["quantity_id"]]
    assert (parts["char_start"].to_numpy() >= owner["char_start"].to_numpy()).all()
    assert (parts["char_end"].to_numpy() <= owner["char_end"].to_numpy()).all()


@pytest.mark.parametrize("name", ["quantities", "numerals"])
def test_quotations_are_exact(
    name: str, tables: dict[str, pd.DataFrame], documents: dict[str, Document]
) -> None:
    rows = tables[name]
    assert len(rows) > 500
    doc_ids = rows["doc_id"] if name == "numerals" else rows["task_id"].str.rsplit("-", n=1).str[0]
    for doc_id, row in zip(doc_ids, rows.itertuples(), strict=True):
        assert documents[doc_id].text[row.char_start : row.char_end] == row.text


def test_task_and_section_numbers_are_accounted(tables: dict[str, pd.DataFrame]) -> None:
    counts = tables["numerals"]["account"].value_counts()
    assert counts["task_number"] == EXPECTED["n_tasks"]
    assert counts["section_number"] == 56  # 滕州 lost one
