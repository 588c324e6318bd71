"""Clauses, names and roles: invented counties first, then all five plans."""

import pandas as pd
import pytest
from conftest import EXPECTED
from walk import walk

from analysis.lexicon import read_lexicon
from analysis.reading.clauses import (
    Body,
    find_clauses,
    is_known,
    read_assignments,
    read_clause,
    read_due,
    report_unknown,
    resolve_name,
    strip_place,
)
from analysis.schema import ASSIGNMENTS, BODY_TYPES, REPORT, ROLES

ROLE = {"L": "lead", "S": "support", "R": "responsible"}


def bodies(clause: str) -> list[Body]:
    """Bodies of a clause that is read whole."""
    found, unread = read_clause([clause])
    assert unread == []
    return found


def told(clause: str) -> str:
    """Bodies with the first letter of their role; + where their list is open."""
    letter = {role: key for key, role in ROLE.items()}
    return " ".join(
        f"{b.name}:{letter[b.role]}{'+' if b.open_list else ''}" for b in bodies(clause)
    )


def test_a_bracket_behind_no_sentence_is_a_clause_where_it_begins_with_the_place() -> None:
    told = {
        "建成综合服务场所(县政务服务中心)。": ["(县政务服务中心)"],
        "建成综合服务场所(政务服务中心)。": [],
        "建成综合服务场所。(教育局、财政局)": ["(教育局、财政局)"],
        "建成综合服务场所(县教育局、县财政局),完成交付。": [],
        "责任单位:县教育局。\n建成学校3所。(县财政局配合)": [
            "责任单位:县教育局。",
            "(县财政局配合)",
        ],
    }
    found = {text: [text[a:b] for a, b in find_clauses(text, 0, len(text))] for text in told}
    assert found == told


def test_a_word_of_duty_without_a_body_is_told() -> None:
    for clause, told in (
        ("牵头,县教育局配合", "牵头"),
        ("牵头单位:配合单位:县教育局", "配合单位:"),
    ):
        found, unread = read_clause([clause])
        assert [body.name for body in found] == ["县教育局"]
        assert unread == [f"no body beside {told!r} in {clause!r}"]


def test_persons_and_dates_are_no_bodies() -> None:
    assert told("责任人:李强局长、县住建局") == "县住建局:R"
    assert told("责任领导:王明;责任单位:县水利局") == "县水利局:R"
    assert told("责任单位:李强局长、县水利局、11月底前") == "县水利局:R"
    assert told("牵头单位:县教育局;完成时限:12月底") == "县教育局:L"


def test_deadlines_of_clauses() -> None:
    dues = {
        "牵头单位:县教育局;完成时限:12月底": "12月底",
        "(县教育局牵头,11月底前完成)": "11月底前",
        "完成时限:长期推进": "长期推进",
        "(县教育局牵头,长期推进)": "长期推进",
        "责任单位:县教育局": "",
    }
    assert {clause: read_due(clause) for clause in dues} == dues


def full_width(clause: str) -> str:
    return clause.translate(str.maketrans("(),:;", "（），：；"))


