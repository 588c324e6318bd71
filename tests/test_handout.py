"""The folder of a class: everything that a student needs, and no answer."""

import io
import re
from pathlib import Path

import docx
import pytest
from test_lessons import KEYS, LESSONS

from analysis.lessons import exercises
from analysis.lessons.editions import SOURCE
from analysis.site import handout

# Answers that stand in no table and no text of a lesson by chance.
TELLING = [
    no for no, asked in exercises.EXERCISES.items() if asked.kind in {"labels", "readings"}
] + ["4.3", "4.4"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("class") / "one"
    handout.write_handout(home)
    return home


def text_of(path: Path) -> str:
    if path.suffix != ".docx":
        return path.read_text(encoding="utf-8")
    sheet = docx.Document(io.BytesIO(path.read_bytes()))
    cells = [c.text for t in sheet.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in sheet.paragraphs), *cells])


@pytest.mark.slow
def test_a_class_gets_every_lesson_in_every_form_and_no_key(folder: Path) -> None:
    for edition in ("zh", "en"):
        got = {p.name for p in (folder / edition).iterdir()}
        forms = (".html", ".ipynb", ".docx", "-slides.md")
        assert got == {f"{name}{form}" for name in LESSONS for form in forms} | {"README.md"}
    assert list(folder.rglob("*key*")) == []
    assert len(list((folder / "tables").glob("*.csv"))) > 8
    assert "CC BY 4.0" in (folder / "LICENSE.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_no_answer_is_in_it(folder: Path) -> None:
    pages = [p for p in folder.rglob("*") if p.is_file() and p.parent.name != "tables"]
    assert len(TELLING) >= 4
    found = []
    for path in pages:
        text = re.sub(r"[\s,]", "", text_of(path))
        for no in TELLING:
            answer = re.sub(r"\s", "", str(KEYS[no]))
            if path.name[0] == no[0] and re.search(rf"(?<![\d.]){answer}(?![\d.])", text):
                found.append((path.name, no))
    assert [hit for hit in found if not hit[0].endswith(".html")] == []
    hidden = {("4-comparing-counties.html", no) for no in ("4.3", "4.4")}
    assert set(found) <= hidden  # tables that the page shows after an answer


@pytest.mark.slow
def test_a_worksheet_asks_every_question_and_leaves_room(folder: Path) -> None:
    for name in LESSONS:
        for edition, line in (("zh", "答案：___"), ("en", "Answer: ___")):
            text = text_of(folder / edition / f"{name}.docx")
            asked = [no for no in exercises.EXERCISES if no[0] == name[0]]
            assert text.count(line) == len(asked)
            assert all(re.search(rf"^{no} ", text, re.MULTILINE) for no in asked)


@pytest.mark.slow
def test_the_same_again_is_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    handout.write_handout(tmp_path / "two")
    differ = [
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.is_file() and p.read_bytes() != (tmp_path / "two" / p.relative_to(folder)).read_bytes()
    ]
    assert differ == []


def test_slides_follow_the_lesson() -> None:
    for name in LESSONS:
        source = (SOURCE / f"{name}.md").read_text(encoding="utf-8")
        for edition in ("zh", "en"):
            slides = handout.make_slides(source, edition).decode().split("\n\n---\n\n")
            assert slides[0].startswith("# ")
            assert all(slide.startswith("## ") for slide in slides[1:])
            assert "{how}" not in "".join(slides)
            assert len(slides) > 5
