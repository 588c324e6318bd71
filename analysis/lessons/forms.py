"""Small forms for the human tests: one question at a time, each answer kept at once."""

from __future__ import annotations

from pathlib import Path

import ipywidgets as widgets
import pandas as pd

from analysis.lessons.intrusion import LETTERS, SEPARATOR, write_items
from analysis.lexicon import read_lexicon, theme_names
from analysis.study import LABELS

_QUESTIONS = {
    "word_intrusion": "哪个词与其他词不是一类？ Which word does not belong?",
    "task_intrusion": "哪项任务与其他任务不是一类？ Which task does not belong?",
    "label_choice": "哪组词最适合这项任务？ Which words fit this task best?",
    "sorting": "这项任务属于哪个主题？ Which theme is this task about?",
}


def ask(
    items: pd.DataFrame, labeller: str, *, test: str | None = None, folder: Path = LABELS
) -> widgets.VBox:
    """Give a form that asks the items one by one and never shows the key.

    Parameters
    ----------
    items
        From `human_tests.read_items`: questions, or tasks to sort.
    labeller
        Name under which the answers are kept. A form that is opened again under the same name
        goes on after the last answer.
    test
        Ask one test only.
    folder
        Where ``theme_answers_<labeller>.csv`` or ``theme_sorting_<labeller>.csv`` is written.

    Returns
    -------
    ipywidgets.VBox
        The form; nothing is written before the first answer.
    """
    is_sorting = "shown" in items
    kind = "theme_sorting" if is_sorting else "theme_answers"
    path = folder / f"{kind}_{labeller}.csv"
    answers = _answers(path)
    asked = items if test is None else items[items["test"].eq(test)]
    waiting = asked[~asked["item"].isin(answers)].to_dict("records")
    question, choice = widgets.HTML(), widgets.RadioButtons(layout={"width": "max-content"})
    keep, state = widgets.Button(description="下一题 Next"), widgets.Label()

    def show() -> None:
        state.value = f"{len(asked) - len(waiting)} / {len(asked)}"
        if not waiting:
            question.value, choice.options, keep.disabled = (
                "完成，谢谢。 Done, thank you.",
                (),
                True,
            )
            return
        item = waiting[0]
        question.value = f"<b>{_QUESTIONS[item.get('test', 'sorting')]}</b><br>{_stem(item)}"
        choice.options, choice.value = _options(item), None

    def store(_: widgets.Button) -> None:
        if choice.value is None:
            return
        answers[waiting.pop(0)["item"]] = choice.value
        write_items(pd.DataFrame(sorted(answers.items()), columns=["item", "answer"]), path)
        show()

    keep.on_click(store)
    show()
    return widgets.VBox([question, choice, keep, state])


def _answers(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    return dict(zip(frame["item"], frame["answer"], strict=True))


def _stem(item: dict[str, str]) -> str:
    return item.get("shown") or item["stem"]


def _options(item: dict[str, str]) -> list[tuple[str, str]]:
    if "shown" in item:
        english = {row["theme"]: row["definition"] for row in read_lexicon("themes")}
        return [(f"{name}  {english[name]}", name) for name in theme_names()]
    options = item["options"].split(SEPARATOR)
    return [(f"{a}. {text}", a) for a, text in zip(LETTERS, options, strict=False)]
