"""From text to sections, tasks and clauses: the five plans exactly, then invented variants."""

import re
from collections import Counter
from itertools import pairwise

import pandas as pd
import pytest
from conftest import BODY, EXPECTED, HEADER
from walk import walk

from analysis.errors import PlanError
from analysis.lexicon import read_lexicon
from analysis.reading.documents import Document
from analysis.reading.intake import fold_text
from analysis.reading.layout import (
    Layout,
    Segment,
    read_layout,
    read_sections,
    read_tasks,
    section_theme,
    segment,
)

N_TASKS, N_SECTIONS = EXPECTED["tasks"], EXPECTED["sections"]
WITHOUT_CLAUSE = {
    "zichuan-2023-65",
    "zichuan-2023-66",
    "chengyang-2023-69",
    "chengyang-2023-70",
    "chengyang-2023-71",
    "yanzhou-2023-81",
    "yanzhou-2023-82",
    "yanzhou-2023-83",
}
KINDS = {"header", "section", "task_no", "title", "text", "clause", "rest"}


def assert_covers(text: str, segments: list[Segment]) -> None:
    assert "".join(text[s.start : s.end] for s in segments) == text
    edges = [(s.start, s.end) for s in segments]
    assert edges[0][0] == 0
    assert edges[-1][1] == len(text)
    assert all(a[1] == b[0] for a, b in pairwise(edges))
    assert all(a < b for a, b in edges)
    assert {s.kind for s in segments} <= KINDS


# --- the five plans -----------------------------------------------------------------------------


@pytest.mark.parametrize("doc_id", N_TASKS)
def test_no_character_is_lost(doc_id: str, documents: dict[str, Document]) -> None:
    document = documents[doc_id]
    assert_covers(document.text, document.layout.segments)


@pytest.mark.parametrize("doc_id", N_TASKS)
def test_numbers_run_without_a_gap(doc_id: str, documents: dict[str, Document]) -> None:
    segments = documents[doc_id].layout.segments
    tasks = [s.number for s in segments if s.kind == "task_no"]
    sections = [s.number for s in segments if s.kind == "section"]
    assert tasks == list(range(1, N_TASKS[doc_id] + 1))
    assert sections == list(range(1, N_SECTIONS[doc_id] + 1))


def test_totals(tables: dict[str, pd.DataFrame]) -> None:
    assert len(tables["documents"]) == 5
    assert len(tables["sections"]) == 57
    assert len(tables["tasks"]) == EXPECTED["n_tasks"]
    assert tables["tasks"]["clause"].ne("").sum() == EXPECTED["n_clauses"]
    assert set(tables["tasks"].loc[tables["tasks"]["clause"].eq(""), "task_id"]) == WITHOUT_CLAUSE
    assert tables["documents"].set_index("doc_id")["n_tasks"].to_dict() == N_TASKS
    assert tables["documents"].set_index("doc_id")["n_sections"].to_dict() == N_SECTIONS


def test_the_lost_heading_of_tengzhou(tables: dict[str, pd.DataFrame]) -> None:
    restored = tables["sections"][tables["sections"]["restored"]]
    assert restored[["doc_id", "section_no", "section_title"]].to_numpy().tolist() == [
        ["tengzhou-2023", 2, "纵深推进新旧动能转换"]
    ]


def test_headings_carry_no_number_and_have_a_theme(tables: dict[str, pd.DataFrame]) -> None:
    sections = tables["sections"]
    assert not sections["section_title"].str.contains(r"^[一二三四五六七八九十]+、|^[-\s]").any()
    themes = {r["theme"] for r in read_lexicon("themes")}
    assert set(sections["theme"]) <= themes
    assert set(tables["tasks"]["theme"]) == themes


def test_a_task_is_cut_out_from_its_number_to_its_clause(
    tables: dict[str, pd.DataFrame], documents: dict[str, Document]
) -> None:
    for task in tables["tasks"].itertuples():
        cut = documents[task.doc_id].text[task.char_start : task.char_end]
        assert cut.startswith(str(task.task_no))
        assert not cut[len(str(task.task_no)) :][:1].isdigit()
        if task.clause:
            assert cut.endswith(task.clause)
            assert task.clause[0] in "(（"
            assert task.clause[-1] in ")）"
        inside = cut[len(str(task.task_no)) :].lstrip(".．、 \u00a0\u3000")
        assert inside.startswith(task.title + "。")
        assert task.text in cut
        rest = cut.replace(task.title, "", 1).replace(task.text, "", 1)
        rest = rest.replace(task.clause, "", 1)
        assert rest.strip("0123456789.．、。 \u00a0\u3000\n") == ""


