"""Words, anchored themes, free clusters and the measures that judge them."""

import re
import subprocess
import sys
from itertools import accumulate

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.metrics import accuracy_score, adjusted_rand_score, cohen_kappa_score, f1_score

from analysis import load, schema
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.themes import classify, clusters, validity
from analysis.themes import classify as themes
from analysis.themes import scores as theme_scores
from analysis.themes.features import count_terms, fit_space
from analysis.themes.words import (
    character_ngrams,
    cut,
    place_names,
    read_terms,
    stop_words,
    tokenizer,
)


@pytest.fixture(scope="module")
def tables():
    return load.tables("tasks", "documents", "assignments")


@pytest.fixture(scope="module")
def counts(tables):
    return count_terms(*tables)


@pytest.fixture(scope="module")
def decisions(tables, counts):
    tasks, documents, _ = tables
    return classify.decide_out_of_city(tasks, documents, counts)


@pytest.fixture(scope="module")
def assigned(tables):
    return themes.assign_themes(*tables)


def county(name, city="烟台市", province="山东省"):
    return pd.DataFrame({"county": [name], "city": [city], "province": [province]})


# --- words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("培育专精特新中小企业", [["培育", "专精特新", "中小企业"]]),
        ("专精、特新", [["专精"], ["特", "新"]]),  # a mark between: not the term
        ("规上工业企业研发机构", [["规上工业企业", "研发机构"]]),
        ("规上服务业企业", [["规", "上", "服务业", "企业"]]),
        ("新旧动能转换", [["新旧动能转换"]]),
        ("高标准农田3万亩", [["高标准农田"], ["万亩"]]),  # a number parts, and is left out
        ("高标准的农田", [["高标准", "的", "农田"]]),
        ("和美乡村", [["和美乡村"]]),
        ("深化“放管服”改革", [["深化"], ["放管服"], ["改革"]]),
        ("RCEP区域", [["RCEP", "区域"]]),
        ("", []),
        ("3.5%", []),
    ],
)
def test_cut_keeps_terms_whole(text, runs):
    assert cut(text) == runs


def test_cut_without_dictionary_breaks_the_term():
    assert cut("专精特新", dictionary=False) == [["专精", "特", "新"]]


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        ("牟平区", "牟平区农村公路", ["农村公路"]),
        ("牟平区", "擦亮牟平品牌", ["擦亮", "品牌"]),
        ("牟平区", "烟台市牟平区", []),
        ("牟平区", "和平发展", ["和平发展"]),
        ("高新区", "高新产业", ["高新产业"]),  # 高新 is part of a policy term
        ("高新区", "高新区园区", ["园区"]),
        ("市中区", "城市中心", ["城市中心"]),  # a name is a word, not a string of characters
        ("市中区", "市中区养老服务", ["养老服务"]),
        ("莱阳市", "山东省烟台", []),
        ("莱阳市", "黄河流域", ["黄河流域"]),  # a programme, not a place
    ],
)
def test_cut_masks_an_unseen_county(name, text, masked):
    names = place_names(county(name))
    assert ["".join(run) for run in cut(text, names=names)] == masked


def test_no_ngram_crosses_a_masked_name():
    tasks = pd.DataFrame({"task_id": ["a-2023-01"], "title": ["建设"], "text": ["加快周村发展"]})
    seen = count_terms(tasks, county("周村区", "淄博市"))
    terms = set(seen.terms["characters"])
    assert {"加快", "发展"} <= terms
    assert terms.isdisjoint({"周", "村", "周村", "快发", "快周"})


def test_character_ngrams():
    assert character_ngrams("养老服") == ["养", "老", "服", "养老", "老服", "养老服"]
    assert character_ngrams("养", 2, 3) == []


def test_every_term_earns_its_place():
    plain = tokenizer(dictionary=False)
    known = [term for term in read_terms() if len(plain.lcut(term, HMM=False)) == 1]
    assert known == [], "jieba keeps these whole already"
    ours = tokenizer()
    broken = [term for term in read_terms() if len(ours.lcut(term, HMM=False)) > 1]
    assert broken == []
    assert len(read_terms()) >= 150


