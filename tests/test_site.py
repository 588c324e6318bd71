"""The site: complete, whole without a network, and its search in a browser."""

import csv
import json
import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from browser import needs_browser, open_page

from analysis import load, notebooks
from analysis.charts.pack import PACK, caption
from analysis.errors import PlanError
from analysis.explorer.controls import Plans, View, read_plans, select_view
from analysis.explorer.search import find_tasks, propose, search_entries, search_names
from analysis.site import frame, search
from analysis.site import pages as site
from analysis.study import REPOSITORY, Study
from analysis.wording import LANGUAGES, text_for


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    for stale in ("notebooks/gone.html", "notebooks/lessons/gone-key.html", "own.html"):
        (folder / stale).parent.mkdir(parents=True, exist_ok=True)
        (folder / stale).write_text("<p>old</p>", encoding="utf-8")
    site.build(folder, report=lambda _: None)
    return folder


@pytest.fixture(scope="module")
def view() -> View:
    return select_view(read_plans())


def addresses(html: str) -> list[str]:
    """What a page loads or links to, without what lies inside it and the issuers' own pages.

    Those are links for a reader who is online, and load nothing.
    """
    published = set(load.table("documents")["source_url"])
    found = re.findall(r"""(?:src|href|action|srcset)\s*=\s*["']([^"'#]+)""", html)
    found += re.findall(r"""(?:url\(|@import)\s*["']?([^"')]+)""", html)
    return sorted({a for a in found if not a.startswith("data:")} - published)


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
        assert [a for a in links if not (page.parent / unquote(a.split("?")[0])).is_file()] == [], (
            page.name
        )


@pytest.mark.slow
def test_every_notebook_and_figure_has_its_place(built: Path) -> None:
    index = (built / "index.html").read_text(encoding="utf-8")
    places = [
        p.relative_to(REPOSITORY.notebooks).with_suffix(".html").as_posix()
        for p in notebooks.find()
    ]
    shown = [place for place in places if not place.endswith("-key.html")]
    chinese, english = index.split('<details lang="en">')
    assert re.findall(r'<h3[^>]*><a href="notebooks/([^"]+)"', chinese) == shown
    assert re.findall(r'<h3[^>]*><a href="notebooks/([^"]+)"', english) == shown
    pages = (p.relative_to(built / "notebooks") for p in (built / "notebooks").rglob("*.html"))
    assert sorted(p.as_posix() for p in pages) == sorted(shown)
    assert len(places) > len(shown) > 10
    lessons = chinese.index(f"<h2>{text_for('site_lessons')}</h2>")
    assert [chinese.index(f'<a href="notebooks/{place}"') > lessons for place in shown] == [
        place.startswith("lessons/") for place in shown
    ]


@pytest.mark.slow
def test_every_link_within_a_page_has_its_place(built: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in built.rglob("*.html")}
    places = {
        path.resolve(): {unescape(name) for name in re.findall(r'\bid="([^"]+)"', html)}
        for path, html in pages.items()
    }
    dead = []
    for path, html in pages.items():
        for link in re.findall(r'href="([^"#?]*#[^"]+)"', html):
            file, _, place = unquote(unescape(link)).partition("#")
            target = (path.parent / file).resolve() if file else path.resolve()
            if target.name != "tasks.html" and place not in places[target]:
                dead.append(f"{path.name}: {link}")
    assert dead == []
    assert sum(html.count('href="#') for html in pages.values()) > 50


@pytest.mark.slow
def test_pages_say_their_language_and_describe_their_pictures(built: Path) -> None:
    pages = {
        p.relative_to(built).as_posix(): p.read_text(encoding="utf-8")
        for p in built.rglob("*.html")
        if p.name != "own.html"
    }
    language = {name: re.search('<html lang="([^"]+)"', html)[1] for name, html in pages.items()}
    assert {language[name] for name in ("index.html", "tasks.html", "figures.html")} == {"zh-CN"}
    assert language["notebooks/03-targets.html"] == "en"
    for name, html in pages.items():
        pictures = re.findall("<img[^>]*>", html)
        assert [p[:80] for p in pictures if not re.search('alt="[^"]+"', p)] == [], name
        assert "No description" not in html, name
        assert ("<summary>代码</summary>" in html) <= (language[name] == "zh-CN"), name
        assert len(html.encode()) < 2_000_000, name


@pytest.mark.slow
def test_the_first_page_leads_an_office_to_everything(built: Path, view: View) -> None:
    with_findings = site.index_body(view, "- 甲 ([03-targets](notebooks/03-targets.ipynb))")
    assert '<li>甲 (<a href="notebooks/03-targets.html">03-targets</a>)</li>' in with_findings
    index = (built / "index.html").read_text(encoding="utf-8")
    for doc_id in view.documents["doc_id"]:
        assert f'href="tasks.html?county={doc_id}"' in index
    files = {p.name for p in (built / "files").iterdir()}
    assert {"tasks.csv", "quantities.csv", "comparisons.csv"} <= files
    assert set(re.findall('href="files/([^"]+)"', index)) == files
    gallery = (built / "figures.html").read_text(encoding="utf-8")
    contents = re.findall('<li><a href="#([^"]+)">', gallery)
    assert contents == re.findall('<figure id="([^"]+)">', gallery)


