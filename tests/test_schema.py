"""One declaration per column: it documents, validates and exports."""

import json
import re
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from walk import walk

from analysis import build, schema
from analysis.errors import PlanError
from analysis.study import DATAPACKAGE_FILE, REPOSITORY

COLUMNS = [(t.name, c) for t in schema.TABLES.values() for c in t.columns]

# The contract of the design: these columns, in this order, among whatever else a table holds.
CONTRACT = {
    "documents": "doc_id county city province year doc_number title issuer issued_on source_file"
    " sha256 n_sections n_tasks n_chars",
    "tasks": "task_id doc_id task_no section_no section_title theme title text clause char_start"
    " char_end",
    "assignments": "task_id position name department body_type role",
    "quantities": "quantity_id task_id text char_start char_end value_low value_high unit"
    " value_base_low value_base_high unit_base bound kind measure indicator due sentence",
    "themes": "task_id section_theme predicted_theme confidence cluster cluster_label",
}


@pytest.mark.parametrize(("table", "columns"), CONTRACT.items())
def test_columns_of_the_contract(table: str, columns: str) -> None:
    wanted = columns.split()
    assert [c for c in schema.TABLES[table].names if c in wanted] == wanted


@walk(("table", "column"), COLUMNS, ids=lambda v: getattr(v, "name", v))
def test_every_column_is_documented(table: str, column: schema.Column) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
    assert len(column.meaning) >= 8
    assert column.type in {"string", "integer", "number", "boolean", "date"}
    assert f"| `{column.name}` | {column.type} |" in schema.data_dictionary()
    assert len(column.values) == len(set(column.values))
    if column.name in schema.TABLES[table].key:
        assert not column.empty


@walk("table", schema.TABLES.values(), ids=lambda t: t.name)
def test_tables_are_whole(table: schema.Table) -> None:
    assert table.grain
    assert len(table.names) == len(set(table.names))
    assert set(table.key) <= set(table.names)
    for column, other in table.foreign.items():
        assert column in table.names
        assert schema.TABLES[other].key == (column,)
    assert f"one row per {table.grain}" in schema.data_dictionary()


def good_assignments() -> pd.DataFrame:
    row = {
        "task_id": "qingshan-2024-01",
        "position": 1,
        "name": "县水利局",
        "department": "水利",
        "body_type": "department",
        "role": "lead",
        "open_list": False,
    }
    return pd.DataFrame([row | {"position": 2, "role": "support"}, row])


def test_a_good_table_comes_back_typed_in_order_and_sorted() -> None:
    frame = schema.ASSIGNMENTS.validate(good_assignments()[schema.ASSIGNMENTS.names[::-1]])
    assert list(frame.columns) == schema.ASSIGNMENTS.names
    assert frame["position"].tolist() == [1, 2]
    assert frame.dtypes.astype(str).to_dict() == schema.ASSIGNMENTS.dtypes


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("role", "boss", "isin"),
        ("body_type", "ministry", "isin"),
        ("position", 0, "greater_than_or_equal_to"),
        ("task_id", "Qingshan-1", "str_matches"),
        ("task_id", "qingshan-2024-1", "str_matches"),
        ("name", "", "not_empty"),
        ("name", None, "not_empty"),
    ],
)
def test_bad_values_are_rejected(column: str, value: object, told: str) -> None:
    frame = good_assignments()
    frame[column] = frame[column].astype(object)
    frame.loc[0, column] = value
    with pytest.raises(PlanError, match=f"assignments .*: {column} .* fails {told}"):
        schema.ASSIGNMENTS.validate(frame)
    assert [fault.row for fault in schema.ASSIGNMENTS.faults(frame)] == [0]


def test_a_missing_column_is_rejected() -> None:
    with pytest.raises(PlanError, match="assignments: no column role"):
        schema.ASSIGNMENTS.validate(good_assignments().drop(columns="role"))


def test_a_repeated_key_is_rejected() -> None:
    frame = good_assignments().assign(position=1)
    with pytest.raises(PlanError, match="qingshan-2024-01 1: task_id"):
        schema.ASSIGNMENTS.validate(frame)


def test_all_faults_are_told_at_once() -> None:
    frame = good_assignments().assign(role="boss", body_type="ministry")
    told = " ".join(fault.told for fault in schema.ASSIGNMENTS.faults(frame))
    assert "role 'boss'" in told
    assert "body_type 'ministry'" in told
    with pytest.raises(PlanError, match=r"and \d more; "):
        schema.ASSIGNMENTS.validate(frame)