def test_furniture_of_web_pages_is_in_no_task(tables: dict[str, pd.DataFrame]) -> None:
    words = "".join(tables["tasks"]["text"]) + "".join(tables["tasks"]["title"])
    for mark in ("扫码使用手机", "扫一扫在手机", "bookmark", "抄送", "【word版】", "印发 "):
        assert mark not in words


def test_an_unmatched_quotation_mark_stays_where_it_is(
    tables: dict[str, pd.DataFrame], documents: dict[str, Document]
) -> None:
    counts = Counter(documents["tengzhou-2023"].text)
    assert counts["“"] != counts["”"]
    mine = tables["tasks"].query("doc_id == 'tengzhou-2023'")
    uneven = mine["text"].str.count("“") != mine["text"].str.count("”")
    assert uneven.sum() == 1


# --- invented plans -----------------------------------------------------------------------------


def lay_out(body: str) -> Layout:
    """Layout of a plan with this body."""
    layout = read_layout(fold_text(HEADER + body))
    assert_covers(HEADER + body, layout.segments)
    return layout


def read(body: str) -> pd.DataFrame:
    """Tasks of a plan with this body."""
    layout = lay_out(body)
    return read_tasks("qingshan-2024", layout, read_sections("qingshan-2024", layout))


PLAIN = [
    ("培育壮大企业", "年内新增规上工业企业12家以上。", "(县工业和信息化局牵头,县财政局配合)"),
    ("推进项目建设", "实施重点项目30个,完成投资25亿元。", "(县发展和改革局负责)"),
    ("强化督导检查", "建立工作台账,定期调度通报。", ""),
]


def told(tasks: pd.DataFrame) -> list[tuple[str, str, str]]:
    filled = tasks.reindex(columns=["title", "text", "clause"]).fillna("")
    return list(filled.itertuples(index=False, name=None))


def test_a_plain_plan() -> None:
    tasks = read(BODY)
    assert told(tasks) == PLAIN
    assert tasks["section_no"].tolist() == [1, 1, 2]
    assert tasks["section_title"].tolist() == ["加快产业发展", "加快产业发展", "抓好组织实施"]
    assert tasks["task_id"].tolist() == [f"qingshan-2024-0{i}" for i in (1, 2, 3)]


@walk(
    ("old", "new"),
    [
        (". ", "."),
        (". ", "．"),
        (". ", "、"),
        (". ", ".\u00a0"),
        (". ", ".\u3000\u3000"),
        (". ", " . "),
        ("\n", "\n\n"),
        ("\n", "\r\n"),
        ("\n", "\n\u3000\u3000"),
        ("\n", "\n\u00a0\n"),
        ("2. ", "[bookmark: _GoBack]2. "),
        ("二、", "- "),
        ("通报。\n", "通报。\n\n\n抄送:县委办公室,县人大办公室。\n"),
        ("通报。\n", "通报。\n扫码使用手机浏览本页内容"),
        ("通报。\n", "通报。\n附件:1.任务清单\n2.责任分工"),
        ("通报。\n", "通报。\n【word版】青山县2024年重点工作任务.docx"),
        ("通报。\n", "通报。\n青山县人民政府办公室  2024年3月8日印发"),
    ],
)
def test_the_same_plan_in_other_shapes(old: str, new: str) -> None:
    assert old in BODY
    tasks = read(BODY.replace(old, new))
    assert told(tasks) == PLAIN
    assert tasks["section_no"].tolist() == [1, 1, 2]


def test_full_width_punctuation_is_kept_as_written() -> None:
    wide = str.maketrans("(),", "（），")
    assert told(read(BODY.translate(wide))) == [
        tuple(c.translate(wide) for c in row) for row in PLAIN
    ]


def test_a_task_of_several_paragraphs() -> None:
    tasks = read(
        BODY.replace("25亿元。", "25亿元。\n一是做好要素保障。\n2.5亿元专项债用于道路。\n")
    )
    assert tasks["text"][1] == (
        "实施重点项目30个,完成投资25亿元。\n一是做好要素保障。\n2.5亿元专项债用于道路。"
    )
    assert tasks["clause"][1] == "(县发展和改革局负责)"
    assert len(tasks) == 3


def test_tasks_beyond_a_hundred_get_three_digits() -> None:
    body = "一、加快产业发展\n" + "".join(f"{i}. 第{i}事。做好。\n" for i in range(1, 102))
    assert read(body)["task_id"].tolist()[98:] == [
        "qingshan-2024-99",
        "qingshan-2024-100",
        "qingshan-2024-101",
    ]