STYLES = [
    ("(县发改局负责)", "县发改局:R"),
    ("(县发改局、县工信局负责)", "县发改局:R 县工信局:R"),
    ("(县发改局、县工信局等部门负责)", "县发改局:R+ 县工信局:R+"),
    ("(县发改局牵头,县工信局配合)", "县发改局:L 县工信局:S"),
    ("(县发改局、县科技局牵头,县工信局配合)", "县发改局:L 县科技局:L 县工信局:S"),
    ("(县发改局牵头,县工信局、县民政局等部门配合)", "县发改局:L 县工信局:S+ 县民政局:S+"),
    ("(县发改局牵头,县工信局等配合)", "县发改局:L 县工信局:S+"),
    ("(县发改局牵头,县工信局等部门单位配合)", "县发改局:L 县工信局:S+"),
    ("(县发改局等部门牵头,县工信局配合)", "县发改局:L+ 县工信局:S"),
    ("(县发改局牵头县工信局配合)", "县发改局:L 县工信局:S"),
    ("(由县发改局牵头,会同县工信局、县民政局落实)", "县发改局:L 县工信局:S 县民政局:S"),
    ("(县发改局会同县工信局负责)", "县发改局:R 县工信局:R"),
    ("(县发改局负责,县工信局配合)", "县发改局:R 县工信局:S"),
    ("(县发改局,县工信局配合)", "县发改局:R 县工信局:S"),
    ("(县发改局(牵头)、县工信局、县民政局)", "县发改局:L 县工信局:S 县民政局:S"),
    ("(县发改局、县工信局按职责分工负责)", "县发改局:R 县工信局:R"),
    ("(县发改局、县工信局,按照职责分工负责)", "县发改局:R 县工信局:R"),
    (
        "(牵头单位:县发改局、县科技局,参与单位:县工信局、县民政局)",
        "县发改局:L 县科技局:L 县工信局:S 县民政局:S",
    ),
    ("(牵头单位:县发改局;配合单位:县工信局等)", "县发改局:L 县工信局:S+"),
    ("(主办单位:县发改局;协办单位:县工信局)", "县发改局:L 县工信局:S"),
    ("(牵头单位:县发改局;责任单位:县工信局)", "县发改局:L 县工信局:S"),
    ("(牵头单位:县发改局 责任单位:县工信局)", "县发改局:L 县工信局:S"),
    ("(牵头单位 县发改局 责任单位 县工信局)", "县发改局:L 县工信局:S"),
    ("(责任单位:县发改局、县工信局(按职责分工负责))", "县发改局:R 县工信局:R"),
    ("(牵头单位:县发改局、县工信局(按职责分工负责))", "县发改局:L 县工信局:L"),
    ("(责任单位:县发改局,县工信局,各镇街)", "县发改局:R 县工信局:R 各镇街:R"),
    ("(责任单位:县发改局牵头,县工信局配合)", "县发改局:L 县工信局:S"),
    ("【县发改局牵头,县工信局等部门配合】", "县发改局:L 县工信局:S+"),
    ("〔责任单位:县发改局〕", "县发改局:R"),
    ("[牵头单位:县发改局;责任单位:属地街镇]", "县发改局:L 属地街镇:S"),
    ("(牵头单位:县发改局\n责任单位:县工信局)", "县发改局:L 县工信局:S"),
    ("(县发改局、县工信局,列第一位的为牵头单位,下同)", "县发改局:L 县工信局:S"),
    ("(县发改局、县工信局,下同)", "县发改局:R 县工信局:R"),
    ("(县农业农村局,各乡(镇)、场)", "县农业农村局:R 各乡(镇):R 场:R"),
    ("(各相关部门)", "各相关部门:R"),
    ("(县直有关部门、各镇街)", "县直有关部门:R 各镇街:R"),
    ("(牵头领导:张三;牵头单位:县发改局;配合单位:县工信局)", "县发改局:L 县工信局:S"),
    ("(责任单位:县发改局;责任人:张三;完成时限:2023年12月底)", "县发改局:R"),
    ("(责任领导:张三;县发改局负责)", "县发改局:R"),
    ("(责任领导:张三;县蓝莓局负责)", "县蓝莓局:R"),
    ("(责任领导:张三;县发改局、县工信局)", "县发改局:R 县工信局:R"),
]


@walk(("clause", "expected"), STYLES)
def test_clause_styles(clause, expected):
    assert told(clause) == expected
    assert told(full_width(clause)) == full_width(expected).replace("：", ":")
    assert told(clause[1:-1]) == expected  # brackets lost