@pytest.mark.slow
def test_only_pages_of_notebooks_are_removed(built: Path) -> None:
    assert (built / "own.html").read_text(encoding="utf-8") == "<p>old</p>"
    assert not (built / "notebooks" / "gone.html").exists()


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_shown_once_in_a_language_with_its_caption(
    built: Path, language: str
) -> None:
    gallery = (built / "figures.html").read_text(encoding="utf-8")
    parts = re.findall(rf'<div class="{language}">(.*?)</div>', gallery)
    suffix = "" if language == "zh" else f"-{language}"
    names = [n for n in PACK if (REPOSITORY.figures / f"{n}{suffix}.png").is_file()]
    assert len(parts) == len([n for n in PACK if (REPOSITORY.figures / f"{n}.png").is_file()]) > 20
    for name in names:
        (part,) = (p for p in parts if f'src="figures/{name}{suffix}.png"' in p)
        assert f"<p>{escape(caption(name, language))}</p>" in part
        assert f'href="figures/{name}{suffix}.csv"' in part


def test_an_english_figure_stands_beside_the_chinese_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = list(PACK)[:2]
    for stem in (first, f"{first}-en", second, "own-picture"):
        (tmp_path / f"{stem}.png").write_bytes(b"")
    (tmp_path / f"{first}-en.csv").write_bytes(b"")
    monkeypatch.setattr(Study, "figures", tmp_path)
    body = site.figures_body()
    pictures = [first, f"{first}-en", second, second]  # where there is none, the Chinese one
    assert re.findall(r'src="figures/([^"]+).png"', body) == pictures
    assert re.findall(r'href="figures/([^"]+)"', body) == [f"{first}-en.csv"]
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(PlanError, match="no charts"):
        site.figures_body()


def test_the_search_holds_every_task(view: View) -> None:
    data = search.task_data(view)
    assert [t["id"] for t in data] == view.tasks["task_id"].tolist()
    assert all(t["text"][slice(*f[3:])] == f[0] for t in data for f in t["figures"])
    figures = {t["id"]: [f[0] for f in t["figures"]] for t in data}
    shown = view.figures.groupby("task_id")["text"].agg(list)
    assert {k: v for k, v in figures.items() if v} == shown.to_dict()
    assert not any(v is None or v != v for t in data for v in t.values())


def test_a_text_cannot_end_the_script_it_stands_in() -> None:
    plans = read_plans()
    tasks = plans.tasks.copy()
    tasks.loc[tasks.index[0], "title"] = "</script><script>alert(1)</script>"
    changed = Plans(plans.documents, tasks, plans.quantities, plans.assignments)
    body = search.search_body(select_view(changed))
    assert body.count("</script>") == 2
    data = re.search(r'id="data">(.*?)</script>', body, re.S)[1]
    assert any(t["title"].startswith("</script>") for t in json.loads(data)["tasks"])


def test_a_study_without_notebooks_has_a_first_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: View
) -> None:
    monkeypatch.setattr(Study, "notebooks", tmp_path)
    html = site.index_body(view)
    assert text_for("site_tasks") in html
    assert text_for("site_lessons") not in html


def test_controls_without_a_kernel_are_left_out(tmp_path: Path) -> None:
    widget = {notebooks.WIDGET: {"model_id": "0"}, "text/plain": "Explorer(children=())"}
    output = nbformat.v4.new_output("execute_result", widget, execution_count=1)
    cells = [
        nbformat.v4.new_markdown_cell("[next](02-themes.ipynb#a) [web](https://a.cn/b.ipynb)"),
        nbformat.v4.new_code_cell("explore.Explorer()", outputs=[output], execution_count=1),
    ]
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    body, language = site.notebook_body(path)
    assert language == "en"
    assert '<details class="code"><summary>Code</summary>' in body
    assert "children" not in body
    assert 'href="02-themes.html#a"' in body
    assert 'href="https://a.cn/b.ipynb"' in body


def queries() -> dict[str, set[str]]:
    """Queries of an officer, and the tasks that each must find."""
    with (Path(__file__).parent / "queries.csv").open(encoding="utf-8") as file:
        return {row["query"]: set(row["must_find"].split()) for row in csv.DictReader(file)}


def test_the_search_finds_what_an_officer_looks_for(view: View) -> None:
    entries = search_entries(view.plans, view.comparisons)
    names = search_names(view.plans, view.comparisons)
    found = {q: find_tasks(entries, names, q) for q in queries()}
    found = {q: set(hits.index[hits]) for q, hits in found.items()}
    assert {q: sorted(must - found[q]) for q, must in queries().items() if must - found[q]} == {}
    # Not everything: an exact name finds no more than it must.
    exact = ["人社局", "造林绿化面积", "1700家", "第31项", "≥95%", "垃圾分类"]
    assert {q: found[q] for q in exact} == {q: queries()[q] for q in exact}
    assert find_tasks(entries, names, "滕洲").sum() == 0
    # No number is found in a longer one, and an office goes by two letters of its name.
    assert not find_tasks(entries, names, "700家")["chengyang-2023-03"]
    for short, full in (("文旅", "文旅局"), ("工信", "工信局")):
        assert (find_tasks(entries, names, short) >= find_tasks(entries, names, full)).all()
    assert propose(entries, names, "滕洲") == {"滕州市": 75}
    assert "区人社局" in propose(entries, names, "人社保局")