@pytest.mark.parametrize(
    "clause",
    [
        "(县发展和改革局负责)",
        "（县发展和改革局牵头，县财政局配合）",
        "(责任单位:县发展和改革局)",
        "(牵头单位:县发展和改革局(县粮食局),配合单位:各镇(街道))",
        "(各相关部门)",
        "(县政府办公室)",
        "(县疾控中心)",
    ],
)
def test_what_is_a_clause(clause: str) -> None:
    tasks = read(BODY.replace("(县发展和改革局负责)", clause))
    assert tasks["clause"][1] == clause
    assert tasks["text"][1] == PLAIN[1][1]


@pytest.mark.parametrize(
    "ending",
    [
        "投资增长5%以上(含5%)",
        "办好实事10件(详见附件)",
        "新建泵站2座(青山泵站、云水泵站)",
        "做好保障(重点是医院、学校)",
        "县发展和改革局负责)",
        ("建成一站式场所(政务服务中心)"),
    ],
)
def test_what_is_no_clause(ending: str) -> None:
    tasks = read(BODY.replace("完成投资25亿元。(县发展和改革局负责)", ending))
    assert told(tasks)[1] == ("推进项目建设", f"实施重点项目30个,{ending}", "")


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ("负责)", "负责)。", PLAIN),
        (
            "(县发展和改革局负责)",
            "\n责任单位:县发展和改革局",
            [PLAIN[0], (*PLAIN[1][:2], "责任单位:县发展和改革局"), PLAIN[2]],
        ),
        (
            "(县发展和改革局负责)",
            "【县发展和改革局负责】",
            [PLAIN[0], (*PLAIN[1][:2], "【县发展和改革局负责】"), PLAIN[2]],
        ),
        ("2. ", "(二)项目建设\n2. ", PLAIN),
        (
            "通报。\n",
            "通报。\n\n每月一报。(县政府办公室负责)\n",
            [*PLAIN[:2], ("强化督导检查", f"{PLAIN[2][1]}\n\n每月一报。", "(县政府办公室负责)")],
        ),
    ],
)
def test_clauses_that_other_counties_write(old: str, new: str, rows: list[object]) -> None:
    assert told(read(BODY.replace(old, new))) == rows


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("2. ", "3. ", (12, "3 where 2 is due: 推进项目建设")),
        ("2. ", "1. ", (12, "")),
        ("1. ", "2. ", (11, "2 where 1 is due: 培育壮大企业")),
        ("3. ", "2. ", (14, "2 where 3 is due: 强化督导检查")),
        ("二、", "三、", (13, "三 where 2 is due: 抓好组织实施")),
        ("一、", "二、", (10, "二 where 1 is due: 加快产业发展")),
    ],
)
def test_odd_numbers_are_reported_and_stop_nothing(
    old: str, new: str, found: tuple[int, str]
) -> None:
    body = BODY.replace(old, new)
    layout = lay_out(body)
    assert told(read(body)) == PLAIN
    line, what = found
    lines = [
        ((HEADER + body).count("\n", 0, place) + 1, words[: len(what)])
        for kind, place, words, _ in layout.findings
        if kind == "numbering"
    ]
    assert ((line, what) in lines) == bool(what)


def test_no_number_at_all() -> None:
    body = re.sub(r"\d\. |[一二]、", "", BODY)
    with pytest.raises(PlanError, match=r"plan\.txt: no numbered task found; tasks start a line"):
        segment(HEADER + body, "plan.txt")


FORMS = [
    "1．",
    "1、",
    "（1）",
    "①",
    "（一）",
    "第一条 ",
    "第1条 ",
]


@pytest.mark.parametrize("form", FORMS)
def test_other_forms_of_task_numbers(form: str) -> None:
    numbers = [form.translate(str.maketrans("1①一", f"{i}{c}{h}")) for i, c, h in
               zip((1, 2, 3), "①②③", "一二三", strict=True)]  # fmt: skip
    body = BODY
    for printed, number in zip(("1. ", "2. ", "3. "), numbers, strict=True):
        body = body.replace(printed, number)
    assert told(read(body)) == PLAIN
    assert read(body)["task_no"].tolist() == [1, 2, 3]


def test_numbers_that_start_anew_in_each_section_run_through_the_plan() -> None:
    tasks = read(BODY.replace("3. ", "1. "))
    assert told(tasks) == PLAIN
    assert tasks["task_no"].tolist() == [1, 2, 3]
    assert tasks["task_id"].iloc[-1] == "qingshan-2024-03"