def test_terms_file_is_checked(tmp_path, monkeypatch):
    path = tmp_path / "terms.txt"
    path.write_text("专精特新\ta label\n小巨人\n", encoding="utf-8")
    monkeypatch.setattr("analysis.themes.words.TERMS_FILE", path)
    with pytest.raises(PlanError, match=r"terms\.txt:2"):
        read_terms.__wrapped__()


@pytest.mark.parametrize(("dictionary", "low", "high"), [(True, 0.97, 1), (False, 0, 0.05)])
def test_dictionary_keeps_the_terms_of_the_plans_whole(tables, dictionary, low, high):
    pattern = re.compile("|".join(sorted(read_terms(), key=len, reverse=True)))
    whole = []
    for text in tables[0]["text"].dropna():
        words = tokenizer(dictionary=dictionary).lcut(text, HMM=False)
        cuts = set(accumulate(map(len, words)))
        whole += [cuts.isdisjoint(range(m.start() + 1, m.end())) for m in pattern.finditer(text)]
    assert len(whole) > 300
    assert low <= np.mean(whole) <= high


def test_stop_words_spare_the_policy_terms():
    said_everywhere = {"新旧动能转换", "绿色低碳高质量发展", "高质量发展"}
    assert stop_words() & set(read_terms()) == said_everywhere


def test_cutting_is_silent():
    code = "from analysis.themes.words import cut; print(cut('专精特新'))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[['专精特新']]"
    assert done.stderr == ""


# --- anchored themes -----------------------------------------------------------------------


def test_model_knows_no_word_of_the_city_left_out(tables, counts):
    tasks, documents, _ = tables
    city = tasks["doc_id"].map(documents.set_index("doc_id")["city"])
    others = np.flatnonzero(city != "枣庄市")
    model = classify.train(counts.take(others), tasks["theme"].to_numpy(dtype=object)[others])
    known = set(counts.terms["words"][model.space.columns["words"]])
    texts = tasks["title"] + "。" + tasks["text"].fillna("")
    own = [
        w for w in counts.terms["words"] if texts[others].str.contains(w, regex=False).sum() == 0
    ]
    assert "马铃薯" in own
    assert len(own) > 100
    assert known.isdisjoint(own)
    assert "养老服务" in known


def test_decision_rests_on_no_other_task_of_the_city(tables, decisions):
    tasks, documents, _ = tables
    changed = tasks.copy()
    twins = changed["doc_id"].isin(["zhoucun-2023", "zichuan-2023"])
    spared = changed["task_id"] == "zhoucun-2023-40"
    changed.loc[twins & ~spared, "theme"] = "文化文明"
    changed.loc[twins & ~spared, ["title", "text"]] = ["办展览", "粮食播种面积稳定在"]
    other = classify.decide_out_of_city(changed, documents, count_terms(changed, documents))
    before, after = decisions.loc["zhoucun-2023-40"], other.loc["zhoucun-2023-40"]
    np.testing.assert_allclose(before, after, atol=1e-6)
    moved = decisions.loc["tengzhou-2023-43"] - other.loc["tengzhou-2023-43"]
    assert moved.abs().max() > 0.05, "another city must feel the change"


def test_classifier_reaches_its_floors(tables, assigned):
    scores = theme_scores.score_themes(assigned, tables[0], draws=200)
    value = scores.set_index(["plan", "measure"])["value"]
    assert value["all", "kappa"] >= 0.82
    assert value["all", "macro_f1"] >= 0.81
    assert value.xs("accuracy", level="measure").min() >= 0.78
    assert (scores["low"] <= scores["high"]).all()


def test_confidence_orders_the_predictions(assigned):
    right = assigned["section_theme"] == assigned["predicted_theme"]
    sure = assigned["confidence"] >= assigned["confidence"].median()
    assert right[sure].mean() >= right[~sure].mean() + 0.1
    assert assigned["confidence"].between(0, 1).all()
    assert abs(assigned["confidence"].mean() - right.mean()) < 0.1


def test_lexicon_serves_a_corpus_of_one_city(tables):
    tasks, documents, _ = tables
    own = tasks[tasks["doc_id"].isin(["zhoucun-2023", "zichuan-2023"])]
    predicted = themes.assign_themes(own, documents)
    kappa = cohen_kappa_score(predicted["section_theme"], predicted["predicted_theme"])
    assert 0.3 <= kappa < 0.7, "above, the city's own headings have leaked"