# Names that hold the words at which clauses are cut, and clauses that hold words of names.
EDGES = [
    ("(县发改局(粮食局)牵头,县工信局配合)", ["县发改局(粮食局)", "县工信局"]),
    ("（县发改局（粮食局、能源局）牵头）", ["县发改局（粮食局、能源局）"]),
    ("(县水利局、各镇(街道)负责)", ["县水利局", "各镇(街道)"]),
    ("(县文化和旅游局和县体育局负责)", ["县文化和旅游局", "县体育局"]),
    ("(县工业和信息化局及各镇街负责)", ["县工业和信息化局", "各镇街"]),
    ("(县发改局/县工信局负责)", ["县发改局", "县工信局"]),
    ("(县城市更新和城市建设指挥部负责)", ["县城市更新和城市建设指挥部"]),
    ("(市公安局和平分局、和平区发改局负责)", ["市公安局和平分局", "和平区发改局"]),
    ("(县水利局等有关部门负责)", ["县水利局"]),
    ("(县水利局等各产业主管部门负责)", ["县水利局", "各产业主管部门"]),
    ("(县残联、团县委等群团组织负责)", ["县残联", "团县委"]),
    ("(县有关产业专责部门、各相关部门等负责)", ["县有关产业专责部门", "各相关部门"]),
    ("(县各产业链及县产业专班牵头部门等配合)", ["县各产业链及县产业专班牵头部门"]),
    ("(县项目推进中心、县协同发展中心负责)", ["县项目推进中心", "县协同发展中心"]),
    ("(县委、县政府有关部门负责)", ["县委", "县政府有关部门"]),
    ("(县委组织部负责)", ["县委组织部"]),
    ("(市公安局和县分局负责)", ["市公安局和县分局"]),
    ("(县高等院校服务中心负责)", ["县高等院校服务中心"]),
    ("(县工商业联合会、县高等教育中心负责)", ["县工商业联合会", "县高等教育中心"]),
]


@walk(("clause", "names"), EDGES)
def test_names_in_clause(clause, names):
    assert [b.name for b in bodies(clause)] == names


@walk(
    "clause",
    [
        "()",
        "(牵头,县工信局配合)",
        "(牵头单位:;责任单位:县工信局)",
        "(牵头单位:县发改局,参与单位:)",
        "(县发改局牵头",
        "(县发改局负责))",
        "(验收单位:县发改局)",
        "(按职责分工负责)",
        "(责任领导:张三)",
        "(县发改局牵头;达到100%)",
    ],
)
def test_unreadable_clause_names_its_task(clause):
    _, report = read_assignments({"yun-2030-07": [clause]})
    assert set(report["kind"]) == {"unread_clause"}
    assert set(report["place"]) == {"yun-2030-07"}