def test_numbered_lists_inside_a_task_are_no_tasks() -> None:
    body = BODY.replace("通报。\n", "通报。\n(1)定期调度。\n(2)及时通报。\n(一)每月一报。\n")
    tasks = read(body)
    assert tasks["task_no"].tolist() == [1, 2, 3]
    assert tasks["text"].iloc[-1].endswith("(一)每月一报。")


@pytest.mark.parametrize(
    ("old", "new", "first"),
    [
        # the title may close with its line, be longer than a title, or hold the clause
        ("培育壮大企业。年内", "培育壮大企业\n年内", ("培育壮大企业", PLAIN[0][1])),
        ("培育壮大企业。年内", f"{'做优做强' * 20}。年内", ("做优做强" * 20, PLAIN[0][1])),
        ("培育壮大企业。年内新增规上工业企业12家以上。", "新增企业12家", ("新增企业12家", "")),
    ],
)
def test_titles_that_end_otherwise(old: str, new: str, first: tuple[str, str]) -> None:
    tasks = read(BODY.replace(old, new))
    assert told(tasks) == [(*first, PLAIN[0][2]), *PLAIN[1:]]


@pytest.mark.parametrize(
    "lines",
    [
        "牵头单位:县发展和改革局\n责任单位:县财政局、各乡镇",
        "责任领导:张三\n牵头单位:县发展和改革局\n完成时限:12月底前",
        "主办单位:县发展和改革局\n  协办单位:县财政局",
    ],
)
def test_clauses_in_several_lines(lines: str) -> None:
    tasks = read(BODY.replace("(县发展和改革局负责)", f"\n{lines}"))
    assert told(tasks)[1] == (*PLAIN[1][:2], lines)


def test_a_line_of_dates_alone_names_no_body_but_a_deadline() -> None:
    tasks = read(BODY.replace("(县发展和改革局负责)", "\n完成时限:12月底前"))
    assert told(tasks)[1] == (*PLAIN[1][:2], "完成时限:12月底前")
    assert tasks["due"].tolist() == ["", "12月底前", ""]


def test_no_heading_at_all() -> None:
    tasks = read("\n".join(line for line in BODY.splitlines() if "、" not in line[:2]))
    assert told(tasks) == PLAIN
    assert tasks["section_no"].isna().all()
    assert set(tasks["section_title"]) == {""}


@walk(
    ("heading", "theme"),
    [
        ("加快推进创新型城市建设", "创新驱动"),
        ("提升城市建设治理水平", "城市区域"),
        ("构建现代产业体系", "动能产业"),
        ("繁荣发展文化事业产业", "文化文明"),
        ("守好安全发展底线", "安全发展"),
        ("切实抓好组织实施", "组织实施"),
        ("打造美丽天气", ""),
        ("保障粮食安全", "乡村振兴"),
        ("筑牢北方生态安全屏障", "绿色低碳"),
        ("推动能源安全保供", "绿色低碳"),
        ("加强食品安全监管", "安全发展"),
        ("推进生态文明建设", "绿色低碳"),
        ("推进精神文明建设", "文化文明"),
        ("深化医药卫生体制改革", "共同富裕"),
        ("深化国资国企改革", "改革开放"),
        ("推进大气污染防治", "绿色低碳"),
        ("发展新能源汽车产业", "动能产业"),
        ("调整优化能源结构", "绿色低碳"),
        ("推进农村人居环境整治", "乡村振兴"),
        ("建设美丽县城", "城市区域"),
        ("坚持绿色发展，建设美丽城市", "绿色低碳"),  # the first part that is known
        ("锚定目标，稳就业促增收", "共同富裕"),
        ("完善交通基础设施", "扩大内需"),
        ("全面推进依法治县", "安全发展"),
        ("加强法治政府建设", "组织实施"),
        ("重点任务", ""),
        ("第一批", ""),
    ],
)
def test_section_theme(heading: str, theme: str | None) -> None:
    assert section_theme(heading) == theme


def test_a_line_that_a_task_swallows_is_reported() -> None:
    text = (
        "第一部分\n4. 做好工作。抓好落实。\n第二部分\n0.5. 推进建设。新建学校2所。\n"
        "6. 加强管理。检查3次。\n"
    )
    layout = read_layout(fold_text(text))
    printed = [task.printed for task in layout.tasks]
    told = [what for kind, _, what, _ in layout.findings if kind == "unread_numbered_line"]
    assert "6" in printed or told == ["6. 加强管理。检查3次。"]
    assert "5" in printed
