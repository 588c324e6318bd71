"""The site: complete, whole without a network, and its search in a browser."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from browser import needs_browser, open_page

from analysis import notebooks, site
from analysis.explore import Plans, View, read_plans, select_view
from analysis.paths import FIGURES, NOTEBOOKS


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    site.build(folder, report=lambda _: None)
    return folder


@pytest.fixture(scope="module")
def view() -> View:
    return select_view(read_plans())


def addresses(html: str) -> list[str]:
    """What a page loads or links to, without what lies inside it."""
    found = re.findall(r"""(?:src|href|action|srcset)\s*=\s*["']([^"'#]+)""", html)
    found += re.findall(r"""(?:url\(|@import)\s*["']?([^"')]+)""", html)
    return sorted({a for a in found if not a.startswith("data:")})


@pytest.mark.slow
def test_nothing_is_asked_of_another_host(built: Path) -> None:
    for page in built.rglob("*.html"):
        html = re.sub(r"data:image/[^\"']+", "", page.read_text(encoding="utf-8"))
        assert [a for a in addresses(html) if re.match(r"[a-z]+:|//", a)] == [], page.name
        assert re.findall(r"mathjax|require\.js|jsdelivr|cdnjs|unpkg|googleapis", html, re.I) == []


@pytest.mark.slow
def test_every_link_leads_to_a_file(built: Path) -> None:
    for page in built.rglob("*.html"):
        links = addresses(page.read_text(encoding="utf-8"))
        assert [a for a in links if not (page.parent / a).is_file()] == [], page.name


@pytest.mark.slow
def test_every_notebook_and_figure_has_its_place(built: Path) -> None:
    index = (built / "index.html").read_text(encoding="utf-8")
    for path in notebooks.find():
        place = path.relative_to(NOTEBOOKS).with_suffix(".html")
        assert f'href="notebooks/{place}"' in index
        assert (built / "notebooks" / place).is_file()
    gallery = (built / "figures.html").read_text(encoding="utf-8")
    names = sorted(p.name for p in FIGURES.glob("*.png"))
    assert sorted(re.findall(r'src="figures/([^"]+)"', gallery)) == names
    assert names


def test_the_search_holds_every_task(view: View) -> None:
    data = site.task_data(view)
    assert [t["id"] for t in data] == view.tasks["task_id"].tolist()
    figures = {t["id"]: [f[0] for f in t["figures"]] for t in data}
    shown = view.figures.groupby("task_id")["text"].agg(list)
    assert {k: v for k, v in figures.items() if v} == shown.to_dict()
    assert not any(v is None or v != v for t in data for v in t.values())


def test_a_text_cannot_end_the_script_it_stands_in() -> None:
    plans = read_plans()
    tasks = plans.tasks.copy()
    tasks.loc[tasks.index[0], "title"] = "</script><script>alert(1)</script>"
    changed = Plans(plans.documents, tasks, plans.quantities, plans.assignments)
    body = site.search_body(select_view(changed))
    assert body.count("</script>") == 2
    data = re.search(r'id="data">(.*?)</script>', body, re.S)[1]
    assert any(t["title"].startswith("</script>") for t in json.loads(data))


def test_controls_without_a_kernel_are_left_out(tmp_path: Path) -> None:
    widget = {site.WIDGET: {"model_id": "0"}, "text/plain": "Explorer(children=())"}
    output = nbformat.v4.new_output("execute_result", widget, execution_count=1)
    cells = [
        nbformat.v4.new_markdown_cell("[next](02-themes.ipynb#a) [web](https://a.cn/b.ipynb)"),
        nbformat.v4.new_code_cell("explore.Explorer()", outputs=[output], execution_count=1),
    ]
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    body = site.notebook_body(path)
    assert "children" not in body
    assert 'href="02-themes.html#a"' in body
    assert 'href="https://a.cn/b.ipynb"' in body


@pytest.mark.slow
@needs_browser
def test_the_search_works_from_disk(built: Path, view: View) -> None:
    with open_page((built / "tasks.html").as_uri()) as page:
        count, found = page.locator("#count"), page.locator("#found > li")
        assert found.count() == len(view.tasks)
        page.fill("#words", "5g")
        narrow = found.count()
        page.fill("#words", "\uff15\uff27")  # full-width
        assert found.count() == narrow > 0
        page.fill("#words", "高标准农田")
        wanted = view.tasks["text"].str.contains("高标准农田") | view.tasks["title"].str.contains(
            "高标准农田"
        )
        assert found.count() == wanted.sum() > 0
        assert count.inner_text() == f"{wanted.sum()} / {len(view.tasks)}"
        assert set(page.locator("#found mark").all_inner_texts()) == {"高标准农田"}
        page.screenshot(path=built / "search.png")
        page.select_option("#county", "zhoucun-2023")
        here = wanted & view.tasks["doc_id"].eq("zhoucun-2023")
        assert found.count() == here.sum() < wanted.sum()
        page.fill("#words", "<b>")
        assert found.count() == 0
        page.fill("#words", "")
        page.select_option("#theme", "黄河战略")
        both = view.tasks["doc_id"].eq("zhoucun-2023") & view.tasks["theme"].eq("黄河战略")
        assert found.count() == both.sum() > 0


@pytest.mark.slow
@needs_browser
def test_pages_open_from_disk(built: Path) -> None:
    with open_page((built / "index.html").as_uri()) as page:
        page.screenshot(path=built / "index.png")
        page.locator('main a[href^="notebooks/"]').last.click()
        page.wait_for_url("**/notebooks/**")
        page.screenshot(path=built / "notebook.png")
        page.locator('nav a[href$="figures.html"]').click()
        page.wait_for_url("**/figures.html")
        page.locator("figure img").last.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        broken = "[...document.images].filter(i => i.complete && !i.naturalWidth).length"
        assert page.evaluate(broken) == 0
        page.screenshot(path=built / "figures.png")