def test_tasks_without_theme_are_predicted_and_teach_nothing(tables):
    tasks, documents, assignments = tables
    some = tasks.copy()
    some.loc[some["section_no"] == 3, "theme"] = ""
    found = schema.THEMES.validate(themes.assign_themes(some, documents, assignments))
    assert found["section_theme"].eq("").sum() == (tasks["section_no"] == 3).sum()
    assert set(found["predicted_theme"]) <= set(theme_names())


def test_filed_elsewhere_and_shares():
    tasks = pd.DataFrame(
        {
            "task_id": ["a-2023-01", "a-2023-02", "a-2023-03", "b-2023-01"],
            "doc_id": ["a-2023", "a-2023", "a-2023", "b-2023"],
            "section_title": ["内需", "内需", "?", "文化"],
            "title": ["修路", "光伏", "其他", "书房"],
            "char_start": [0, 30, 50, 0],
            "char_end": [30, 50, 100, 10],
        }
    )
    found = tasks[["task_id"]].assign(
        section_theme=["扩大内需", "扩大内需", "", "文化文明"],
        predicted_theme=["绿色低碳", "绿色低碳", "绿色低碳", "文化文明"],
        confidence=[0.5, 0.9, 0.9, 0.9],
    )
    assert themes.mismatched_themes(found, tasks)["title"].tolist() == ["光伏"]
    every = themes.mismatched_themes(found, tasks, confidence=0)
    assert every["title"].tolist() == ["光伏", "修路"]
    shares = themes.share_themes(found, tasks, by="section_theme").set_index(["doc_id", "theme"])
    assert len(shares) == 2 * 12
    assert shares.loc[("a-2023", "扩大内需")].tolist() == [2, 50, 1.0, 1.0]
    assert shares.loc[("b-2023", "扩大内需")].tolist() == [0, 0, 0.0, 0.0]
    shares = themes.share_themes(found, tasks)
    assert shares.groupby("doc_id")["char_share"].sum().tolist() == [1.0, 1.0]


def test_scores_agree_with_scikit_learn(assigned):
    truth, predicted = assigned["section_theme"], assigned["predicted_theme"]
    table = theme_scores.tabulate_confusion(truth, predicted)
    assert (
        table.loc["扩大内需", "绿色低碳"]
        == ((truth == "扩大内需") & (predicted == "绿色低碳")).sum()
    )
    expected = [
        accuracy_score(truth, predicted),
        f1_score(truth, predicted, average="macro"),
        cohen_kappa_score(truth, predicted),
    ]
    np.testing.assert_allclose(theme_scores.score_confusions(table.to_numpy()), expected)


# --- free clusters -------------------------------------------------------------------------


def test_same_input_same_bytes(tables, assigned):
    again = themes.assign_themes(*tables)
    assert again.to_csv(index=False).encode() == assigned.to_csv(index=False).encode()
    schema.THEMES.validate(assigned)


def test_clusters_hold_under_resampling(tables, counts):
    options = {"runs": 20, "seeds": 3}
    found, table = validity.describe_clustering(validity.spectral(), counts, tables[0], **options)
    assert found["subsample_ari"] >= 0.80
    assert found["pairwise_ari"] >= 0.75
    assert found["nmi_headings"] >= 0.58
    assert found["stable_share"] >= 0.80
    assert found["weakest_jaccard"] >= 0.60
    assert found["seed_ari"] == 1.0
    assert found["county_nmi"] <= 0.05
    assert table["n_tasks"].is_monotonic_decreasing
    assert table["n_tasks"].sum() == len(tables[0])


def test_the_seed_draws_the_subsamples(counts):
    one, again = (validity.resample(validity.spectral(), counts, runs=2) for _ in range(2))
    assert (one == again).all()
    assert (one > 0).sum(axis=1).tolist() == [288, 288]
    other = validity.resample(validity.spectral(), counts, runs=2, seed=1)
    assert ((one > 0) != (other > 0)).any()


def test_baseline_does_not_hold(tables, counts):
    options = {"runs": 6, "seeds": 3}
    found, _ = validity.describe_clustering(validity.plain_k_means(), counts, tables[0], **options)
    assert found["subsample_ari"] < 0.4
    assert found["seed_ari"] < 0.4


