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
from walk import walk

from analysis import load, schema
from analysis.errors import PlanError
from analysis.lexicon import theme_names
from analysis.themes import classify, clusters, examples, validity
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
def corpus(tables):
    tasks, documents, _ = tables
    return classify.gather(tasks, documents)


@pytest.fixture(scope="module")
def decisions(corpus):
    return classify.decide_out_of_city(corpus)


@pytest.fixture(scope="module")
def assigned(tables):
    return themes.assign_themes(*tables)


def county(name, city="烟台市", province="山东省"):
    return pd.DataFrame({"county": [name], "city": [city], "province": [province]})


# --- words ---------------------------------------------------------------------------------


@walk(
    ("text", "runs"),
    [
        ("培育专精特新中小企业", [["培育", "专精特新", "中小企业"]]),
        ("专精、特新", [["专精"], ["特", "新"]]),  # a mark between: not the term
        ("规上工业企业研发机构", [["规上工业企业", "研发机构"]]),
        ("规上服务业企业", [["规上", "服务业", "企业"]]),
        ("规划上报", [["规划", "上报"]]),
        ("PM2.5浓度", [["PM2.5", "浓度"]]),
        ("2.5公里", [["公里"]]),
        ("5G基站、CO2排放", [["5G", "基站"], ["CO2", "排放"]]),
        ("建成500kV线路", [["建成"], ["线路"]]),
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


@walk(
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
    assert character_ngrams("养") == ["养"]


def test_current_terms_are_whole():
    current = """
        碳中和 双碳 低碳 绿电 再生水 河长制 固废 PM2.5 减污降碳 抽水蓄能 虚拟电厂 新污染物 面源污染
        畜禽粪污 煤改气 源网荷储 林长制 碳达峰 新型储能 无废城市 设备更新 新质生产力 枫桥经验
    """
    assert [term for term in current.split() if cut(term) != [[term]]] == []


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


def test_packaged_examples_are_the_tasks_of_the_tables(tables):
    tasks, documents, _ = tables
    made = examples.make_examples(documents, tasks)
    pd.testing.assert_frame_equal(examples.read_examples(), made, check_dtype=False)


def test_words_of_headings_are_plain():
    words = examples.heading_words()
    assert words["title"].str.fullmatch("[一-鿿]+").all()
    assert words["title"].is_unique
    assert set(words["theme"]) == set(theme_names())


def test_model_knows_no_word_of_the_city_left_out(tables, corpus):
    tasks, documents, _ = tables
    model = corpus.learn(corpus.outside(["枣庄市"]))
    known = set(corpus.counts.terms["words"][model.space.columns["words"]])
    city = tasks["doc_id"].map(documents.set_index("doc_id")["city"])
    texts = pd.concat([tasks["title"] + "。" + tasks["text"], examples.heading_words()["title"]])
    others = texts[[*(city != "枣庄市"), *[True] * (len(texts) - len(tasks))]]
    own = [w for w in corpus.counts.terms["words"] if not others.str.contains(w, regex=False).any()]
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
    other = classify.decide_out_of_city(classify.gather(changed, documents))
    before, after = decisions.loc["zhoucun-2023-40"], other.loc["zhoucun-2023-40"]
    np.testing.assert_allclose(before, after, atol=1e-6)
    moved = decisions.loc["tengzhou-2023-43"] - other.loc["tengzhou-2023-43"]
    assert moved.abs().max() > 0.05, "another city must feel the change"


def test_a_plan_of_the_package_does_not_teach_its_own_city(tables):
    """A new plan of 周村区 is judged without the examples of 周村区 and 淄川区."""
    tasks, documents, _ = tables
    new = documents[documents["doc_id"].eq("zhoucun-2023")].assign(doc_id="zhoucun-2024")
    own = tasks[tasks["doc_id"].eq("zhoucun-2023")].assign(doc_id="zhoucun-2024")
    corpus = classify.gather(own, new)
    taught = set(corpus.outside(["淄博市"]))
    ids = corpus.counts.task_ids
    assert not any(ids[i].startswith(("zhoucun", "zichuan")) for i in taught)
    assert any(ids[i].startswith("tengzhou") for i in taught)


def test_classifier_reaches_its_floors(tables, assigned):
    scores = theme_scores.score_themes(assigned, tables[0], draws=200)
    value = scores.set_index(["plan", "measure"])["value"]
    assert value["all", "kappa"] >= 0.82, "tasks left without a theme count as wrong"
    assert value["all", "macro_f1"] >= 0.81
    assert value.xs("accuracy", level="measure").min() >= 0.78
    assert (scores["low"] <= scores["high"]).all()


def test_confidence_orders_the_predictions(assigned):
    right = assigned["section_theme"] == assigned["predicted_theme"]
    sure = assigned["confidence"] >= assigned["confidence"].median()
    assert right[sure].mean() >= right[~sure].mean() + 0.1
    assert assigned["confidence"].between(0, 1).all()
    assert abs(assigned["confidence"].mean() - right.mean()) < 0.1


def study(texts, theme=""):
    """Tasks and documents of one invented county, a title and a text for each task."""
    tasks = pd.DataFrame(texts, columns=["title", "text"])
    tasks = tasks.assign(task_id=[f"a-2024-{i:02}" for i in range(1, len(tasks) + 1)], theme=theme)
    place = {"county": "甲县", "city": "乙市", "province": "丙省"}
    documents = pd.DataFrame([{"doc_id": "a-2024", **place}])
    return tasks.assign(doc_id="a-2024"), documents


def test_themes_of_an_unseen_county():
    told = {
        "修复退化草原40万亩": "绿色低碳",
        "治理大气污染，淘汰燃煤锅炉": "绿色低碳",
        "粮食播种面积稳定在60万亩": "乡村振兴",
        "新建幼儿园3所": "共同富裕",
        "提升景区品质，发展旅游": "文化文明",
    }
    found = themes.assign_themes(*study([(text, "") for text in told]))
    assert found["predicted_theme"].tolist() == list(told.values())


def test_what_says_nothing_gets_no_theme():
    tasks, documents = study([("龘靐齉", "爩鱻麤"), ("3", "12"), ("甲县", "")])
    found = schema.THEMES.validate(themes.assign_themes(tasks, documents))
    assert found["predicted_theme"].eq("").all()
    assert len(themes.report_unsure(found, tasks)) == 3
    known = found.assign(section_theme="绿色低碳")
    assert themes.report_unsure(known, tasks).empty


def test_unseen_tasks_reach_their_bars():
    unseen, decided = theme_scores.decide_unseen()
    assert len(unseen) >= 60
    cover = theme_scores.cover(decided, unseen["theme"]).set_index("floor")
    assert cover.at[0.0, "right"] >= 0.85
    assert cover.at[classify.FLOOR, "right_of_all"] >= 0.85
    assert cover.at[0.6, "wrong_of_all"] <= 0.05


def test_a_wrong_heading_of_ones_own_does_not_sway_the_model():
    texts = [("治理大气", "淘汰锅炉"), ("造林", "绿化荒山"), ("稳定粮食", "建设高标准农田")]
    tasks, documents = study(texts * 3, theme="动能产业")
    other, _ = study([("打好蓝天保卫战", ""), ("修复湿地", ""), ("抓好粮食生产", "")])
    second = other.assign(
        doc_id="b-2024", task_id=other["task_id"].str.replace("a-", "b-"), theme=""
    )
    both = pd.concat([documents, documents.assign(doc_id="b-2024", city="丁市")])
    found = themes.assign_themes(pd.concat([tasks, second], ignore_index=True), both)
    named = found.loc[found["task_id"].str.startswith("b-"), "predicted_theme"]
    assert named.tolist() == ["绿色低碳", "绿色低碳", "乡村振兴"]


def test_tasks_without_theme_are_predicted_and_teach_nothing(tables):
    tasks, documents, assignments = tables
    some = tasks.copy()
    some.loc[some["section_no"] == 3, "theme"] = ""
    found = schema.THEMES.validate(themes.assign_themes(some, documents, assignments))
    assert found["section_theme"].eq("").sum() == (tasks["section_no"] == 3).sum()
    assert set(found["predicted_theme"]) <= {*theme_names(), ""}


def test_mismatched_themes_and_shares():
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
        f1_score(truth, predicted, labels=sorted(set(truth)), average="macro"),
        cohen_kappa_score(truth, predicted),
    ]
    np.testing.assert_allclose(theme_scores.score_confusions(table.to_numpy()), expected)


# --- free clusters -------------------------------------------------------------------------


def test_same_input_same_bytes(tables, assigned):
    again = themes.assign_themes(*tables)
    assert again.to_csv(index=False).encode() == assigned.to_csv(index=False).encode()
    schema.THEMES.validate(assigned)


def test_clusters_by_words_hold_under_resampling(tables, counts):
    found, table = validity.describe_clustering(
        validity.communities(), counts, tables[0], runs=1, first=500
    )
    assert found["subsample_ari"] >= 0.65
    assert found["nmi_headings"] >= 0.60
    assert found["county_nmi"] <= 0.05
    assert table["n_tasks"].is_monotonic_decreasing
    assert table["n_tasks"].sum() == len(tables[0])


def test_departments_make_portfolios_steadier_and_follow_desks(tables, counts):
    options = {"runs": 1, "seeds": 6, "first": 500}
    both, _ = validity.describe_clustering(validity.portfolios(), counts, tables[0], **options)
    words, _ = validity.describe_clustering(validity.communities(), counts, tables[0], **options)
    assert both["subsample_ari"] >= 0.75 > 0.3 > words["nmi_leads"] - words["nmi_headings"]
    assert both["nmi_leads"] > words["nmi_leads"]


def test_the_seed_draws_the_subsamples(counts):
    one, again = (validity.resample(validity.communities(), counts, runs=2) for _ in range(2))
    assert (one == again).all()
    assert (one > 0).sum(axis=1).tolist() == [288, 288]
    other = validity.resample(validity.communities(), counts, runs=2, seed=1)
    assert ((one > 0) != (other > 0)).any()


def test_baseline_does_not_hold(tables, counts):
    options = {"runs": 1, "seeds": 6}
    found, _ = validity.describe_clustering(validity.plain_k_means(), counts, tables[0], **options)
    assert found["subsample_ari"] < 0.4
    assert found["subsample_ari_low"] <= found["subsample_ari"] <= found["subsample_ari_high"]


def test_settings_are_changed_one_at_a_time(tables):
    tasks, documents, assignments = tables
    tasks = tasks[tasks["doc_id"].eq("zhoucun-2023")]
    assignments = assignments[assignments["task_id"].isin(tasks["task_id"])]
    moves = validity.compare_settings(tasks, documents, assignments).set_index("setting")
    changed = ["without the policy dictionary", "without stop words", "place names unmasked"]
    changed += [f"title weight {w:g}" for w in (0, 0.375, 1.5)]
    changed += [f"lead weight {w:g}" for w in (0.25, 0.5, 1)]
    assert moves.index.tolist() == ["as it is", *changed, "10 clusters", "14 clusters"]
    assert moves.loc["as it is", ["ari", "moved"]].tolist() == [1, 0]
    assert moves.loc[changed, "moved"].between(0, 1, inclusive="neither").all()


def test_coherence_and_distinctness_by_hand():
    tasks, documents = study([("茶叶种植", ""), ("茶叶种植", ""), ("苹果", ""), ("苹果茶叶", "")])
    counts = count_terms(tasks, documents)
    labels = np.array([1, 1, 2, 2])
    # 茶叶 in 3 tasks, 种植 in 2, both in 2: ln(.5 / (.75 * .5)) / -ln(.5)
    together = np.log(0.5 / 0.375) / -np.log(0.5)
    assert validity.coherence(counts, {1: ["茶叶", "种植"]}) == pytest.approx(together)
    assert np.isnan(validity.coherence(counts, {1: ["茶叶"], 2: []}))
    shares = validity.distinctness(counts, labels, {1: ["茶叶"], 2: ["苹果"]})
    assert shares == pytest.approx((2 / 3 + 1) / 2)


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


def test_no_study_of_short_tasks_stops_the_themes():
    """Random one-line tasks without a word in common: no label, no crash."""
    random = np.random.default_rng(3)
    signs = [*"渔牧林果茶桑铁煤油盐医药学校路桥井渠灯塔"]
    for n in (1, 4, 8, 12, 15, 20, 40):
        texts = [("".join(random.choice(signs, 4)), "") for _ in range(n)]
        found = schema.THEMES.validate(themes.assign_themes(*study(texts)))
        assert len(found) == n


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
