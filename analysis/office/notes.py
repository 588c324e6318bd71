"""What both workbooks have beside their table: the text as printed, and what it all means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from openpyxl import Workbook

from analysis import load, schema
from analysis.accuracy.labels import match_labels, read_labels
from analysis.accuracy.scores import first_measurement, score
from analysis.load import Plans, data_version
from analysis.office.sheets import Cell, Head, write_sheet
from analysis.study import is_repository
from analysis.wording import county_name, join, text_for, theme_name, years

# Columns with their greatest width; a Chinese character takes two.
_SOURCE = {
    "task_id": 20, "county": 13, "doc_number": 27, "task_no": 10, "section": 18, "theme": 23,
    "title": 22, "text": 70, "clause": 34, "char_start": 10, "char_end": 10,
}  # fmt: skip
_ABOUT = {"item": 38, "content": 110}
_NOWHERE = "Z1:Z1"  # the text as printed is there to be looked up, not to be printed again
_CHOICES = ("progress", "check")
_ACCURACY = (
    ("quantity", "precision"),
    ("quantity", "recall"),
    ("target", "precision"),
    ("bound", "accuracy"),
    ("measure", "accuracy"),
    ("indicator", "close"),
)


def plain(text: object, style: str, language: str) -> Cell:
    """Cell with a text of a table, or with a dash where the plan says nothing."""
    if isinstance(text, str) and text:
        return Cell(text, style)
    return Cell(text_for("not_stated", language), "muted")


def name_columns(widths: Mapping[str, int], language: str) -> list[Head]:
    """Heads of columns from their keys and greatest widths."""
    heads = []
    for key, width in widths.items():
        listed = [text_for(f"{key}_{k}", language) for k in ("list", "error") if key in _CHOICES]
        heads.append(Head(text_for(f"head_{key}", language), width, *listed))
    return heads


def word_pages(key: str, plans: Plans, language: str) -> dict[str, str]:
    """Texts above and below every printed page."""
    return {
        "top": text_for(key, language, year=years(plans.documents)),
        "left": text_for("print_version", language, version=data_version()),
        "right": text_for("print_page", language),
    }


def find_sources(plans: Plans, language: str) -> tuple[str, dict[str, int]]:
    """Sheet of the text as printed, and the row of each task on it."""
    return text_for("sheet_source", language), {
        t: n for n, t in enumerate(plans.tasks["task_id"], 2)
    }


def add_source(book: Workbook, plans: Plans, printed: Mapping[str, str], language: str) -> None:
    """Sheet of the text as printed, one task a row, with the numbers of its targets in bold."""
    documents = plans.documents.assign(county=county_name(plans.documents, language).to_numpy())
    tasks = plans.tasks.merge(documents[["doc_id", "county", "doc_number"]], on="doc_id")
    words = load.read_words(tasks, plans.documents).set_index("task_id")
    spans = plans.targets.groupby("task_id")[["char_start", "char_end"]].agg(list)
    rows = []
    for task in tasks.itertuples():
        starts, ends = spans.loc[task.task_id] if task.task_id in spans.index else ((), ())
        own = words.loc[task.task_id]
        at = own["text_start"]
        bold: dict[str, list[tuple[int, int]]] = {"title": [], "text": []}
        for a, b in zip(starts, ends, strict=True):
            where = "text" if a >= at else "title"
            bold[where].append((a - own[f"{where}_start"], b - own[f"{where}_start"]))
        theme = theme_name(task.theme, language)
        rows.append(
            [
                Cell(task.task_id, "centre"),
                Cell(task.county, "centre"),
                Cell(task.doc_number, "centre"),
                Cell(task.task_no, "centre"),
                Cell(task.section_title),
                plain(theme, "centre", language),
                Cell(task.title, bold=tuple(bold["title"])),
                Cell(own["words"][at - own["char_start"] :], bold=tuple(bold["text"])),
                plain(task.clause, "text", language),
                Cell(task.char_start, "centre"),
                Cell(task.char_end, "centre"),
            ]
        )
    heads = name_columns(_SOURCE, language)
    title = text_for("sheet_source", language)
    sheet = write_sheet(book, title, heads, rows, freeze="B2", printed=printed)
    sheet.print_area = _NOWHERE


def add_about(
    book: Workbook,
    plans: Plans,
    keys: Sequence[str],
    facts: Mapping[str, object],
    printed: Mapping[str, str],
    language: str,
) -> None:
    """Sheet that says what the workbook is, where it comes from and how far it can be trusted."""
    issued = plans.documents["issued_on"]
    issued = issued[issued.ne("")]
    facts = dict(facts) | {
        "version": data_version(),
        "first": issued.min() if len(issued) else text_for("not_stated", language),
        "last": issued.max() if len(issued) else text_for("not_stated", language),
        "year": years(plans.documents),
        "licence": schema.LICENSE["name"],
    }
    first, *others = keys
    spoken = ("language",) if language != "zh" else ()
    accuracy = "accuracy" if is_repository() else "unmeasured"
    lines = [
        (text_for(f"about_{key}_item", language), text_for(f"about_{key}", language, **facts))
        for key in (first, "version", "dates", *spoken, *others, accuracy)
    ]
    lines += [*_accuracy_lines(plans, language), *_plan_lines(plans, language)]
    lines += [
        (text_for(f"about_{key}_item", language), text_for(f"about_{key}", language, **facts))
        for key in ("font", "licence")
    ]
    rows = [[Cell(item, "centre"), Cell(text)] for item, text in lines]
    heads = name_columns(_ABOUT, language)
    write_sheet(book, text_for("sheet_about", language), heads, rows, printed=printed, table=False)


def _plan_lines(plans: Plans, language: str) -> Iterator[tuple[str, str]]:
    names = county_name(plans.documents, language)
    targets = plans.targets["task_id"].map(plans.tasks.set_index("task_id")["doc_id"])
    for plan in plans.documents.itertuples():
        yield (
            text_for("about_plan_item", language),
            text_for(
                "about_plan",
                language,
                county=names[plan.doc_id],
                number=plan.doc_number,
                title=plan.title,
                issuer=plan.issuer,
                date=plan.issued_on,
                tasks=int(plans.tasks["doc_id"].eq(plan.doc_id).sum()),
                targets=int(targets.eq(plan.doc_id).sum()),
                file=plan.source_file,
                place=_published(plan.source_url, language),
            ),
        )


def _published(address: str, language: str) -> str:
    return text_for("about_plan_place", language, address=address) if address else ""


def _accuracy_lines(plans: Plans, language: str) -> Iterator[tuple[str, str]]:
    """Measured accuracy: blind, and today on those of the plans that have labels.

    Of a study of other plans nothing has been measured.
    """
    if not is_repository():
        return
    blind = first_measurement()
    measured = {"blind": blind[blind["plans"].eq("held out")]}
    labels = read_labels()
    labels = labels[labels["doc_id"].isin(plans.documents["doc_id"])]
    if len(labels):
        measured["today"] = score(match_labels(plans.quantities, labels))
    for field, figure in _ACCURACY:
        parts = []
        for name, scores in measured.items():
            row = scores[scores["field"].eq(field) & scores["figure"].eq(figure)].iloc[0]
            values = {k: f"{row[k]:.1%}" for k in ("value", "low", "high")}
            named = text_for(f"accuracy_{name}", language)
            parts.append(text_for("accuracy_part", language, name=named, n=int(row["n"]), **values))
        yield text_for(f"accuracy_{field}_{figure}", language), join("role_join", parts, language)