def test_what_must_hold_between_two_cells_of_a_row(tables: dict[str, pd.DataFrame]) -> None:
    """Near misses: equal ends of a value hold, equal ends of a place do not."""
    good = tables["quantities"].head(3)
    task = tables["tasks"].head(1)
    cases = [
        ("quantities", good.assign(value_high=good["value_low"]), ""),
        ("quantities", good.assign(value_base_low=float("nan")), ""),
        ("quantities", good.assign(value_high=good["value_low"] - 1), "value_low <= value_high"),
        ("quantities", good.assign(char_end=good["char_start"]), "char_start < char_end"),
        ("tasks", task.assign(clause_start=task["char_end"]), ""),
        ("tasks", task.assign(clause_start=task["char_end"] + 1), "clause_start <= char_end"),
        ("tasks", task.assign(text_start=task["char_start"] - 1), "char_start <= text_start"),
        ("documents", tables["documents"].head(1).assign(issued_on="2024-02-29"), ""),
        ("documents", tables["documents"].head(1).assign(issued_on="2023-02-29"), "a day of"),
        ("documents", tables["documents"].head(1).assign(issued_on=""), ""),
    ]
    for name, frame, told in cases:
        faults = " ".join(fault.told for fault in schema.TABLES[name].faults(frame))
        assert (told in faults) if told else not faults, (name, told, faults)


def test_quantity_rows_hold_together(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["quantities"]
    assert rows["measure"].eq("").eq(rows["kind"].eq("attribute")).all()
    assert (rows["value_low"] <= rows["value_high"]).all()
    assert rows["bound"].eq("range").eq(rows["value_low"] != rows["value_high"]).all()
    assert rows["char_start"].lt(rows["char_end"]).all()
    assert all(t in s for t, s in zip(rows["text"], rows["sentence"], strict=True))
    ordered = rows.sort_values(["task_id", "char_start"])
    number = ordered.groupby("task_id").cumcount() + 1
    assert (ordered["task_id"] + "-q" + number.astype(str)).eq(ordered["quantity_id"]).all()
    assert rows["cue"].str.startswith("kind: ").all()


# --- the data package ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def package(tables: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    build.write_tables(tables, folder)
    return folder


def faults(folder: Path) -> list[str]:
    report = frictionless.Package(str(folder / DATAPACKAGE_FILE)).validate()
    return [f"{t.name}: {e.message}" for t in report.tasks for e in t.errors]


def test_the_package_is_valid(package: Path) -> None:
    assert faults(package) == []


def test_the_committed_package_is_valid() -> None:
    assert faults(REPOSITORY.processed) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("tasks.csv", "zhoucun-2023-07,zhoucun-2023", "zhoucun-2023-07,zibo-2023"),
        ("assignments.csv", ",lead,", ",boss,"),
        ("quantities.csv", "quantity_id", "quantity"),
    ],
    ids=["foreign key", "value", "column"],
)
def test_the_package_shows_what_is_wrong(
    package: Path, tmp_path: Path, name: str, old: str, new: str
) -> None:
    for path in package.iterdir():
        data = path.read_text(encoding="utf-8")
        if path.name == name:
            assert old in data
            data = data.replace(old, new, 1)
        (tmp_path / path.name).write_text(data, encoding="utf-8", newline="\n")
    assert any(f.startswith(name.removesuffix(".csv")) for f in faults(tmp_path))


def test_the_descriptor_tells_every_column(package: Path) -> None:
    described = json.loads((package / DATAPACKAGE_FILE).read_text(encoding="utf-8"))
    for resource in described["resources"]:
        table = schema.TABLES[resource["name"]]
        assert [f["name"] for f in resource["schema"]["fields"]] == table.names
        assert all(f["description"] for f in resource["schema"]["fields"])
        assert resource["schema"]["primaryKey"] == list(table.key)
        head = (package / resource["path"]).read_text(encoding="utf-8").split("\n", 1)[0]
        assert head.split(",") == table.names
        assert resource["bytes"] == (package / resource["path"]).stat().st_size


def test_the_version_follows_every_byte() -> None:
    files = {"tasks": b"a,b\n1,2\n", "themes": b"x\n"}
    version = schema.data_version(files)
    assert re.fullmatch(r"[0-9a-f]{12}", version)
    assert schema.data_version(dict(reversed(files.items()))) == version
    others = [
        files | {"themes": b"x"},
        files | {"tasks": b"a,b\n1,3\n"},
        {"tasks": files["tasks"]},
        {"tasks": files["themes"], "themes": files["tasks"]},
        {"task": files["tasks"], "themes": files["themes"]},
    ]
    versions = {schema.data_version(o) for o in others}
    assert version not in versions
    assert len(versions) == len(others)
    assert json.loads(schema.datapackage(files))["version"] == version