# One function, many names. Every name is tried with several places before it.
SAME = {
    "发展改革局": "发改局 发展改革局 发展和改革局 发改委 发展和改革委员会 发改局(粮食局)",
    "教育": "教体局 教育体育局 教育和体育局 教育局",
    "科技局": "科技局 科学技术局",
    "工业和信息化局": "工信局 工业和信息化局 经信局 科技和工业信息化局",
    "公安局": "公安局 公安分局",
    "民政局": "民政局",
    "司法局": "司法局",
    "财政局": "财政局",
    "人力资源社会保障局": "人社局 人力资源社会保障局 人力资源和社会保障局",
    "自然资源局": "自然资源局 自然资源和规划局 自规局",
    "规划局": "规划办 规划分局 规划管理办公室",
    "生态环境局": "生态环境局 生态环境分局 环保局",
    "住房城乡建设局": "住建局 住房城乡建设局 住房和城乡建设局 住房城市建设管理局",
    "交通运输局": "交通运输局 交通局",
    "水利局": "水利局 水务局 城乡水务局",
    "农业农村局": "农业农村局 农业局 农牧局",
    "商务局": "商务局 商投局 商务和投资促进局",
    "投资促进": "投促中心 投资促进中心 招商引资中心 招商促进中心 投资促进局 招商局",
    "文化和旅游局": "文旅局 文化和旅游局 文化广电和旅游局 文体旅游局",
    "卫生健康局": "卫健局 卫健委 卫生健康局 卫生健康委员会",
    "退役军人事务局": "退役军人局 退役军人事务局",
    "应急管理局": "应急局 应急管理局",
    "市场监管局": "市监局 市场监管局 市场监督管理局",
    "医疗保障局": "医保局 医保分局 医疗保障局 医疗保障分局",
    "综合行政执法局": "综合执法局 综合行政执法局 城市管理局 城管局",
    "行政审批服务局": "行政审批局 行政审批服务局 政务服务局 政务服务中心",
    "数据管理": "大数据局 大数据中心 大数据发展局 数据局",
    "机关事务管理局": "机关事务管理局 机关事务服务中心",
    "地方金融监管局": "地方金融监管局 金融服务中心 金融办",
    "国有资产监督管理局": "国资局 国资委 国有资产发展中心",
    "融媒体中心": "融媒体中心 广电中心 广播电视台",
    "审计局": "审计局",
    "统计局": "统计局",
    "信访局": "信访局",
    "民族宗教事务局": "民宗局 民族宗教事务局",
    "税务局": "税务局",
    "气象局": "气象局",
    "供电公司": "供电公司 供电中心",
    "消防救援大队": "消防大队 消防救援大队",
    "交警大队": "交警大队 公安局交警大队",
    "法院": "法院 人民法院",
    "检察院": "检察院 人民检察院",
    "烟草专卖局": "烟草局 烟草专卖局",
    "党委组织部": "委组织部",
    "党委政法委": "委政法委",
    "党委编办": "委编办 委机构编制委员会办公室",
    "政府办公室": "政府办 政府办公室",
    "总工会": "工会 总工会",
    "妇联": "妇联 妇女联合会",
    "残联": "残联 残联机关 残疾人联合会",
    "工商联": "工商联 工商业联合会",
    "供销社": "供销社 供销合作社联合社",
}
PLACES = ["县", "市", "旗", "云州县", "临江市", "鄂托旗", "会同县", "政和县", "和平区", "诸城市"]


@walk("department", SAME)
def test_one_function_has_one_department(department):
    found = {
        place + name: resolve_name(place + name).department
        for name in SAME[department].split()
        for place in PLACES
    }
    assert {name: d for name, d in found.items() if d != department} == {}


@walk(
    ("name", "department", "body_type"),
    [
        ("青山生态环境分局", "生态环境局", "department"),
        ("生态环境青山分局", "生态环境局", "department"),
        ("市生态环境局青山分局", "生态环境局", "department"),
        ("市自然资源和规划局青山分局", "自然资源局", "department"),
        ("青山规划管理办公室", "规划局", "department"),
        ("青山公安分局", "公安局", "department"),
        ("市公安局交通警察支队青山大队", "交警大队", "department"),
        ("国网青山县供电公司", "供电公司", "institution"),
        ("青山供电中心", "供电公司", "institution"),
        ("人民银行青山支行", "人民银行", "institution"),
        ("中国人民银行青山县支行", "人民银行", "institution"),
        ("市公共资源交易中心青山分中心", "公共资源交易中心", "institution"),
        ("国家税务总局青山县税务局", "税务局", "institution"),
        ("国家统计局青山调查队", "国家统计调查队", "institution"),
        ("国家金融监督管理总局青山监管支局", "金融监管支局", "institution"),
        ("青山银保监组", "金融监管支局", "institution"),
        ("青山海关", "海关", "institution"),
        ("市邮政管理局青山分局", "邮政管理局", "institution"),
        ("团县委", "共青团", "mass_org"),
        ("共青团青山县委员会", "共青团", "mass_org"),
        ("中共青山县委宣传部", "党委宣传部", "party"),
        ("县委社会工作部", "党委社会工作部", "party"),
        ("县直机关工委", "直属机关工委", "party"),
        ("县纪委监委", "纪委监委", "party"),
        ("青山经济开发区", "经济开发区", "park"),
        ("开发区管委会", "经济开发区", "park"),
        ("青山高新区管委", "高新区", "park"),
        ("青山生态示范区管委会", "青山生态示范区", "park"),
        ("云州县柳河镇", "柳河镇", "township"),
        ("柳河街道办事处", "柳河街道", "township"),
        ("古镇街道", "古镇街道", "township"),
        ("城关镇人民政府", "城关镇", "township"),
        ("县物流发展指挥部办公室", "物流发展指挥部", "task_force"),
        ("县重点产业专班", "重点产业专班", "task_force"),
        ("云州县双碳工作领导小组", "双碳工作领导小组", "task_force"),
        ("各街道", "各镇街", "collective"),
        ("各乡镇（街道）", "各镇街", "collective"),
        ("各有关街道", "各镇街", "collective"),
        ("县有关部门", "各有关部门", "collective"),
        ("市直各有关部门单位", "各有关部门", "collective"),
        ("县安委会有关成员单位", "安委会成员单位", "collective"),
        ("各功能区", "各功能区", "collective"),
    ],
)
def test_place_inside_and_kind_of_body(name, department, body_type):
    assert resolve_name(name) == (department, body_type)