def test_masking_moves_few_tasks(tables, counts):
    method = validity.spectral()
    unmasked = count_terms(*tables, mask=False)
    assert validity.share_moved(method(counts, 0), method(unmasked, 0)) <= 0.05


def test_labels_tell_the_clusters_apart(assigned):
    labels = assigned.groupby("cluster")["cluster_label"].first()
    assert labels.is_unique
    words = labels.str.split("、").explode()
    assert not words.duplicated().any()
    assert words.isin(stop_words()).sum() == 0


@pytest.mark.parametrize("n", [1, 2, 3, 8, 30])
def test_a_few_tasks_are_enough(tables, n):
    tasks, documents, assignments = tables
    found = themes.assign_themes(tasks.head(n), documents, assignments)
    schema.THEMES.validate(found)
    assert found["cluster"].max() <= max(1, n // 4)


def test_separate_groups_make_separate_clusters():
    groups = np.repeat([0, 1, 2], [20, 40, 10])
    vectors = sparse.csr_array(np.eye(3)[groups])  # the graph falls into three pieces
    assert clusters.cluster_vectors(vectors, 3).tolist() == [2] * 20 + [1] * 40 + [3] * 10


def test_a_large_corpus_is_clustered_from_a_sample(counts, assigned, monkeypatch):
    monkeypatch.setattr(clusters, "LARGEST_GRAPH", 250)
    found = clusters.cluster_vectors(clusters.place_tasks(counts))
    assert set(found) == set(range(1, clusters.K + 1))
    assert adjusted_rand_score(found, assigned["cluster"]) >= 0.6


def test_tree_keeps_clusters(counts, assigned):
    labels = assigned["cluster"].to_numpy()
    parts = clusters.split_clusters(counts, labels)
    assert parts["part"].str.split(".").str[0].astype(int).tolist() == labels.tolist()
    assert parts["part"].nunique() > clusters.K
    joined = clusters.join_clusters(clusters.place_tasks(counts), labels)
    assert joined.shape == (clusters.K - 1, 4)


def test_leads_are_a_block_of_their_own(counts):
    without = fit_space(counts).place(counts)
    space = fit_space(counts, lead_weight=0.5)
    lengths = np.sqrt(space.place(counts).power(2).sum(axis=1))
    led = counts.leads.sum(axis=1) > 0
    assert led.sum() > 300
    np.testing.assert_allclose(lengths[led], 1.5)
    np.testing.assert_allclose(lengths[~led], np.sqrt(2))
    np.testing.assert_allclose(np.sqrt(without.power(2).sum(axis=1)), np.sqrt(2))


# --- measures ------------------------------------------------------------------------------


def test_jaccard_by_hand():
    labels = np.array([1, 1, 1, 2, 2, 2])
    runs = np.array([[1, 1, 0, 2, 2, 2], [1, 1, 2, 2, 2, 0]])
    # cluster 1: whole in the first run, 2 of 3 in the second; cluster 2: 3/3, then 2/3
    np.testing.assert_allclose(validity.jaccard(labels, runs), [(1 + 2 / 3) / 2, (1 + 2 / 3) / 2])
    assert validity.subsample_ari(labels, runs[:1]) == 1.0
    assert validity.pairwise_ari(runs[:1]) == 1.0


@pytest.mark.parametrize(
    ("after", "moved"),
    [
        ([2, 2, 2, 1, 1, 1], 0.0),  # renamed, not moved
        ([1, 1, 2, 2, 2, 2], 1 / 6),
        ([1, 1, 1, 1, 1, 1], 0.5),
        ([1, 1, 1, 2, 3, 3], 1 / 6),
    ],
)
def test_share_moved(after, moved):
    before = np.array([1, 1, 1, 2, 2, 2])
    assert validity.share_moved(before, np.array(after)) == pytest.approx(moved)


def test_cramers_v_bounds():
    groups = np.repeat([0, 1, 2], 50)
    assert validity.cramers_v(groups, groups) == pytest.approx(1.0)
    assert validity.cramers_v(groups, np.tile([0, 1], 75)) == 0.0
