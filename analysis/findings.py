"""The findings that the README states, computed from the tables so that they cannot go stale."""

from __future__ import annotations

from analysis import compare, heldout, load, reuse, theme_scores
from analysis.plots.overview import count_targets
from analysis.plots.style import county_name


def describe() -> str:
    """Findings as a Markdown list, each with the notebook that shows it."""
    documents, tasks, quantities, assignments = load.tables(
        "documents", "tasks", "quantities", "assignments"
    )
    comparisons, themes = load.tables("comparisons", "themes")
    names = county_name(documents)

    shares = count_targets(tasks, quantities).set_index("doc_id")["share"]
    stand = comparisons[comparisons["comparable"]].groupby("indicator_id").size()
    refused = len(compare.refused_pairs(comparisons))
    busiest = assignments.groupby("department")["task_id"].nunique()
    pairs = reuse.compare_plans(reuse.read_passages(documents, tasks), lengths=(13,))
    shared = pairs.sort_values("share", ignore_index=True)
    scores = theme_scores.score_themes(themes, tasks).set_index(["plan", "measure"])["value"]
    blind = heldout.first_measurement().query("plans == 'held out'")
    f1 = blind[blind["figure"].eq("f1")].set_index("field")["value"]

    top, rest = shared.iloc[-2:], shared.iloc[:-2]
    couple = " and ".join(names[d] for d in sorted(top["doc_id"]))
    return "\n".join(
        [
            f"- Between {shares.min():.0%} ({names[shares.idxmin()]}) and {shares.max():.0%} "
            f"({names[shares.idxmax()]}) of a plan's tasks state a figure to reach (`01-plans`).",
            f"- {len(stand)} indicators have a comparable figure in two plans or more, none in "
            f"more than {stand.max()} of {len(documents)}; {refused} pairs that read alike are "
            "refused, each with its reason (`03-targets`).",
            f"- {busiest.idxmax()} is named in {busiest.max()} of {tasks['clause'].notna().sum()} "
            "tasks with a clause, more than any other department (`04-departments`).",
            f"- {couple} share {top['share'].min():.0%} and {top['share'].max():.0%} "
            f"of their text in runs of 13 characters; no other pair more than "
            f"{rest['share'].max():.1%} (`05-shared-text`).",
            f"- A task's own words tell its theme with kappa {scores['all', 'kappa']:.2f} to the "
            "heading, by a model that has seen no plan of its city (`02-themes`).",
            f"- On three plans that the rules had not seen, F1 was {f1['quantity']:.3f} for "
            f"figures, {f1['target']:.3f} for targets, {f1['attribute']:.3f} for attributes "
            "(`06-accuracy`).",
        ]
    )