@walk(
    "names",
    [
        "县教育体育局 县体育发展中心",
        "县文化和旅游局 县旅游发展中心 县文物局",
        "县自然资源局 县林业发展中心 县规划局 县海洋发展局",
        "县农业农村局 县畜牧兽医事业发展中心 县农机中心 县乡村振兴局",
        "县财政局 县国资局 县地方金融监管局 县金融监管支局",
        "县综合行政执法局 县城市管理发展中心 县环卫中心",
        "县行政审批服务局 县大数据局 县营商环境建设中心",
        "县公安局 县交警大队 县消防救援大队",
        "县统计局 国家统计局青山调查队",
        "县发改局 县服务业发展中心 县能源事务中心 县粮食局",
        "县商务局 县投资促进中心 县贸促会",
        "县委办公室 县政府办公室 县人大办公室 县委 县政府",
        "县卫健局 县疾控中心 县医保局",
        "县住建局 县房管局 县城市更新局",
        "县应急管理局 县安委会 县食安办",
    ],
)
def test_different_functions_stay_apart(names):
    names = names.split()
    assert all(is_known(name) for name in names)
    assert len({resolve_name(name).department for name in names}) == len(names)


@walk(
    ("name", "department"),
    [
        ("县蓝莓产业局", "蓝莓产业局"),
        ("云州县蓝莓产业发展中心（果业站）", "蓝莓产业发展中心"),
        ("市市场发展中心", "市场发展中心"),
        ("县经济发展局", "经济发展局"),
        ("县发展改革服务中心", "发展改革服务中心"),
        ("县农业技术中心", "农业技术中心"),
        ("县搬迁办", "搬迁办"),
        ("县老年体育局", "老年体育局"),
        ("县民营经济商务局", "民营经济商务局"),
        ("张三", "张三"),
    ],
)
def test_unknown_name_stays_itself(name, department):
    assert not is_known(name)
    assert resolve_name(name) == (department, "department")


def test_unknown_name_is_reported_with_its_task():
    assignments, unread = read_assignments(
        {
            "yun-2030-01": ["(县蓝莓局、县发改局负责)"],
            "yun-2030-02": [],
            "yun-2030-03": ["(县蓝莓局牵头,县发改局配合)", "(县发改局、县民政局负责)"],
        }
    )
    assert unread.empty
    assert list(assignments["position"]) == [1, 2, 1, 2, 3]
    report = REPORT.validate(report_unknown(assignments))
    assert list(report["place"]) == ["yun-2030-01", "yun-2030-03"]  # once a task
    assert set(report["what"]) == {"县蓝莓局"}
    assert set(report["kind"]) == {"unknown_department"}


def test_no_clause_gives_empty_tables():
    assignments, unread = read_assignments({"yun-2030-01": []})
    assert ASSIGNMENTS.validate(assignments).empty
    assert report_unknown(assignments).empty
    assert REPORT.validate(unread).empty


