"""Small plans through every door: tasks of one sentence, one task, no number at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import needs_browser, open_page
from conftest import HEADER
from test_doors import OTHER, PLACE, open_study, read_bold

from analysis import load
from analysis.__main__ import main
from analysis.explorer.view import select_view
from analysis.site import search
from analysis.targets.coverage import read_coverage, read_sentences

BODY = """一、加快产业发展
1.新增规模以上工业企业12家、高新技术企业8家。（责任单位：县工业和信息化局、县科技局）
2.完成固定资产投资36亿元。（责任单位：县发展和改革局）
二、改善民生
3.改造老旧小区16个，惠及居民2300户。（责任单位：县住房和城乡建设局）
4.城镇新增就业3000人。（责任单位：县人力资源和社会保障局）
"""
OWN = BODY.replace("12家", "15家").replace("3000人。", "4200人。强化培训，组织活动6场。")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Study of two plans; one task of the second has a text behind its title."""
    other = (HEADER + OWN).replace("青山", "白河")
    plans = {"qingshan-2024": (HEADER + BODY, PLACE), "baihe-2024": (other, OTHER)}
    yield from open_study(tmp_path_factory.mktemp("study"), plans)


@pytest.mark.usefixtures("root")
def test_the_title_is_the_sentence() -> None:
    documents, tasks, quantities, comparisons = load.tables(
        "documents", "tasks", "quantities", "comparisons"
    )
    sentences = read_sentences(tasks, documents).set_index("task_id")["sentence"]
    assert sentences["qingshan-2024-04"] == "城镇新增就业3000人。"
    assert sentences["baihe-2024-04"] == "强化培训，组织活动6场。"
    cover = read_coverage(comparisons, quantities, tasks, documents)
    assert cover.query("indicator_id == 'urban-jobs-new'")["status"].tolist() == ["value"] * 2


def test_numbers_in_titles_are_bold_in_the_workbook(root: Path) -> None:
    assert sorted(read_bold(root)) == sorted(load.table("quantities")["text"])


@pytest.mark.usefixtures("root")
def test_the_search_knows_where_a_number_stands() -> None:
    for task in search.task_data(select_view(load.read_plans())):
        for text, *_, start, end in task["figures"]:
            own, at = ("text", 0) if start >= 0 else ("title", task["head"])
            assert task[own][start - at : end - at] == text


@pytest.mark.slow
@needs_browser
def test_the_site_marks_numbers_in_titles(root: Path) -> None:
    assert main(["figures", "--study", str(root), "01-target-profile", "--format", "png"]) == 0
    assert main(["site", "--study", str(root)]) == 0
    with open_page((root / "site" / "tasks.html").as_uri()) as page:
        of_one = ["12家", "8家", "36亿元", "16个", "2300户", "3000人"]
        of_other = ["15家", "8家", "36亿元", "16个", "2300户", "4200人"]
        assert sorted(page.locator("h2 b").all_inner_texts()) == sorted([*of_one, *of_other])
        assert page.locator("p b").all_inner_texts() == ["6场"]


@pytest.mark.slow
def test_the_notebooks_serve_few_and_short_tasks(root: Path) -> None:
    assert main(["notebooks", "--study", str(root)]) == 0
    assert len(list((root / "notebooks").glob("*.ipynb"))) > 5


TINY = {
    "no number": "一、优化环境\n1. 改进作风。健全调度机制,定期通报。\n2. 强化宣传。讲好故事。\n",
    "one task": "一、优化环境\n1. 改进作风。新增企业3家。(县工信局牵头,县财政局配合)\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("body", TINY.values(), ids=TINY)
def test_the_smallest_plan_ends_no_command_in_a_fault(
    body: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for home in open_study(tmp_path, {"qingshan-2024": (HEADER + body, PLACE)}):
        figures = ["figures", "--language", "zh", "--format", "png"]
        for command in (figures, ["workbook"], ["profile", "青山"], ["export"], ["notebooks"]):
            assert main(["--study", str(home), *command]) == 0, command
        main(["--study", str(home), "site"])  # which wants charts
    told = "".join(capsys.readouterr())
    assert "program failed" not in told
    assert "a fault of this chart" not in told