@needs_browser
def test_the_page_and_the_explorer_find_the_same_tasks(tmp_path: Path, view: View) -> None:
    entries = search_entries(view.plans, view.comparisons)
    names = search_names(view.plans, view.comparisons)
    path = tmp_path / "tasks.html"
    path.write_text(frame.page("tasks", search.search_body(view)), encoding="utf-8")
    script = (
        "() => {const f = asked().map(finder);"
        " return tasks.filter(t => matches(t, f)).map(t => t.id)}"
    )
    more = [
        "5g",
        "\uff15\uff27",
        "不低于95%",
        "改造 老旧小区",
        "绿色低碳 公里",
        "<b>",
        "(",
        "",
        "10%以内",
    ]
    with open_page(path.as_uri()) as opened:
        for query in [*queries(), *more]:
            opened.fill("#words", query)
            hits = find_tasks(entries, names, query)
            assert opened.evaluate(script) == hits.index[hits].tolist(), query
            assert opened.locator("#count").inner_text() == f"{hits.sum()} / {len(hits)}"
        opened.fill("#words", "滕洲")
        opened.locator("#near button").first.click()
        assert opened.locator("#words").input_value() == "滕州市"
        assert opened.locator("#count").inner_text() == "75 / 360"
        opened.fill("#words", "1,700家")
        assert opened.locator("#found > li").count() == 1
        assert set(opened.locator("#found mark").all_inner_texts()) == {"1700家"}
        opened.fill("#words", "")
        assert opened.locator("#found > li").count() == 50
        opened.locator("#more").click()
        assert opened.locator("#found > li").count() == 250
    with open_page(f"{path.as_uri()}?words=养老&county=zhoucun-2023") as opened:
        assert opened.locator("#count").inner_text() == "1 / 360"


@pytest.mark.slow
@needs_browser
def test_the_search_works_from_disk(built: Path, view: View) -> None:
    with open_page((built / "tasks.html").as_uri()) as page:
        count, found = page.locator("#count"), page.locator("#found > li")
        assert found.count() == 50
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
        page.locator("#found a").nth(9).click()
        task_id = page.url.partition("#")[2]
        assert page.locator("#found li.chosen").get_attribute("id") == task_id
        page.select_option("#theme", "黄河战略")
        both = view.tasks["doc_id"].eq("zhoucun-2023") & view.tasks["theme"].eq("黄河战略")
        assert found.count() == both.sum() > 0


@pytest.mark.slow
@needs_browser
def test_pages_open_from_disk(built: Path) -> None:
    with open_page((built / "index.html").as_uri()) as page:
        page.screenshot(path=built / "index.png")
        page.locator('main > h3 a[href^="notebooks/"]').last.click()
        page.wait_for_url("**/notebooks/**")
        page.screenshot(path=built / "notebook.png")
        page.locator('nav a[href$="figures.html"]').click()
        page.wait_for_url("**/figures.html")
        page.locator("figure .zh img").last.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        broken = "[...document.images].filter(i => i.complete && !i.naturalWidth).length"
        assert page.evaluate(broken) == 0
        page.screenshot(path=built / "figures.png")


@pytest.mark.slow
@needs_browser
def test_a_link_leads_to_its_task(built: Path, view: View) -> None:
    task = view.tasks.iloc[-40]
    with open_page((built / "tasks.html").as_uri() + f"#{task['task_id']}") as page:
        chosen = page.locator("#found li.chosen")
        assert chosen.get_attribute("id") == task["task_id"]
        assert task["title"] in chosen.inner_text()
        assert -1 < chosen.bounding_box()["y"] < 200
        page.screenshot(path=built / "link.png")


@pytest.mark.slow
@needs_browser
def test_the_figures_change_their_language(built: Path) -> None:
    with open_page((built / "figures.html").as_uri()) as page:
        captions = {
            w: page.locator("figcaption").get_by_text(caption("01-target-profile", w))
            for w in LANGUAGES
        }
        shown = [captions[w].is_visible() for w in LANGUAGES]
        page.get_by_label("English", exact=True).check()
        assert (shown, [captions[w].is_visible() for w in LANGUAGES]) == (
            [True, False],
            [False, True],
        )


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("name", ["index", "tasks", "figures", "notebooks/03-targets"])
def test_no_page_is_wider_than_a_phone(built: Path, name: str) -> None:
    with open_page((built / f"{name}.html").as_uri(), width=390) as page:
        page.screenshot(path=built / f"phone-{Path(name).name}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
