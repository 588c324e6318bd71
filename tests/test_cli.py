"""The command line: help, exit codes, and errors of one line that say file and remedy."""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BODY, HEADER, Raw
from messages import templates

from analysis import study
from analysis.__main__ import _language, main, parser
from analysis.lexicon import read_rows
from analysis.study import ROOT, TEXTS

pytestmark = pytest.mark.usefixtures("no_read_chain")

COMMANDS = list(next(a for a in parser()._actions if a.dest == "command").choices)
# A heading that no pattern knows, so that there is something to report.
PLAN = HEADER + BODY.replace("加快产业发展", "打造美丽天气")


def test_commands_of_the_contract() -> None:
    assert {"build", "check", "audit", "figures"} <= set(COMMANDS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command.split(), "--help"])
    assert caught.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: python -m analysis {command}".rstrip())
    assert "--help" in told


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert [c for c in COMMANDS if not re.search(rf"^    {c}\s", told, re.MULTILINE)] == []


def texts_of(parser: argparse.ArgumentParser) -> set[str]:
    """Every word of help of a parser and of its commands."""
    found = {parser.description, *(group.title for group in parser._action_groups)}
    for action in parser._actions:
        found.add(action.help)
        if isinstance(action, argparse._SubParsersAction):
            found |= {listed.help for listed in action._choices_actions}
            found |= set().union(*(texts_of(command) for command in action.choices.values()))
    return found - {None}


def test_all_help_is_there_in_chinese() -> None:
    known = {row["en"] for row in read_rows(TEXTS / "help.csv")}
    english = texts_of(parser())
    assert sorted(english - known) == []
    assert sorted(known - english) == []
    assert sorted(texts_of(parser("zh")) & english) == []


@pytest.mark.parametrize(
    ("arguments", "locale", "language"),
    [
        ([], "C.UTF-8", "en"),
        ([], "zh_CN.UTF-8", "zh"),
        (["--language", "en"], "zh_CN.UTF-8", "en"),
        (["--study", "x", "--language=zh", "figures"], "C", "zh"),
        (["figures", "--language", "zh"], "C", "en"),
    ],
)
def test_help_speaks_the_language_asked_for(
    arguments: list[str], locale: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert _language(arguments) == language


def test_outside_the_environment_one_line_says_how_to_start_it(tmp_path: Path) -> None:
    (tmp_path / "pandas.py").write_text("raise ModuleNotFoundError(name='pandas')")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "summary"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: pandas is not installed; start with source .venv")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["bulid"], ["build", "--rwa", "x"], ["build", "extra"], ["audit", "--list"]]
)
def test_usage_errors_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m analysis" in capsys.readouterr().err


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "analysis", "build", "--raw", "no/such/folder"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"error: {Path('no/such/folder')}: no such folder; name the folder of the plans with --raw"
    ]


