"""Labels, the measures built on them, and the floors that the rules must hold."""

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import EXPECTED
from invented import label, rows
from invented import write_labels as write
from scipy.stats import beta
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score
from walk import walk

from analysis.accuracy import agreement, labels
from analysis.accuracy import scores as accuracy
from analysis.accuracy import scores as heldout
from analysis.errors import PlanError
from analysis.study import LABELS

PLANS = ["chengyang-2023", "tengzhou-2023", "yanzhou-2023", "zhoucun-2023", "zichuan-2023"]


def value(scores: pd.DataFrame, field: str, figure: str) -> float:
    chosen = scores[scores["field"].eq(field) & scores["figure"].eq(figure)]
    assert len(chosen) == 1
    return chosen["value"].item()


# --- the label files ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "plans", "n"),
    [
        ("given", ["tengzhou-2023", "zhoucun-2023"], 172),
        ("first", PLANS, EXPECTED["n_quantities"]),
        ("second", PLANS, 518),
        ("agreed", PLANS, EXPECTED["n_quantities"]),
    ],
)
def test_labels_are_well_formed_and_stand_in_their_tasks(
    name: str, plans: list[str], n: int, tables: dict[str, pd.DataFrame]
) -> None:
    read = labels.read_labels(name)
    assert (sorted(read["doc_id"].unique()), len(read)) == (plans, n)
    found = labels.locate_labels(read, tables["tasks"], tables["documents"])
    inside = [t in s for t, s in zip(found["text"], found["sentence"], strict=True)]
    assert all(inside)
    assert found.groupby("doc_id")["char_start"].is_monotonic_increasing.all()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"cmp": "gt"}, "cmp 'gt'"),
        ({"kind": "goal"}, "kind 'goal'"),
        ({"measure": None}, "measure None with kind 'target'"),
        ({"kind": "attribute"}, "measure 'flow' with kind 'attribute'"),
        ({"high": 12}, "cmp 'eq' from 9 to 12"),
        ({"cmp": "range"}, "cmp 'range' from 9 to 9"),
        ({"low": "9"}, "low '9' is no number"),
        ({"deadline": "年内"}, "unknown field deadline"),
    ],
)
def test_labels_that_break_the_codebook_are_named(
    change: dict[str, object], complaint: str, tmp_path: Path
) -> None:
    folder = write(tmp_path, label(), label(**change))
    with pytest.raises(PlanError, match=re.escape(f"qingshan-2024.jsonl:2: {complaint}")):
        labels.read_labels(folder=folder)


def test_labels_that_are_no_json_are_named(tmp_path: Path) -> None:
    folder = write(tmp_path, label())
    (folder / "agreed" / "qingshan-2024.jsonl").write_text("{\n", encoding="utf-8")
    with pytest.raises(PlanError, match="not a JSON object"):
        labels.read_labels(folder=folder)
    with pytest.raises(PlanError, match="no labels 'third'"):
        labels.read_labels("third", folder=folder)


def test_labels_are_found_in_order_and_whole(tmp_path: Path) -> None:
    text = "培育15家、5家和5家。"
    (tmp_path / "q.txt").write_text(text, encoding="utf-8")
    tasks = pd.DataFrame(
        {"task_id": ["qingshan-2024-01"], "doc_id": ["qingshan-2024"], "clause": [""]}
    ).assign(title="", text=text, char_start=0, text_start=0, clause_start=len(text))
    tasks["char_end"] = len(text)
    documents = pd.DataFrame({"doc_id": ["qingshan-2024"], "source_file": ["q.txt"]})
    documents = documents.assign(text_file="", sha256=hashlib.sha256(text.encode()).hexdigest())
    five = label(text="5家", low=5, high=5)
    read = labels.read_labels(folder=write(tmp_path, five, five))
    found = labels.locate_labels(read, tasks, documents, raw=tmp_path)
    assert found["char_start"].tolist() == [6, 9]  # not the 5家 of 15家
    read = labels.read_labels(folder=write(tmp_path, five, five, five))
    with pytest.raises(PlanError, match="not found in their tasks: qingshan-2024-01 5家"):
        labels.locate_labels(read, tasks, documents, raw=tmp_path)


