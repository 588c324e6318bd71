"""A draft with planted faults: each is found, with its line; a sound draft and the five plans."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from invented_years import facts, write_years

from analysis import build, load, study
from analysis.__main__ import main
from analysis.office.lint import check_draft, write_findings
from analysis.study import REPOSITORY

SHARED = "启动南部新城规划编制和建设,整体谋划、有序改造,拓展南部发展空间。"
# Each line of the draft with the faults in it: kind and a part of the words in question.
DRAFT = f"""
青山县2025年重点工作任务
一、产业发展
1.培育工业企业。新增规模以上工业企业12。(县工业和信息化局负责)|no_unit 12
2.扩大有效投资。固定资产投资增长8%。(县发展和改革局负责)|no_base 8%
3.建设项目。新开工项目20个,竣工项目15。(县发展和改革局负责)|no_unit 15
4.发展外贸。进出口总额增长6%以上。(县商务局负责)|no_base 6%
5.培育农业品牌。新增绿色食品认证12个。|nobody 12个
6.发展设施农业。新建日光温室200座。|nobody 200座
8.推进技改。实施技改项目50项。(县工业和信息化局负责)|numbering 8
9.招商引资。新签约亿元以上项目30个。(县投资飞跃局负责)|unknown_body 飞跃
二、城乡建设
10.治理水体。整治入河排污口30个。(县环境保护局负责)|renamed 环境保护局
11.建设公园。新建口袋公园5处。(县国土资源局负责)|renamed 国土资源局
12.提升城市形象。新建口袋公园7处。(县住房城乡建设局负责)|two_numbers 7处
13.改造小区。改造老旧小区20个。(县住房城乡建设局、县乡村振兴局负责)|renamed 乡村振兴局
14.更新城市。改造老旧小区18个。(县住房城乡建设局负责)|two_numbers 18个
16.完善管网。更换老化燃气管网15公里。(县住房城乡建设局负责)|numbering 16
17.建设农村公路。新建改建农村公路60公里。|nobody 60公里
18.推进供水。农村自来水普及率达到98。(县水利局负责)|no_unit 98
19.布局充电设施。新建公共充电桩300个。(县充电先锋局牵头)|unknown_body 先锋
20.城市更新。{SHARED}(县住房城乡建设局负责)|shared 周村
四、民生保障|numbering 四
21.促进就业。城镇新增就业5000人。(县人力资源和社会保障局负责)
22.稳定就业。城镇新增就业4800人。(县人力资源和社会保障局负责)|two_numbers 4800人
23.办好教育。新建幼儿园3所,新增学位900。(县教育局负责)|no_unit 900
24.卫生健康。引进医疗卫生人才30名。(县卫生和计划生育局负责)|renamed 卫生和计划生育局
25.养老服务。新增护理型床位200张。|nobody 200张
26.文化惠民。送戏下乡300场。(县文化广电新闻出版局负责)|renamed 文化广电新闻出版局
27.市场监管。抽检食品800批次。(县工商局、县质监局负责)|renamed 工商局;renamed 质监局
28.居民增收。城乡居民人均可支配收入增长7%。(县农业农村局负责)|no_base 7%
28.应急管理。排查隐患500处。(县安监局负责)|numbering 28;renamed 安监局
30.政务服务。网上办理事项达到90%以上。(县大数据局负责)|numbering 30;renamed 大数据局
"""


def lines() -> list[tuple[str, list[tuple[str, str]]]]:
    found = []
    for line in DRAFT.strip().splitlines():
        words, _, faults = line.partition("|")
        told = [tuple(f.split(" ", 1)) for f in faults.split(";") if f]
        found.append((words, told))
    return found


KINDS = (
    "no_unit", "no_base", "nobody", "numbering", "unknown_body", "renamed", "two_numbers", "shared",
)  # fmt: skip


def keyed(found: pd.DataFrame) -> pd.DataFrame:
    from analysis.wording import text_for

    names = {text_for(f"lint_{kind}"): kind for kind in (*KINDS, "less", "no_due")}
    return found.assign(kind=found["kind"].map(names))


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("draft") / "draft.txt"
    path.write_text("\n".join(words for words, _ in lines()) + "\n", encoding="utf-8")
    return path


def test_planted_faults_are_found_at_their_lines(draft: Path) -> None:
    found = keyed(check_draft(*build.read_draft(draft)))
    planted = [(n, *fault) for n, (_, faults) in enumerate(lines(), 1) for fault in faults]
    assert len(planted) >= 30
    assert {kind for _, kind, _ in planted} == set(KINDS)
    missed = []
    for line, kind, words in planted:
        rows = found[found["line"].eq(line) & found["kind"].eq(kind)]
        told = rows["what"] + rows["sentence"]
        if not told.str.contains(words, regex=False).any():
            missed.append((line, kind, words))
    assert len(planted) - len(missed) >= 0.9 * len(planted), missed
    lines_of = {(n, kind) for n, kind, _ in planted}
    false = found[
        [(n, k) not in lines_of for n, k in zip(found["line"], found["kind"], strict=True)]
    ]
    assert len(false) <= 0.1 * len(found), false.to_dict("records")


def test_a_sound_draft_has_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "sound.txt"
    path.write_text(
        "青山县2025年重点工作任务\n一、产业发展\n"
        "1.培育企业。新增规模以上工业企业12家。(县工业和信息化局负责)\n"
        "2.扩大投资。固定资产投资比上年增长8%。(县发展和改革局负责)\n",
        encoding="utf-8",
    )
    assert check_draft(*build.read_draft(path)).empty


def test_a_draft_without_a_year_has_targets_without_a_deadline(tmp_path: Path) -> None:
    path = tmp_path / "open.txt"
    path.write_text(
        "青山县重点工作任务\n一、产业发展\n1.培育企业。新增规模以上工业企业12家。(县工业和信息化局负责)\n",
        encoding="utf-8",
    )
    assert keyed(check_draft(*build.read_draft(path)))["kind"].tolist() == ["no_due"]


def test_targets_below_those_of_last_year(tmp_path: Path) -> None:
    files = write_years(tmp_path / "plans")
    home = study.Study(tmp_path / "study")
    place = {"county": "青山县", "city": "云水市", "province": "某某省"}
    build.register(files["qingshan-2024"], "qingshan-2024", raw=home.raw, **place)
    build.write_tables(build.build_tables(home.raw), home.processed)
    study.choose(home.root)
    try:
        found = keyed(check_draft(*build.read_draft(files["qingshan-2025"])))
    finally:
        study.choose(None)
    less = found[found["kind"].eq("less")]
    told = set(less["what"].str.extract(r"(\S+ → \S+)$")[0])
    moves = [move for fact in facts() for move in fact["targets"]]
    lower = {f"{a} → {b}" for a, b, state in moves if state == "lowered" and "以内" not in a}
    assert told == lower
    assert len(lower) > 6


def test_the_plans_of_the_study_say_few_things() -> None:
    rows = [
        keyed(check_draft(*build.read_draft(REPOSITORY.raw / f)))
        for f in load.table("documents")["source_file"]
    ]
    found = pd.concat(rows)
    counts = found["kind"].value_counts()
    # 周村 and 淄川 share a template; 滕州 has a heading without its number.
    assert counts["shared"] > 20
    assert counts["numbering"] == 1
    assert set(counts.index) <= {"shared", "numbering", "no_base"}


def test_the_command_writes_text_and_workbook(
    draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "found.xlsx"
    assert main(["lint", str(draft), "--out", str(book)]) == 0
    told = capsys.readouterr().out
    assert "第3行 第1项 数字无单位 [12]" in told
    sheet = openpyxl.load_workbook(book)["核稿"]
    assert sheet.max_row == len(check_draft(*build.read_draft(draft))) + 1
    assert main(["lint", str(draft), "--language", "en"]) == 0
    assert "line 3 task 1 number without a unit [12]" in capsys.readouterr().out
    assert main(["lint", str(tmp_path / "none.txt")]) == 1
    assert "no such file" in capsys.readouterr().err
    again = write_findings(check_draft(*build.read_draft(draft)), tmp_path / "again.xlsx")
    assert again.read_bytes() == book.read_bytes()
