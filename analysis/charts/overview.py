"""Charts of the plans as a whole."""

from __future__ import annotations

import pandas as pd

from analysis.charts import style
from analysis.charts.chart import Chart
from analysis.lexicon import theme_names
from analysis.wording import county_name, text_for, years


def target_profile(
    documents: pd.DataFrame,
    tasks: pd.DataFrame,
    quantities: pd.DataFrame,
    *,
    error: str = "",
    language: str = "zh",
) -> tuple[Chart, pd.DataFrame]:
    """Share of each plan's tasks that set at least one numeric target.

    Parameters
    ----------
    documents, tasks, quantities
        Tables of `analysis.load`.
    error
        What the measured precision and recall imply for the number of targets, as text; a reader
        of a report needs none.
    language
        zh or en.

    Returns
    -------
    Chart, DataFrame
        The chart, and one row per plan: n_tasks, with_target, targets, share (0 to 1).
    """
    data = count_targets(tasks, quantities)
    data = data.sort_values(["share", "doc_id"], ascending=[False, True], ignore_index=True)
    data = data.iloc[style.own_first(data["doc_id"])].reset_index(drop=True)
    names = county_name(documents, language)
    looks = style.county_looks(documents["doc_id"])
    figure = style.new_figure(34 + 8 * max(len(data), 4))
    axes = figure.subplots()
    for place, row in enumerate(data.itertuples()):
        colour, marker = looks[row.doc_id]
        axes.plot([0, row.share * 100], [place, place], color=colour, linewidth=1.4)
        axes.plot(row.share * 100, place, marker=marker, color=colour, markersize=7)
        label = text_for(
            "profile_label_narrow" if style.is_narrow() else "profile_label", language,
            k=row.with_target, n=row.n_tasks, t=row.targets, share=row.share,
        )  # fmt: skip
        axes.annotate(
            label,
            (row.share * 100, place),
            (9, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set(
        yticks=range(len(data)),
        yticklabels=names[data["doc_id"]],
        xlabel=text_for("profile_axis", language),
        xlim=(0, 100),
        ylim=(len(data) - 0.5, -0.5),
    )
    axes.tick_params(axis="both", labelsize=8)
    axes.xaxis.label.set_fontsize(8)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    shares = data.set_index("doc_id")["share"]
    title = text_for(**style.name_ends(shares, names, "profile_title", language))
    year = years(documents, language)
    error = error and ("；" if language == "zh" else "; ") + error
    subtitle = text_for("profile_subtitle", language, year=year, error=error)
    style.frame(figure, title, subtitle, documents, language=language)
    return figure, data


def count_targets(tasks: pd.DataFrame, quantities: pd.DataFrame) -> pd.DataFrame:
    """One row per plan: tasks, tasks that state a target, targets, and the share of such tasks."""
    targets = quantities.loc[quantities["kind"].eq("target"), "task_id"].value_counts()
    per_task = tasks["task_id"].map(targets).fillna(0).astype(int)
    grouped = per_task.groupby(tasks["doc_id"])
    out = pd.DataFrame(
        {
            "n_tasks": grouped.size(),
            "with_target": grouped.agg(lambda n: int((n > 0).sum())),
            "targets": grouped.sum(),
        }
    )
    return out.assign(share=out["with_target"] / out["n_tasks"]).reset_index()


def count_themes(tasks: pd.DataFrame, found: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per theme and plan: n tasks found, n_tasks of the plan, share of them (0 to 1).

    All `tasks` of the plans count unless some of them are `found`; those without a theme come last.
    """
    found = tasks if found is None else found
    themes = [t for t in (*theme_names(), "") if found["theme"].eq(t).any()]
    totals = tasks["doc_id"].value_counts().sort_index()
    table = pd.crosstab(found["doc_id"], found["theme"])
    table = table.reindex(index=totals.index, columns=themes, fill_value=0).reset_index()
    data = table.melt("doc_id", var_name="theme", value_name="n")[["theme", "doc_id", "n"]]
    data["n_tasks"] = data["doc_id"].map(totals)
    return data.assign(share=data["n"] / data["n_tasks"])