def settle(x: dict, y: dict, plan: str, decided: dict) -> dict:
    """What a label must be: the readers' common word, else the decision."""
    out = dict(x)
    for field in ("cmp", "kind", "measure", "due"):
        said = decided.pop((plan, x["no"], x["text"], field), None)
        if said is not None:
            assert said[:2] == (x[field] or "", y[field] or "")
            out[field] = said[2] or (None if field == "measure" else "")
        else:
            assert x[field] == y[field], (plan, x["no"], x["text"], field)
    return out


def test_labels_agreed_follow_from_the_readers_and_the_decisions() -> None:
    def lines(name: str, plan: str) -> list[dict]:
        path = LABELS / name / f"{plan}.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    table = labels.read_decisions()
    assert table["reason"].str.len().gt(10).all()
    keys = table[["doc_id", "no", "text", "field"]].itertuples(index=False, name=None)
    values = table[["first", "second", "decision"]].itertuples(index=False, name=None)
    decided = dict(zip(keys, values, strict=True))
    assert len(decided) == len(table)
    same = ("no", "text", "low", "high", "unit")
    for plan in PLANS:
        second = lines("second", plan)
        for x, agreed in zip(lines("first", plan), lines("agreed", plan), strict=True):
            y = next((y for y in second if all(y[k] == x[k] for k in same)), None)
            if y is None:
                said = decided.pop((plan, x["no"], x["text"], "presence"))
                assert said == ("labelled", "left out", "labelled")
                y = x
            else:
                second.remove(y)
            want = settle(x, y, plan, decided)
            checked = (*same, "cmp", "kind", "measure", "due")
            assert {k: agreed[k] for k in checked} == {k: want[k] for k in checked}
        assert second == []
    assert decided == {}, "decisions about nothing"


@pytest.mark.parametrize("plan", ["tengzhou-2023", "zhoucun-2023"])
def test_labels_given_stand(plan: str) -> None:
    read = [labels.read_labels(name) for name in ("given", "agreed")]
    given, agreed = (
        frame[frame["doc_id"].eq(plan)].drop(columns="due").reset_index(drop=True) for frame in read
    )
    pd.testing.assert_frame_equal(given, agreed)


# --- matching and scores --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({}, ["match"]),
        ({"low": 9.0000001, "high": 9.0000001}, ["match"]),
        ({"low": 9.001, "high": 9.001}, ["missed", "extra"]),
        ({"high": 12}, ["missed", "extra"]),
        ({"unit": "个"}, ["missed", "extra"]),
        ({"no": 2}, ["missed", "extra"]),
        ({"kind": "attribute", "cmp": "ge", "indicator": ""}, ["match"]),
    ],
)
def test_a_row_matches_by_task_values_and_unit(
    row: dict[str, object], outcome: list[str], tmp_path: Path
) -> None:
    read = labels.read_labels(folder=write(tmp_path, label()))
    pairs = labels.match_labels(rows(row), read)
    assert pairs["outcome"].tolist() == outcome


@pytest.mark.parametrize(("unit", "other"), [("名", "人"), ("人", "位"), ("kW", "千瓦")])
def test_units_that_are_the_same_match(unit: str, other: str, tmp_path: Path) -> None:
    read = labels.read_labels(folder=write(tmp_path, label(unit=unit)))
    assert labels.match_labels(rows({"unit": other}), read)["outcome"].tolist() == ["match"]


def test_each_row_is_used_once_and_the_likelier_first(tmp_path: Path) -> None:
    read = labels.read_labels(
        folder=write(
            tmp_path,
            label(kind="attribute", measure=None, indicator="项目"),
            label(indicator="高新技术企业"),
            label(indicator="科技型中小企业"),
        )
    )
    found = rows(
        {"indicator": "科技型中小企业数量"},
        {"indicator": "高新技术企业数量"},
        {"kind": "attribute", "indicator": "企业"},
    )
    pairs = labels.match_labels(found, read)
    assert pairs["outcome"].eq("match").all()
    assert pairs["indicator"].tolist() == ["企业", "高新技术企业数量", "科技型中小企业数量"]
    one = labels.match_labels(found.head(1), read)
    assert one["outcome"].value_counts().to_dict() == {"missed": 2, "match": 1}


