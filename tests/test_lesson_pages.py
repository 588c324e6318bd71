"""Lessons on the site, in a real browser and from disk: the same verdicts as in the notebook."""

from pathlib import Path

import pytest
from browser import needs_browser, open_page
from test_lessons import KEYS, LESSONS, NONSENSE, forms

from analysis.lessons import exercises
from analysis.lessons.pages import fnv
from analysis.site.frame import page
from analysis.site.pages import notebook_body
from analysis.study import REPOSITORY
from analysis.wording import text_for

pytestmark = [pytest.mark.slow, needs_browser]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons")
    for edition in ("zh", "en"):
        for name in LESSONS:
            path = REPOSITORY.notebooks / "lessons" / edition / f"{name}.ipynb"
            body, language = notebook_body(path)
            html = page(name, body, language=language)
            (folder / f"{edition}-{name[0]}.html").write_text(html, encoding="utf-8")
    return folder


def test_a_hash_is_that_of_the_published_method() -> None:
    assert fnv("") == "cbf29ce484222325"
    assert fnv("a") == "af63dc4c8601ec8c"
    assert fnv("foobar") == "85944171f73967e8"


def test_no_answer_is_in_a_page(site: Path) -> None:
    html = (site / "zh-4.html").read_text(encoding="utf-8")
    data = html.split('id="exercises">')[1].split("</script>")[0]
    assert all(str(KEYS[no]) not in data for no in ("4.3", "4.4", "4.5"))


@pytest.mark.parametrize("edition", ["zh", "en"])
def test_a_page_judges_as_the_notebook_does(site: Path, edition: str) -> None:
    wrong, told = [], 0
    for name in LESSONS:
        with open_page((site / f"{edition}-{name[0]}.html").as_uri()) as tab:
            for no in (no for no in exercises.EXERCISES if no[0] == name[0]):
                strange = [text for text in NONSENSE if isinstance(text, str)]
                others = [str(answer) for other, answer in KEYS.items() if other != no]
                traps = [str(wrong()) for wrong in exercises.EXERCISES[no].traps.values()]
                given = ["", "??", *forms(no), *strange, *others, *traps]
                got = tab.evaluate("([no, all]) => all.map(one => tell(no, one))", [no, given])
                want = [list(exercises.judge(no, text, edition)) for text in given]
                told += len(given)
                cases = zip(given, got, want, strict=True)
                wrong += [(no, *case) for case in cases if case[1] != case[2]]
    assert wrong == []
    assert told > 1000


@pytest.mark.parametrize("edition", ["zh", "en"])
@pytest.mark.parametrize("width", [390, 1366])
def test_a_lesson_is_done_in_the_page(site: Path, edition: str, width: int) -> None:
    for name in LESSONS:
        with open_page((site / f"{edition}-{name[0]}.html").as_uri(), width=width) as tab:
            tab.screenshot(path=site / f"{edition}-{name[0]}-{width}.png", full_page=True)
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            forms_of = tab.locator("form.answer")
            assert forms_of.count() == sum(no[0] == name[0] for no in exercises.EXERCISES)
            for place in range(forms_of.count()):
                form = forms_of.nth(place)
                no = form.get_attribute("data-no")
                told, box = form.locator("output"), form.locator("input")
                hidden = tab.locator(f'.after[data-no="{no}"]')
                box.press("Enter")
                assert told.text_content() == text_for("lesson_open", edition, exercise=no)
                assert all(not hidden.nth(k).is_visible() for k in range(hidden.count()))
                box.fill("胡说八道")
                box.press("Enter")
                assert told.get_attribute("class") == "wrong"
                box.fill(str(KEYS[no]))
                form.locator("button").click()
                assert told.text_content() == text_for("lesson_right", edition, exercise=no)
                assert all(hidden.nth(k).is_visible() for k in range(hidden.count()))
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            tab.screenshot(path=site / f"{edition}-{name[0]}-{width}-done.png", full_page=True)


@pytest.mark.parametrize("edition", ["zh", "en"])
def test_a_blank_is_filled_from_a_list(site: Path, edition: str) -> None:
    with open_page((site / f"{edition}-1.html").as_uri()) as tab:
        for place, choice in ((0, "task_id"), (1, "lead")):
            blank = tab.locator("select.blank").nth(place)
            blank.select_option(label=choice)
            told = blank.locator("xpath=ancestor::p").locator("output").text_content()
            assert told == str(KEYS[f"1.{4 + place}"])