def test_build_then_audit(raw: Raw, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw.add(PLAN)
    out = tmp_path / "out"
    assert main(["build", "--raw", str(raw.folder), "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert "tasks 3" in told.out
    assert "打造美丽天气" in told.out  # what the rules did not know is said, with what to do
    assert "lexicon/sections.csv" in told.out
    assert "qingshan-2024" in told.err  # progress
    assert (out / "tasks.csv").is_file()
    assert main(["audit", "--raw", str(raw.folder)]) == 0
    assert "0 unexplained" in capsys.readouterr().out


def test_audit_of_a_text_file(raw: Raw, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw.add(PLAN)
    other = tmp_path / "yunshui.txt"
    other.write_text(PLAN.replace("台账", "九曲台账"), encoding="utf-8")
    assert main(["audit", str(other), "--raw", str(raw.folder)]) == 0
    told = capsys.readouterr().out
    assert "yunshui" in told
    assert "1 unexplained" in told
    assert main(["audit", str(other), "--raw", str(raw.folder), "--list", "unexplained"]) == 0
    assert "九曲" in capsys.readouterr().out


def replace(old: str, new: str) -> Callable[[Raw], object]:
    return lambda raw: raw.add(PLAN.replace(old, new))


def add_empty(raw: Raw) -> None:
    raw.add(b"\n")


def add_year(raw: Raw) -> None:
    raw.add(PLAN, year="2024年")


def add_id(raw: Raw) -> None:
    raw.add(PLAN, "青山-2024")


def no_folder(raw: Raw) -> None:
    raw.folder.rmdir()


FAULTS = [
    (no_folder, "raw", "no such folder", "--raw"),
    (lambda _: None, "sources.csv", "no source list", "list every file"),
    (add_empty, "qingshan-2024.txt", "the file is empty", "put the plan's text into it"),
    (
        lambda raw: raw.add(b"%PDF-1.7\n\x01"),
        "qingshan-2024.txt",
        "this PDF file is damaged",
        "save it",
    ),
    (
        lambda raw: raw.add(HEADER),
        "qingshan-2024.txt",
        "no numbered task found",
        "tasks start a line",
    ),
    (replace("3月8日", "13月8日"), "qingshan-2024.txt", "is no date", "fix the date"),
    (add_year, "sources.csv", "year", ""),
    (add_id, "sources.csv", "doc_id", ""),
]


@pytest.mark.parametrize(("spoil", "place", "problem", "remedy"), FAULTS)
def test_errors_are_one_line_with_file_and_remedy(
    spoil: Callable[[Raw], object],
    place: str,
    problem: str,
    remedy: str,
    raw: Raw,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil(raw)
    out = tmp_path / "out"
    assert main(["build", "--raw", str(raw.folder), "--out", str(out)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    lines = [line for line in told.err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert told.err.endswith(lines[0] + "\n")
    assert place in lines[0]
    assert problem in lines[0]
    assert remedy in lines[0]
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["audit", "nowhere-2024"], "no such plan: nowhere-2024; name a text file or"),
        (["audit", "--list", "other"], "no account 'other'; one of: quantity,"),
        (["check", "--out", "{tmp}"], "not built yet; run `python -m analysis build`"),
        (["figures", "99-nothing", "--out", "{tmp}"], "99-nothing"),
        (["figures", "--language", "fr", "--out", "{tmp}"], "fr"),
        (["figures", "--format", "bmp", "--out", "{tmp}"], "bmp"),
        (["notebooks", "99-nothing"], "99-nothing"),
    ],
    ids=lambda v: " ".join(v)[:30] if isinstance(v, list) else "",
)
def test_other_commands_fail_in_one_line(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([a.replace("{tmp}", str(tmp_path)) for a in arguments])
    assert code == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ")
    assert told in error


def test_add_then_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(PLAN, encoding="utf-8")
    raw = tmp_path / "raw"
    where = ["--county", "青山县", "--city", "云州市", "--province", "东江省", "--raw", str(raw)]
    assert main(["add", str(plan), "qingshan-2024", *where]) == 0
    assert main(["build", "--raw", str(raw), "--out", str(tmp_path / "out")]) == 0
    assert (raw / "qingshan-2024.txt").read_bytes() == plan.read_bytes()
    listed = (raw / "sources.csv").read_bytes()
    capsys.readouterr()
    for bad in (["qingshan-2024"], ["Qingshan"]):  # listed already; no id
        assert main(["add", str(plan), *bad, *where]) == 1
        assert capsys.readouterr().err.startswith("error: ")
    plan.write_text("没有任务。", encoding="utf-8")
    assert main(["add", str(plan), "yunshui-2024", *where]) == 1
    assert (raw / "sources.csv").read_bytes() == listed
    assert sorted(p.name for p in raw.iterdir()) == ["qingshan-2024.txt", "sources.csv"]


def test_add_writes_files_that_others_may_read(tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(PLAN, encoding="utf-8")
    plan.chmod(0o644)
    raw = tmp_path / "raw"
    where = ["--county", "青山县", "--city", "云州市", "--province", "东江省", "--raw", str(raw)]
    assert main(["add", str(plan), "qingshan-2024", *where]) == 0
    assert {p.stat().st_mode & 0o777 for p in raw.iterdir()} == {0o644}


def test_every_message_has_chinese_words() -> None:
    known = {row["en"]: row["zh"] for row in read_rows(TEXTS / "messages.csv")}
    said = templates(ROOT / "analysis")
    assert len(said) > 200
    assert {text: place for text, place in said.items() if text not in known} == {}
    blanks = [en for en, zh in known.items() if en.count("{}") < len(re.findall(r"\{\d\}", zh))]
    assert blanks == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["figures", "--counties", "周存"], "错误：没有县区“周存”；是否指 周村区（淄博市）？"),
        (
            ["add", "none.txt", "aa-2023", "--county", "周村区"],
            "错误：none.txt：没有这个文件；请核对文件名",
        ),
    ],
)
def test_errors_are_told_in_chinese(
    arguments: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setattr(sys, "argv", ["analysis", *arguments])
    assert main(arguments) == 1
    assert capsys.readouterr().err == told + "\n"


def test_the_study_is_named_before_the_command_or_behind_it() -> None:
    for words in (["--study", "x", "check"], ["check", "--study", "x"]):
        assert parser().parse_args(words).study == Path("x")
    assert parser().parse_args(["check"]).study is None


def test_notebooks_of_no_study_are_not_begun(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notebooks", "--study", str(tmp_path / "mistyped")]) == 1
    assert "not built yet" in capsys.readouterr().err
    assert not (tmp_path / "mistyped").exists()
    study.choose(None)