@pytest.fixture
def case(tmp_path: Path) -> pd.DataFrame:
    """Five labels and six rows, made by hand; what the scores must be is counted by hand too."""
    read = labels.read_labels(
        folder=write(
            tmp_path,
            label(),
            label(low=5, high=5, cmp="ge", indicator="科技项目", indicator_alt="申报项目"),
            label(no=2, low=95, high=95, unit="%", measure="share", indicator="覆盖率"),
            label(no=2, low=8, high=8, kind="attribute", measure=None, indicator="断面"),
            label(no=3, low=30, high=30, indicator="重点项目"),
        )
    )
    found = rows(
        {"measure": "stock"},
        {"low": 5, "high": 5, "cmp": "ge", "indicator": "申报项目"},
        {"no": 2, "low": 95, "high": 95, "unit": "%", "measure": "share", "indicator": "园区"},
        {"no": 2, "low": 8, "high": 8, "indicator": "断面"},
        {"no": 4, "low": 1, "high": 1},
        {"no": 4, "low": 2, "high": 2, "kind": "attribute", "measure": None},
    )
    return labels.match_labels(found, read)


# 4 of 6 rows and of 5 labels pair up; of 5 rows and 4 labels that are targets, 3 do.
BY_HAND = {
    ("quantity", "precision"): 4 / 6,
    ("quantity", "recall"): 4 / 5,
    ("quantity", "f1"): 8 / 11,
    ("target", "precision"): 3 / 5,
    ("target", "recall"): 3 / 4,
    ("target", "f1"): 6 / 9,
    ("attribute", "precision"): 0.0,
    ("attribute", "recall"): 0.0,
    ("attribute", "f1"): 0.0,
    ("kind", "accuracy"): 3 / 4,
    ("bound", "accuracy"): 1.0,
    ("measure", "accuracy"): 2 / 3,
    ("indicator", "close"): 2 / 3,
    ("indicator", "overlap"): 2 / 3,
    ("indicator", "exact"): 2 / 3,
    ("due", "accuracy"): 1.0,
    ("attribute indicator", "close"): 1.0,
}


@walk(("field", "figure"), BY_HAND)
def test_scores_are_what_a_count_by_hand_gives(field: str, figure: str, case: pd.DataFrame) -> None:
    scores = accuracy.score(case, resamples=20)
    assert value(scores, field, figure) == pytest.approx(BY_HAND[field, figure])


def random_pairs(n: int, seed: int) -> pd.DataFrame:
    """Matched pairs with classes at random, five to a task."""
    rng = np.random.default_rng(seed)
    measures = ["flow", "stock", "share", "growth", "intensity"]
    frame = pd.DataFrame(
        {
            "task_id": [f"qingshan-2024-{i // 5:02d}" for i in range(n)],
            "outcome": "match",
            "label_bound": rng.choice(["ge", "eq", "le"], n),
            "label_measure": rng.choice(measures, n),
        }
    )
    wrong = rng.random(n) < 0.3
    frame["bound"] = frame["label_bound"].where(~wrong, "ge")
    frame["measure"] = frame["label_measure"].where(~wrong, "none")
    kinds = {"kind": "target", "label_kind": "target", "due": "none", "label_due": "none"}
    return frame.assign(**kinds, overlap=rng.random(n), exact=False)


@pytest.mark.parametrize("field", ["bound", "measure"])
@pytest.mark.parametrize("seed", range(3))
def test_scores_of_classes_are_those_of_scikit_learn(field: str, seed: int) -> None:
    pairs = random_pairs(80, seed)
    scores = accuracy.score(pairs, resamples=5)
    said, found = pairs[f"label_{field}"], pairs[field]
    classes = sorted(said.unique())
    assert value(scores, field, "accuracy") == pytest.approx(accuracy_score(said, found))
    assert value(scores, field, "kappa") == pytest.approx(cohen_kappa_score(said, found))
    macro = f1_score(said, found, labels=classes, average="macro")
    assert value(scores, field, "macro f1") == pytest.approx(macro)


