"""What there is and where: the last words of ``make``, and the README's data dictionary."""

from __future__ import annotations

from analysis import load, schema
from analysis.accuracy.scores import first_measurement
from analysis.charts.overview import count_targets
from analysis.errors import PlanError
from analysis.files import write_atomically
from analysis.notebooks import find
from analysis.shared_text import runs
from analysis.study import ROOT, current
from analysis.targets import compare
from analysis.themes import instruments, validity
from analysis.themes.features import count_terms
from analysis.themes.scores import score_themes
from analysis.wording import county_name


def describe_findings() -> str:
    """Findings as a Markdown list, each with the notebook that shows it."""
    documents, tasks, quantities, assignments = load.tables(
        "documents", "tasks", "quantities", "assignments"
    )
    comparisons, themes = load.tables("comparisons", "themes")
    names = county_name(documents)

    shares = count_targets(tasks, quantities).set_index("doc_id")["share"]
    n, across = compare.count_indicators(comparisons, documents)
    stand = compare.clean(comparisons).groupby("indicator_id")["doc_id"].nunique()
    noted = compare.comparable_pairs(comparisons)["note"].ne("").sum()
    refused = len(compare.refused_pairs(comparisons))
    busiest = assignments.groupby("department")["task_id"].nunique()
    pairs = runs.compare_plans(runs.read_passages(documents, tasks), lengths=(13,))
    shared = pairs.sort_values("share", ignore_index=True)
    scores = score_themes(themes, tasks).set_index(["plan", "measure"])["value"]
    f1 = first_measurement().query("figure == 'f1'").set_index(["plans", "field"])["value"]
    strange, f1 = f1["held out, other cities"], f1["held out"]

    green = instruments.share_green(tasks, themes, quantities).groupby("by")["share"]
    low, high = green.min(), green.max()
    fields = instruments.cover_fields(
        tasks, instruments.read_clauses(tasks), quantities, load.table("pledges")
    )
    air = fields[fields["field"].eq("大气")]
    counts = count_terms(tasks, documents)
    clusters, _ = validity.describe_clustering(validity.communities(), counts, tasks)

    top, rest = shared.iloc[-2:], shared.iloc[:-2]
    couple = " and ".join(names[d] for d in sorted(top["doc_id"]))
    return "\n".join(
        [
            f"- Green development takes {low['heading']:.0%} to {high['heading']:.0%} of a plan's "
            f"tasks by headings, {low['words']:.0%} to {high['words']:.0%} by their words and "
            f"{low['targets']:.0%} to {high['targets']:.0%} of its numeric targets; "
            f"{air['n_clauses'].gt(0).sum()} of {len(air)} plans speak of the air, "
            f"{air['stated'].eq('numbers').sum()} with a number (`08-green`).",
            f"- By their words alone (TF-IDF) the tasks fall into {clusters['clusters']:.0f} "
            f"clusters that agree with 80 % subsamples at an adjusted Rand index of "
            f"{clusters['subsample_ari']:.2f} ({clusters['subsample_ari_low']:.2f} to "
            f"{clusters['subsample_ari_high']:.2f} on ten fresh seeds) and with the headings at a "
            f"normalised mutual information of {clusters['nmi_headings']:.2f} (`02-themes`).",
            f"- Between {shares.min():.0%} ({names[shares.idxmin()]}) and {shares.max():.0%} "
            f"({names[shares.idxmax()]}) of a plan's tasks state a figure to reach (`01-plans`).",
            f"- {n} indicators have figures of one scope in two plans or more, of which {across} "
            f"across cities, none in more than {stand.max()} of {len(documents)} plans; {noted} "
            f"further pairs stand with a note, and {refused} that read alike are refused, each "
            "with its reason (`03-targets`).",
            f"- {busiest.idxmax()} is named in {busiest.max()} of {tasks['clause'].ne('').sum()} "
            "tasks with a clause, more than any other department (`04-departments`).",
            f"- {couple} share {top['share'].min():.0%} and {top['share'].max():.0%} "
            f"of their text in runs of 13 characters; no other pair more than "
            f"{rest['share'].max():.1%} (`05-shared-text`).",
            f"- A task's own words tell its theme with kappa {scores['all', 'kappa']:.2f} to the "
            "heading, by a model that has seen no plan of its city (`02-themes`).",
            f"- On three plans that the rules had not seen, F1 was {f1['quantity']:.3f} for "
            f"figures, {f1['target']:.3f} for targets, {f1['attribute']:.3f} for attributes; on "
            f"the two of them in cities not seen, {strange['target']:.3f} for targets "
            "(`06-accuracy`).",
        ]
    )


PARTS = ("data dictionary", "findings")


def describe() -> str:
    """Return a short account of tables, notebooks and charts, as text to print."""
    rows = {name: len(load.table(name)) for name in schema.TABLES}
    study = current()
    places = {k: getattr(study, k).relative_to(study.root) for k in ("processed", "figures")}
    charts = sorted(study.figures.glob("*.png"))
    return "\n".join(
        [
            "",
            f"tables     {places['processed']}/  data version {load.data_version()}",
            *(f"             {name:<12} {n:>6} rows" for name, n in rows.items()),
            f"notebooks  notebooks/  {len(find())} run, open them with `make lab`",
            f"charts     {places['figures']}/  {len(charts)} with the CSV that each draws",
            f"report     {rows['report']} things that the rules could not settle by themselves",
        ]
    )


def generate(part: str) -> str:
    """Text of one of the README's generated parts."""
    return schema.data_dictionary() if part == PARTS[0] else describe_findings() + "\n"


def marks(part: str) -> tuple[str, str]:
    """Comments that open and close a generated part."""
    return f"<!-- {part}: begin -->", f"<!-- {part}: end -->"


def write_parts() -> str:
    """Write data dictionary and findings between their marks in the README.

    Raises
    ------
    PlanError
        The README lacks a mark.
    """
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    for part in PARTS:
        begin, end = marks(part)
        if begin not in text or end not in text:
            raise PlanError(f"the marks of {part} are missing", f"add {begin}", file=path)
        head, rest = text.split(begin, 1)
        text = f"{head}{begin}\n\n{generate(part)}\n{end}{rest.split(end, 1)[1]}"
    write_atomically(path, text.encode())
    return f"{path}: {', '.join(PARTS)}"