@walk(
    ("name", "stripped"),
    [
        ("云州县蓝莓局", "蓝莓局"),
        ("市市容局", "市容局"),
        ("市场发展局", "市场发展局"),
        ("县域经济办", "县域经济办"),
        ("区域合作办", "区域合作办"),
        ("示范园区办公室", "示范园区办公室"),
        ("历城区蓝莓局", "蓝莓局"),
        ("县委某某室", "县委某某室"),
        ("青山县委某某室", "青山县委某某室"),
        ("云山城区管委会", "云山城区管委会"),
    ],
)
def test_strip_place(name, stripped):
    assert strip_place(name) == stripped


def test_lexicon_is_consistent():
    rows = read_lexicon("departments")
    kinds = {(r["department"], r["body_type"]) for r in rows}
    assert len(kinds) == len({department for department, _ in kinds})
    assert {r["body_type"] for r in (*rows, *read_lexicon("body_types"))} <= set(BODY_TYPES)
    assert {r["role"] for r in read_lexicon("roles")} == {*ROLES, "none"}
    # a department's own name, with and without a place, leads to it: 财政局, 林业和草原(局)
    lost = [
        d
        for d, kind in kinds
        for p in ("", "临江市")
        if (d, kind) not in {resolve_name(p + d), resolve_name(p + d + "局")}
    ]
    assert lost == []


# --- the five plans --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plans(tables) -> pd.DataFrame:
    return tables["tasks"]


@pytest.fixture(scope="module")
def assignments(tables) -> pd.DataFrame:
    return tables["assignments"]


def test_totals(assignments):
    assert assignments["task_id"].nunique() == EXPECTED["n_clauses"]
    assert len(assignments) == EXPECTED["n_bodies"]
    assert assignments["name"].nunique() == 147


def test_every_name_is_known(assignments):
    assert list(report_unknown(assignments)["what"]) == []


def test_names_stand_in_their_clause(plans, assignments):
    clauses = plans.set_index("task_id")["clause"]
    for task, rows in assignments.groupby("task_id"):
        end = 0
        for name in rows["name"]:
            end = clauses[task].index(name, end) + len(name)


def test_roles_by_plan(assignments):
    plan = assignments["task_id"].str.rsplit("-", n=1).str[0]
    counts = assignments.groupby([plan, "role"]).size().to_dict()
    assert counts == {
        ("chengyang-2023", "lead"): 144,
        ("chengyang-2023", "support"): 21,
        ("tengzhou-2023", "responsible"): 130,
        ("yanzhou-2023", "lead"): 149,
        ("zhoucun-2023", "lead"): 44,
        ("zhoucun-2023", "responsible"): 47,
        ("zhoucun-2023", "support"): 88,
        ("zichuan-2023", "lead"): 45,
        ("zichuan-2023", "responsible"): 48,
        ("zichuan-2023", "support"): 96,
    }


def test_no_clause_names_a_department_twice(assignments):
    assert not assignments.duplicated(["task_id", "department"]).any()


@pytest.mark.parametrize(
    ("task", "bodies"),
    [
        (
            "chengyang-2023-14",
            "区地方金融监管局:L+ 区工业和信息化局:L+ 区发展改革局:L+ 区农业农村局:L+ "
            "各产业主管部门:L+ 区财政局:S 区国有资产发展中心:S",
        ),
        (
            "chengyang-2023-49",
            "区贸促会:L 区中日韩协同发展促进中心:L 区招商促进中心:L "
            "各功能区:S 各街道:S 各产业链主单位:S",
        ),
        (
            "zhoucun-2023-09",
            "区发展改革局:L 区工业和信息化局:L 区各产业链及区有关产业专班牵头部门:S+",
        ),
        ("zichuan-2023-09", "区发改局:L 区工信局:L 区有关产业专责部门:S+ 各相关部门:S+"),
        ("tengzhou-2023-28", "市文旅局:R 市商投局:R 市农业农村局:R 各镇街:R"),
        ("zichuan-2023-44", "区发改局:L 区行政审批局:S+ 区大数据中心:S+"),
        ("zhoucun-2023-35", "区水利局:R+"),
    ],
)
def test_edge_clauses_of_the_plans(plans, task, bodies):
    assert told(plans.set_index("task_id").at[task, "clause"]) == bodies