def test_intervals_hold_the_value_and_shrink_with_the_sample() -> None:
    small, large = (accuracy.score(random_pairs(n, 1)).set_index(["field", "figure"])
                    for n in (50, 1000))  # fmt: skip
    for scores in (small, large):
        known = scores[scores["low"].notna() & scores["value"].lt(1)]
        assert (known["low"] <= known["value"]).all()
        assert (known["value"] <= known["high"]).all()
    key = ("bound", "accuracy")
    width = [s.loc[key, "high"] - s.loc[key, "low"] for s in (small, large)]
    assert width[1] < width[0] / 2
    # near the normal interval of a proportion, for pairs that err independently
    rate = large.loc[key, "value"]
    assert width[1] == pytest.approx(3.92 * np.sqrt(rate * (1 - rate) / 1000), rel=0.3)


def test_intervals_draw_tasks_and_not_single_figures() -> None:
    pairs = random_pairs(200, 2)
    together = pairs.assign(bound=np.where(pairs.index // 5 % 2, pairs["label_bound"], "approx"))
    alone = together.assign(task_id=[f"qingshan-2024-{i:03d}" for i in range(200)])
    wide, narrow = (
        accuracy.score(p).set_index(["field", "figure"]).loc[("bound", "accuracy")]
        for p in (together, alone)
    )
    assert wide["value"] == narrow["value"]
    assert wide["high"] - wide["low"] > 1.5 * (narrow["high"] - narrow["low"])


def test_intervals_of_a_sample_without_error_do_not_claim_certainty(tmp_path: Path) -> None:
    read = labels.read_labels(folder=write(tmp_path, *[label(no=i) for i in range(1, 31)]))
    found = rows(*[{"no": i} for i in range(1, 31)])
    scores = accuracy.score(labels.match_labels(found, read)).set_index(["field", "figure"])
    recall = scores.loc[("quantity", "recall")]
    assert (recall["value"], recall["high"]) == (1, 1)
    assert recall["low"] == pytest.approx(0.025 ** (1 / 30))
    assert np.isnan(scores.loc[("bound", "kappa"), "low"])


def test_scores_repeat() -> None:
    pairs = random_pairs(100, 3)
    pd.testing.assert_frame_equal(accuracy.score(pairs), accuracy.score(pairs))
    assert not accuracy.score(pairs).equals(accuracy.score(pairs, seed=1))


def test_confusion_and_errors_show_what_is_wrong(case: pd.DataFrame) -> None:
    assert accuracy.confusion(case, "kind").loc["attribute", "target"] == 1
    assert accuracy.confusion(case, "measure").loc["flow"].to_dict() == {
        "flow": 1,
        "stock": 1,
        "share": 0,
    }
    wrong = accuracy.list_errors(case)
    assert sorted(zip(wrong["task_id"].str[-2:], wrong["field"], strict=True)) == [
        ("01", "measure"),
        ("02", "indicator"),
        ("02", "kind"),
        ("03", "missed"),
        ("04", "extra"),
        ("04", "extra"),
    ]


# --- floors ---------------------------------------------------------------------------------

FLOORS = {
    ("quantity", "f1"): 0.985,
    ("target", "f1"): 0.97,
    ("attribute", "f1"): 0.85,
    ("bound", "accuracy"): 0.99,
    ("measure", "accuracy"): 0.95,
    ("measure", "macro f1"): 0.90,
    ("indicator", "close"): 0.92,
}


@pytest.mark.parametrize("name", labels.SETS)
def test_floors_hold_on_every_set_of_labels(name: str, tables: dict[str, pd.DataFrame]) -> None:
    pairs = labels.match_labels(tables["quantities"], labels.read_labels(name))
    scores = accuracy.score(pairs, resamples=2)
    low = {k: value(scores, *k) for k, floor in FLOORS.items() if value(scores, *k) < floor}
    assert low == {}


@pytest.mark.parametrize("plan", PLANS)
def test_floors_of_detection_hold_on_every_plan(plan: str, tables: dict[str, pd.DataFrame]) -> None:
    read = labels.read_labels()
    read = read[read["doc_id"].eq(plan)]
    scores = accuracy.score(labels.match_labels(tables["quantities"], read), resamples=2)
    assert value(scores, "quantity", "f1") >= 0.985
    assert value(scores, "target", "f1") >= 0.97
    assert value(scores, "bound", "accuracy") >= 0.98
    assert value(scores, "due", "accuracy") >= 0.95


def test_measure_has_every_group_of_plans(tables: dict[str, pd.DataFrame]) -> None:
    scores = accuracy.measure(tables["quantities"], labels.read_labels(), resamples=2)
    assert set(scores["plans"]) == {"all", "tuned", "held out", *PLANS}
    n = scores.query("field == 'quantity' and figure == 'recall'").set_index("plans")["n"]
    assert n["all"] == n["tuned"] + n["held out"] == n[PLANS].sum() == EXPECTED["n_quantities"]
    wide = accuracy.tabulate(scores, plans=["all", "held out"])
    assert list(wide.columns) == ["all", "held out"]
    assert wide.index.is_unique


# --- the blind measurement, and the error of a count ----------------------------------------


@pytest.mark.parametrize(
    ("name", "quantity", "target", "bound", "indicator"),
    [("first", 0.9971, 0.9875, 0.9942, 0.9333), ("second", 0.9957, 0.9859, 0.9942, 0.9331)],
)
def test_first_measurement_pools_to_what_the_scorer_printed(
    name: str, quantity: float, target: float, bound: float, indicator: float
) -> None:
    scores = heldout.first_measurement(name).query("plans == 'held out'")
    assert value(scores, "quantity", "f1") == pytest.approx(quantity, abs=5e-5)
    assert value(scores, "target", "f1") == pytest.approx(target, abs=5e-5)
    assert value(scores, "bound", "accuracy") == pytest.approx(bound, abs=5e-5)
    assert value(scores, "indicator", "close") == pytest.approx(indicator, abs=5e-5)


def test_first_measurement_counted_the_labels_that_are_there() -> None:
    for row in labels.read_first_counts().itertuples():
        read = labels.read_labels(row.label_set)
        read = read[read["doc_id"].eq(row.doc_id)]
        assert len(read) == row.labels
        assert read["kind"].eq("target").sum() == row.target_labels
        assert row.target_labels + row.attribute_labels == row.labels
        assert row.target_rows + row.attribute_rows == row.rows
    with pytest.raises(PlanError, match="no measurement with labels 'agreed'"):
        heldout.first_measurement("agreed")


def test_count_error_estimates_by_precision_over_recall() -> None:
    measured = accuracy.Measured(hits=80, found=100, labelled=160)  # precision .8, recall .5
    error = accuracy.count_error(200, measured)
    assert error.value == pytest.approx(320)
    assert error.low < 320 < error.high


def test_the_interval_of_a_large_count_is_that_of_precision_over_recall() -> None:
    """Jeffreys' posteriors of the two rates, whose ratio is integrated here over precision."""
    hits, found, labelled = 3, 4, 5
    precision, recall = (beta(hits + 0.5, n - hits + 0.5) for n in (found, labelled))
    steps = precision.ppf((np.arange(4000) + 0.5) / 4000)
    error = accuracy.count_error(10**6, accuracy.Measured(hits, found, labelled), draws=200_000)
    for end, share in ((error.low, 0.025), (error.high, 0.975)):
        below = np.mean(recall.sf(steps / (end / 10**6)))
        assert below == pytest.approx(share, abs=0.002)


@pytest.mark.parametrize("n", [1, 30, 100, 500])
def test_count_error_is_wider_for_a_worse_measurement(n: int) -> None:
    good = accuracy.count_error(n, accuracy.Measured(hits=990, found=1000, labelled=1000))
    poor = accuracy.count_error(n, accuracy.Measured(hits=70, found=100, labelled=100))
    assert good.low <= n <= good.high
    assert poor.high - poor.low > good.high - good.low


def test_count_error_of_nothing_is_nothing() -> None:
    assert accuracy.count_error(0) == (0, 0, 0)
    with pytest.raises(ValueError, match="cannot be -1"):
        accuracy.count_error(-1)


def test_error_note_says_the_interval_in_both_languages() -> None:
    error = accuracy.count_error(100)
    for language, dash in (("zh", "～"), ("en", "–")):
        assert f"{error.low}{dash}{error.high}" in accuracy.error_note(language)


# --- agreement ------------------------------------------------------------------------------


def spans(*labelled: tuple[int, str, str, float]) -> pd.DataFrame:
    """Labels at a place: start, kind, measure, value; three characters long."""
    frame = pd.DataFrame(labelled, columns=["char_start", "kind", "measure", "value_low"])
    plain = {"doc_id": "qingshan-2024", "unit": "家", "bound": "eq", "due": ""}
    return frame.assign(**plain, indicator="平台", char_end=frame["char_start"] + 3)


def numerals(n: int) -> pd.DataFrame:
    """A numeral every ten characters."""
    frame = pd.DataFrame({"char_start": range(0, 10 * n, 10), "doc_id": "qingshan-2024"})
    return frame.assign(task_id="qingshan-2024-01", account="quantity")


def test_agreement_is_cohens_kappa_and_krippendorffs_alpha() -> None:
    kinds = ["target", "target", "attribute", "target", "target", "target"]
    measures = ["flow", "stock", None, "flow", "share", "flow"]
    values = [1.0, 10.0, 100.0, 1000.0, 5.0, 7.0]
    a = spans(*zip(range(0, 60, 10), kinds, measures, values, strict=True))
    kinds[4], measures[1], values[3] = "attribute", "flow", 100.0
    b = spans(*zip(range(0, 60, 10), kinds, measures, values, strict=True)).iloc[:5]
    found = agreement.measure_agreement(a, b, numerals(10)).set_index(["field", "statistic"])
    detection = found.loc[("detection", "kappa")]
    assert detection["n"] == 10
    in_a, in_b = [1] * 6 + [0] * 4, [1] * 5 + [0] * 5
    assert detection["value"] == pytest.approx(cohen_kappa_score(in_a, in_b))
    kappa = cohen_kappa_score(a["kind"][:5], b["kind"])
    assert found.loc[("kind", "kappa"), "value"] == pytest.approx(kappa)
    assert found.loc[("measure", "agreement")].tolist() == [pytest.approx(2 / 3), 3]
    pairs = np.log10([[1, 1], [10, 10], [100, 100], [1000, 100], [5, 5]])
    pool = pairs.ravel()
    every = [(x - y) ** 2 for i, x in enumerate(pool) for j, y in enumerate(pool) if i != j]
    alpha = 1 - np.mean((pairs[:, 0] - pairs[:, 1]) ** 2) / np.mean(every)
    assert found.loc[("value", "alpha"), "value"] == pytest.approx(alpha)
    assert np.isnan(found.loc[("unit", "kappa"), "value"])  # one class only


def test_wordings_count_as_close_from_the_least_overlap_on() -> None:
    one = spans(*((10 * k, "target", "flow", k + 1.0) for k in range(4)))
    one["indicator"] = "省级创新平台"
    two = one.assign(indicator=["省级创新平台", "创新平板", "创新", "企业"])
    shares = [labels.overlap("省级创新平台", other) for other in two["indicator"]]
    assert shares == [1, labels.CLOSE, 0.5, 0]
    found = agreement.measure_agreement(one, two, numerals(4)).set_index(["field", "statistic"])
    told = {name: found.loc[("indicator", name), "value"] for name in ("close", "exact", "overlap")}
    assert told == {"close": 0.5, "exact": 0.25, "overlap": np.mean(shares)}


def test_a_field_that_one_of_two_readers_lacks_is_left_out() -> None:
    a = spans((0, "target", "flow", 1.0), (10, "target", "stock", 2.0))
    b = a.assign(due=None)
    for first, second in ((a, b), (b, a)):
        found = agreement.measure_agreement(first, second, numerals(3))
        assert "due" not in found["field"].tolist()
        assert "unit" in found["field"].tolist()


@pytest.mark.parametrize(
    ("field", "statistic", "floor", "n"),
    [
        ("detection", "kappa", 0.99, 1123),
        ("value", "alpha", 0.999, 518),
        ("bound", "kappa", 0.99, 518),
        ("kind", "kappa", 0.98, 518),
        ("measure", "kappa", 0.99, 472),
        ("due", "kappa", 0.97, 472),
        ("indicator", "overlap", 0.95, 472),
    ],
)
def test_agreement_of_the_readers_is_what_the_codebook_reports(
    field: str, statistic: str, floor: float, n: int, tables: dict[str, pd.DataFrame]
) -> None:
    first, second = (
        labels.locate_labels(labels.read_labels(s), tables["tasks"], tables["documents"])
        for s in ("first", "second")
    )
    found = agreement.measure_agreement(first, second, tables["numerals"])
    row = found[found["field"].eq(field) & found["statistic"].eq(statistic)]
    assert (row["value"].item() >= floor, row["n"].item()) == (True, n)
