"""Command line: ``python -m analysis <command>``; ``--help`` lists the commands."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from analysis import study
from analysis.errors import PlanError, explain
from analysis.lexicon import read_rows
from analysis.wording import tell, translate

_LISTED = 12  # findings of one kind that a build prints; the table report has them all


def _say(text: str, file: TextIO | None = None) -> None:
    print(translate(text, _language(sys.argv[1:])), file=file, flush=True)


def _report(text: str) -> None:
    print(f"  {translate(text, _language(sys.argv[1:]))} ...", file=sys.stderr, flush=True)


def _build(options: argparse.Namespace) -> int:
    name = f"tables {options.out}" + " without indicators" * options.no_indicators
    sources = [options.raw, study.current().lexicon]
    return _unless_made(options, name, sources, _build_tables, "build")


def _build_tables(options: argparse.Namespace) -> None:
    from analysis import build, load

    given = {"report": _report, "indicators": not options.no_indicators, "jobs": options.jobs}
    if options.cluster or len(build.list_plans(options.raw)) >= build.LARGE:
        from analysis import large

        version = large.build_large(options.raw, options.out, cluster=options.cluster, **given)
        sizes = load.count_rows(options.out)
        report = load.table("report", folder=options.out)
    else:
        tables = build.build_tables(options.raw, **given)
        build.write_texts(tables["documents"], options.raw, options.out)
        version = build.write_tables(tables, options.out)
        sizes, report = {name: len(frame) for name, frame in tables.items()}, tables["report"]
    rows = ", ".join(f"{name} {n}" for name, n in sizes.items())
    _say(f"data {version} in {options.out}: {rows}")
    words = partial(translate, language=_language(sys.argv[1:]))
    for (kind, remedy), found in report.groupby(["kind", "remedy"]):
        listed = (found["place"] + " " + found["what"].map(words)).tolist()
        more = "; … report" if len(listed) > _LISTED else ""
        print(f"  {words(kind)} ({len(found)}): {'; '.join(listed[:_LISTED])}{more}")
        print(f"    {words(f'what to do: {remedy}')}")
    if options.strict and (unread := report.query("kind == 'unread_plan'")["place"].tolist()):
        raise PlanError(f"not read: {', '.join(unread)}", "see the report above")


def _unless_made(
    options: argparse.Namespace,
    name: str,
    sources: list[Path],
    make: Callable[..., None],
    code: str,
    *,
    results: list[Path] | None = None,
    is_there: bool = True,
) -> int:
    """Make what goes to --out; with --changed, only if it is not as it was made last."""
    from analysis import freshness

    made = freshness.make_once(
        name,
        partial(make, options),
        sources=sources,
        results=[options.out] if results is None else results,
        code=[f"analysis.{code}"],
        only_changed=options.changed,
        is_there=is_there,
    )
    if not made:
        _report(f"{name}: unchanged")
    return 0


# Facts of a header that may be given where the text does not print them.
FACTS = {
    "title": "title of the plan",
    "doc_number": "document number, as 周政办字〔2023〕17号",
    "issuer": "issuing office",
    "issued_on": "date of issue, as 2023-06-09",
}


def _add(options: argparse.Namespace) -> int:
    from analysis import build

    names = ("raw", "kind", "note", "level", "source_url", "convert", "city", "province", *FACTS)
    given = {name: getattr(options, name) for name in names}
    if options.ids or options.files[0].is_dir():
        return _add_all(options, given)
    if len(options.files) != 2 or not options.county:
        problem = "one plan takes its file, its id and --county"
        raise PlanError(problem, "several take files or a folder and --ids TABLE")
    file, doc_id = options.files
    source = build.register(file, str(doc_id), county=options.county, **given)
    known = (source.doc_number, source.issuer, source.issued_on)
    facts = ", ".join(k for k in known if k)
    _say(f"{source.file}: {facts}" if facts else f"{source.file}: header without facts")
    return 0


def _add_all(options: argparse.Namespace, given: dict[str, Any]) -> int:
    """Add the plans of a table of ids, and say of each file what became of it."""
    from analysis import build

    tables = [options.files[0] / f"ids.{suffix}" for suffix in ("xlsx", "csv")]
    table = options.ids or next((path for path in tables if path.is_file()), tables[1])
    given = {k: v for k, v in given.items() if v or k == "raw"}
    found = build.register_all(options.files, table, **given)
    for path, error in found:
        told = "" if error is None else tell(error, _language(sys.argv[1:]))
        _say(f"not added: {told}" if told else f"{path.name}: added")
    return 1 if any(error for _, error in found) else 0


def _new(options: argparse.Namespace) -> int:
    from analysis import notebooks

    made = study.make_study(options.folder)
    notebooks.copy_notebooks(made.notebooks)
    _say(f"{made.root}: an empty study; add plans with `python -m analysis --study DIR add`")
    return 0


def _remove(options: argparse.Namespace) -> int:
    from analysis import build

    _say(f"{build.unregister(options.doc_id, options.raw)}: taken out")
    return 0


def _check(options: argparse.Namespace) -> int:
    from analysis import check

    problems = check.check_tables(options.raw, options.out)
    _say("\n".join(problems) or f"{options.out}: schema, keys, hashes and quotations hold")
    return 1 if problems else 0


def _audit(options: argparse.Namespace) -> int:
    from analysis.reading import audit

    print(audit.describe(options.raw, options.plan, listed=options.list))
    return 0


def _notebooks(options: argparse.Namespace) -> int:
    from analysis import load, notebooks

    home = study.current().notebooks
    if not any(home.glob("*.ipynb")):  # of a study that was not begun by `new`
        load.data_version()  # says so where there is no such study
        notebooks.copy_notebooks(home)
    for path in notebooks.run(
        options.name, jobs=options.jobs, only_changed=options.changed, report=_report
    ):
        print(path)
    return 0


def _figures(options: argparse.Namespace) -> int:
    from analysis.selection import select, split_names

    # What is chosen is found before anything heavy is imported: a wrong name is told at once.
    years = [_year(name) for name in split_names(options.years)]
    chosen = (split_names(options.counties), options.theme, options.indicator)
    selection = select(*chosen, years=years)
    focus = select([options.focus]).counties[-1] if options.focus else ""
    from analysis.charts import pack

    if options.list:
        print(pack.describe_charts(_language(sys.argv[1:])))
        return 0
    for path in pack.draw(
        options.name,
        selection=selection,
        width=options.width,
        focus=focus,
        bare=options.bare,
        folder=options.out,
        languages=split_names(options.language),
        formats=split_names(options.format),
        only_changed=options.changed,
        bundle=options.zip,
        jobs=options.jobs,
        report=_report,
    ):
        print(path)
    return 0


def _year(name: str) -> int:
    if not name.isdecimal():
        raise PlanError(f"year {name} is no year", "write it as 2023")
    return int(name)


def _indicators(options: argparse.Namespace) -> int:
    from analysis.targets import indicators

    print(indicators.describe(options.words, theme=options.theme))
    return 0


def _themes(_: argparse.Namespace) -> int:
    from analysis import load
    from analysis.lexicon import theme_names
    from analysis.wording import theme_name

    counts = load.table("tasks")["theme"].value_counts()
    for theme in theme_names():
        print(f"{theme}  {theme_name(theme, 'en')}  {counts.get(theme, 0)}")
    return 0


def _departments(_: argparse.Namespace) -> int:
    from analysis import load
    from analysis.wording import department_name

    rows = load.table("assignments").drop_duplicates(["task_id", "department"])
    for department, n in rows["department"].value_counts().items():
        named = department_name(str(department), "en")
        print(f"{department}  {named if named != department else ''}  {n}".replace("    ", "  "))
    return 0


def _summary(_: argparse.Namespace) -> int:
    from analysis import summary

    print(summary.describe())
    return 0


def _dictionary(_: argparse.Namespace) -> int:
    from analysis import summary

    print(summary.write_parts())
    return 0


def _workbook(options: argparse.Namespace) -> int:
    # A workbook that was filled in is as current as its tables: only that it is there counts.
    is_there = any(options.out.glob("*.xlsx"))
    name = f"workbooks {options.counties} {options.language} {options.out}"
    name += f" {options.own}" + " by department" * options.by_department
    sources = [study.current().processed, study.LABELS]
    return _unless_made(
        options, name, sources, _write_workbooks, "office.books", results=[], is_there=is_there
    )


def _write_workbooks(options: argparse.Namespace) -> None:
    from analysis.office import books
    from analysis.selection import select, split_names

    selection = select(split_names(options.counties))
    own = select([options.own]).counties[-1] if options.own else ""
    given = {"language": options.language, "by_department": options.by_department, "own": own}
    for path in books.write(options.out, selection=selection, report=_report, **given):
        print(path)


def _profile(options: argparse.Namespace) -> int:
    from analysis import load
    from analysis.office import profile
    from analysis.selection import MOST, WHOLE, choose_plans, find_plans, split_names

    documents = load.table("documents")
    own = find_plans([options.county], documents)[-1]
    against = split_names(options.against)
    year = int(documents.set_index("doc_id")["year"][own])
    chosen = find_plans(against, documents, years=[year])
    years = documents["doc_id"]
    if len(chosen) > MOST and not against:  # as a chart of so many plans does
        chosen = choose_plans(WHOLE, documents, own=own).counties
        years = years[documents["county"].eq(documents.set_index("doc_id")["county"][own])]
    plans = load.read_plans(tuple(sorted({own, *chosen})))
    path = profile.write_profile(
        options.out, plans, own, years=load.read_plans(tuple(years)), language=options.language
    )
    print(path)
    return 0


def _lint(options: argparse.Namespace) -> int:
    from analysis import build
    from analysis.office import lint

    given = {"county": options.county, "year": options.year, "language": options.language}
    found = lint.check_draft(*build.read_draft(options.draft), **given)
    print(lint.describe(found, options.language))
    if options.out:
        print(lint.write_findings(found, options.out, options.language))
    return 0


def _export(options: argparse.Namespace) -> int:
    from analysis import export

    for path in export.write(options.out):
        print(path)
    return 0


def _site(options: argparse.Namespace) -> int:
    here = study.current()
    sources = [here.processed, here.notebooks, here.figures]
    return _unless_made(options, f"site {options.out}", sources, _build_site, "site.pages")


def _build_site(options: argparse.Namespace) -> None:
    from analysis import summary
    from analysis.site import pages

    findings = summary.describe_findings() if study.current() == study.REPOSITORY else ""
    print(pages.build(options.out, findings=findings, report=_report)[0])


def _handout(options: argparse.Namespace) -> int:
    from analysis.site import handout

    study.choose(study.REPOSITORY.root)  # whose plans the lessons are about
    for path in handout.write_handout(options.folder):
        print(path)
    return 0


ABOUT = "Turn county governments' annual work plans into tables and compare them."


def parser(language: str = "en") -> argparse.ArgumentParser:
    """Return the parser of the command line, with its help in a language."""
    root = argparse.ArgumentParser(prog="python -m analysis", description=ABOUT)
    root.add_argument("--language", choices=("zh", "en"), help="language of help")
    root.add_argument("--study", type=Path, metavar="DIR", help="study to work in")
    commands = root.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        p = commands.add_parser(name, help=text, description=text)
        p.set_defaults(run=run)
        again = argparse.SUPPRESS  # before the command or behind it
        p.add_argument("--study", type=Path, metavar="DIR", default=again, help="study to work in")
        return p

    def folder(p: argparse.ArgumentParser, option: str, what: str) -> None:
        p.add_argument(option, type=Path, metavar="DIR", help=what)

    changed = "skip outputs that are already up to date"
    for name, run, text in (
        ("build", _build, "read the plans and write the tables"),
        ("check", _check, "check the tables against schema, hashes and sources"),
    ):
        p = command(name, run, text)
        folder(p, "--raw", "folder of the plans")
        folder(p, "--out", "folder of the tables")
        if name == "build":
            p.add_argument("--changed", action="store_true", help=changed)
            p.add_argument("--strict", action="store_true", help="fail if a plan is not read")
            alone = "group targets by their own words, without the lexicon's indicators"
            p.add_argument("--no-indicators", action="store_true", help=alone)
            jobs = "processes that read plans; one per core if left out"
            p.add_argument("--jobs", type=int, default=0, metavar="N", help=jobs)
            cluster = "Dask scheduler whose workers read the plans, as tcp://10.0.0.1:8786"
            p.add_argument("--cluster", default="", metavar="ADDRESS", help=cluster)
    p = command("new", _new, "make an empty study: a folder for plans and all that is made of them")
    p.add_argument("folder", type=Path, metavar="DIR", help="folder to make")
    p = command("add", _add, "copy a further plan into the raw folder and list it")
    p.add_argument(
        "files", nargs="+", type=Path, metavar="FILE ID",
        help="a plan and its id (county and year, e.g. zhoucun-2023), or files and folders",
    )  # fmt: skip
    ids = "table with the columns file, doc_id, county; in a folder: ids.csv or ids.xlsx"
    p.add_argument("--ids", type=Path, metavar="TABLE", help=ids)
    converted = "turn .doc, .wps and .rtf into .docx by LibreOffice"
    p.add_argument("--convert", action="store_true", help=converted)
    p.add_argument("--county", default="", help="county as written, e.g. 周村区")
    unique = "may be left out where the county's name is unique"
    p.add_argument("--city", default="", help=f"prefecture-level city, e.g. 淄博市; {unique}")
    p.add_argument("--province", default="", help=f"province, e.g. 山东省; {unique}")
    what = "plan (default), or report of results, e.g. of id zhoucun_report-2023"
    p.add_argument("--kind", default="", help=what)
    p.add_argument("--level", default="", help="county (default), city or province")
    for name, text in FACTS.items():
        p.add_argument(f"--{name.replace('_', '-')}", default="", help=f"{text}, if not printed")
    p.add_argument(
        "--source-url", default="", help="address that the plan was published at or obtained from"
    )
    p.add_argument("--note", default="", help="where the text comes from")
    folder(p, "--raw", "folder of the plans")
    p = command("remove", _remove, "take a plan out of the raw folder and its list")
    p.add_argument("doc_id", help="plan, e.g. zhoucun-2023")
    folder(p, "--raw", "folder of the plans")
    p = command("audit", _audit, "account for every numeral of the plans")
    p.add_argument("plan", nargs="*", help="doc_id of a plan, or a text file; all plans if none")
    folder(p, "--raw", "folder of the plans")
    p.add_argument("--list", metavar="ACCOUNT", help="print each numeral of one account")
    p = command("notebooks", _notebooks, "run the notebooks in place, outputs and all")
    p.add_argument("name", nargs="*", help="notebooks to run, e.g. 02-themes; all if none")
    p.add_argument("--jobs", type=int, default=2, help="notebooks to run at once")
    p.add_argument("--changed", action="store_true", help=changed)
    p = command("figures", _figures, "draw the charts, each with the CSV of what it shows")
    p.add_argument("name", nargs="*", help="charts to draw, e.g. 02-theme-shares; all if none")
    p.add_argument("--list", action="store_true", help="list the charts, and draw none")
    p.add_argument("--focus", default="", help="county that has its colour, others being grey")
    bare = "leave out title and sources, and write them beside the chart as text"
    p.add_argument("--bare", action="store_true", help=bare)
    p.add_argument("--counties", default="", help="counties joined by commas; all if none")
    p.add_argument("--years", default="", help="years of the plans, joined by commas; all if none")
    p.add_argument("--theme", default="", help="theme, e.g. 绿色低碳; charts that can show one")
    p.add_argument("--indicator", default="", help="name or id of one comparable indicator")
    p.add_argument("--language", default="zh,en", help="zh, en or zh,en (default)")
    p.add_argument("--format", default="png,svg,pdf", help="png, svg, pdf, joined by commas")
    p.add_argument("--width", type=int, default=156, help="156 (default) or 75, in millimetres")
    bundle = "put all that is written into one ZIP as well, with a README"
    p.add_argument("--zip", action="store_true", help=bundle)
    folder(p, "--out", "folder; figures/, or exports/ for a selection")
    p.add_argument("--jobs", type=int, default=2, help="charts to draw at once")
    p.add_argument("--changed", action="store_true", help=changed)
    command("themes", _themes, "list the themes, with their tasks")
    command("departments", _departments, "list the departments, with their tasks")
    p = command("indicators", _indicators, "list or search the indicators that are known")
    p.add_argument("words", nargs="*", help="words of a name or definition, 中文 or English")
    p.add_argument("--theme", default="", help="theme, e.g. 绿色低碳")
    command("summary", _summary, "list what has been made and where it is")
    command("dictionary", _dictionary, "renew the data dictionary and the findings in the READMEs")
    p = command("workbook", _workbook, "write task ledger and indicator table for Excel and WPS")
    p.add_argument("--counties", default="", help="counties joined by commas; all if none")
    p.add_argument("--language", choices=("zh", "en"), default="zh", help="language of the sheets")
    first = "county that stands first in the indicator table, with gap and rank"
    p.add_argument("--own", default="", help=first)
    lists = "add a sheet per department that leads to the ledger"
    p.add_argument("--by-department", action="store_true", help=lists)
    folder(p, "--out", "folder to write to")
    p.add_argument("--changed", action="store_true", help=changed)
    p = command("profile", _profile, "write one page for a county, as a Word file")
    p.add_argument("county", help="county, e.g. 周村")
    p.add_argument("--against", default="", help="counties to set beside it; all if none")
    p.add_argument("--language", choices=("zh", "en"), default="zh", help="language of the page")
    folder(p, "--out", "folder to write to")
    p = command("lint", _lint, "check a draft before it is issued")
    p.add_argument("draft", type=Path, help="the draft, as text, Word file or any form of a plan")
    p.add_argument("--county", default="", help="county of the draft, if its title does not say")
    p.add_argument(
        "--year", type=int, default=0, help="year of the draft, if its title does not say"
    )
    p.add_argument(
        "--language", choices=("zh", "en"), default="zh", help="language of the findings"
    )
    p.add_argument("--out", type=Path, metavar="FILE", help="workbook to write the findings to")
    p = command("export", _export, "write tables, panel and dyads as Parquet for other tools")
    folder(p, "--out", "folder to write to")
    p = command("site", _site, "build the static site, which opens from disk")
    folder(p, "--out", "folder of the site")
    p.add_argument("--changed", action="store_true", help=changed)
    p = command("handout", _handout, "write a class's folder: lessons, pages, worksheets, no keys")
    p.add_argument("folder", type=Path, help="folder of the class")
    if language == "zh":
        _translate(root, {row["en"]: row["zh"] for row in read_rows(study.TEXTS / "help.csv")})
    return root


def _translate(parser: argparse.ArgumentParser, words: dict[str, str]) -> None:
    """Replace the help of a parser and of its commands; what has no translation stays."""
    parser.description = words.get(parser.description or "", parser.description)
    for group in parser._action_groups:
        group.title = words.get(group.title or "", group.title)
    for action in parser._actions:
        action.help = words.get(action.help or "", action.help)
        if isinstance(action, argparse._SubParsersAction):
            for listed in action._choices_actions:
                listed.help = words.get(listed.help or "", listed.help)
            for command in action.choices.values():
                _translate(command, words)


def _language(arguments: Sequence[str]) -> str:
    """Language of help: an option before the command, else the locale."""
    words = iter(arguments)
    for word in words:
        if not word.startswith("--"):
            break  # the command: an option after it is the command's own
        name, _, value = word.partition("=")
        if name == "--language":
            return value or next(words, "en")
        if name == "--study" and not value:
            next(words, "")
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if locale.startswith("zh") else "en"


# Folder of the study that an option stands for when it is left out, by command.
_FOLDERS = {
    "raw": {"build": "raw", "check": "raw", "add": "raw", "remove": "raw", "audit": "raw"},
    "out": {
        "build": "processed",
        "check": "processed",
        "workbook": "workbooks",
        "profile": "workbooks",
        "export": "dataset",
        "site": "site",
    },
}


def _fill_folders(options: argparse.Namespace) -> None:
    for option, folders in _FOLDERS.items():
        if options.command in folders and getattr(options, option) is None:
            setattr(options, option, getattr(study.current(), folders[options.command]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 well, 1 input or tables at fault, 2 usage."""
    for stream in (sys.stdout, sys.stderr):  # a pipe may know no Chinese
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parser(_language(arguments)).parse_args(arguments)
    try:
        if options.study is not None:
            study.choose(options.study)
        _fill_folders(options)
        return options.run(options)
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        _say("error: interrupted; what was there is as it was", file=sys.stderr)
        return 130
    except ModuleNotFoundError as error:
        start = "source .venv/bin/activate (Windows: .venv\\Scripts\\activate), or run make setup"
        _say(f"error: {error.name} is not installed; start with {start}", file=sys.stderr)
        return 1
    except Exception as error:
        if sys.flags.dev_mode and not isinstance(error, PlanError):
            raise
        _say(f"error: {tell(explain(error), _language(arguments))}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
