"""pyproject.toml, environment.yml, requirements.lock, the Makefile and CI tell one story."""

import os
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from setuptools import find_packages

import analysis

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = SETTINGS["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")

# conda-forge gives an extra a package of its own.
CONDA_NAMES = {"pandera[pandas]": "pandera-pandas"}


def full_name(need: Requirement) -> str:
    """Give the name with its extras, `pandera[pandas]`."""
    return need.name + (f"[{','.join(sorted(need.extras))}]" if need.extras else "")


def project_needs() -> list[Requirement]:
    extras = PROJECT["optional-dependencies"].values()
    return [Requirement(line) for part in [PROJECT["dependencies"], *extras] for line in part]


def conda_bounds() -> dict[str, str]:
    """Give the bound of each package in environment.yml, those under `pip:` too."""
    lines = [line for line in CONDA["dependencies"] if isinstance(line, str)]
    lines += [
        line for part in CONDA["dependencies"] if isinstance(part, dict) for line in part["pip"]
    ]
    needs = [Requirement(line) for line in lines]
    assert len({need.name for need in needs}) == len(needs), "a package is listed twice"
    return {need.name: str(need.specifier) for need in needs}


def locked(text: str) -> list[tuple[str, Version, int]]:
    """Give the name, version and number of hashes of every pin in a lock file."""
    pins = []
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]:
        name, version = re.match(r"([\w.-]+)==([^\s;]+)", block).groups()
        hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block)
        pins.append((canonicalize_name(name), Version(version), len(hashes)))
    return pins


def make(*args: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    # An outer `make test` hands its own flags down; they must not steer this one.
    env = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    return subprocess.run(["make", *args], cwd=cwd, env=env, capture_output=True, text=True)


def repository_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_every_dependency_has_one_lower_bound_and_a_pin_within_it():
    pins = locked(LOCK)
    faults = []
    for need in project_needs():
        found = [version for name, version, _ in pins if name == canonicalize_name(need.name)]
        is_bound = [spec.operator for spec in need.specifier] == [">="]
        if not (is_bound and found and all(version in need.specifier for version in found)):
            faults.append(f"{need}, pinned {found}: run make lock")
    assert faults == []


def test_every_pin_has_a_hash():
    assert [f"{name}=={version}" for name, version, hashes in locked(LOCK) if not hashes] == []


def test_the_lock_to_run_holds_what_runs_and_no_tool_for_tests():
    """The same pins, complete, without browsers, linters and test runners."""
    run = (ROOT / "requirements-run.lock").read_text("utf-8")
    pins = locked(run)
    assert sorted(set(pins) - set(locked(LOCK))) == []
    names = {name for name, _, _ in pins}
    extras = PROJECT["optional-dependencies"]
    needs = [*PROJECT["dependencies"], *extras["explore"], *extras["files"]]
    wanted = {canonicalize_name(Requirement(line).name) for line in needs}
    for name in names:  # with all that those need here
        for line in metadata.requires(name) or [] if is_installed(name) else []:
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                wanted.add(canonicalize_name(need.name))
    assert sorted(wanted - names) == []
    assert names.isdisjoint({"playwright", "pytest", "ruff", "mypy", "pre-commit", "frictionless"})


def is_installed(name):
    return any(canonicalize_name(d.name) == name for d in metadata.distributions(name=name))


def test_every_package_that_runs_has_its_licence_named():
    text = (ROOT / "docs" / "licences.md").read_text("utf-8")
    run = locked((ROOT / "requirements-run.lock").read_text("utf-8"))
    missing = [name for name, _, _ in run if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)]
    assert missing == []


def test_environment_yml_repeats_the_bounds():
    wanted = {
        CONDA_NAMES.get(full_name(need), need.name): str(need.specifier) for need in project_needs()
    }
    assert conda_bounds() == wanted | {
        "python": str(SpecifierSet(PROJECT["requires-python"])),
        "pip": "",
    }


def test_environment_yml_names_its_channel_without_an_address():
    assert CONDA["name"] == PROJECT["name"]
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]


def test_a_wheel_holds_every_file_of_the_package():
    settings = SETTINGS["tool"]["setuptools"]
    found = find_packages(ROOT, **settings["packages"]["find"])
    packages = [p.parent.relative_to(ROOT) for p in ROOT.glob("analysis/**/__init__.py")]
    assert sorted(found) == sorted(".".join(p.parts) for p in packages)
    files = [path for path in repository_files() if path.is_relative_to(ROOT / "analysis")]
    modules = {p for package in packages for p in (ROOT / package).glob("*.py")}
    matches = {
        glob: set((ROOT / "analysis").glob(glob)) for glob in settings["package-data"]["analysis"]
    }
    assert [glob for glob, found in matches.items() if not found] == []
    assert sorted(set(files) - modules - set().union(*matches.values())) == []


def test_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == analysis.__version__
    assert citation["license"] == PROJECT["license"]


def test_help_lists_every_target_and_each_exists():
    listed = {line.split()[0] for line in make("help").stdout.splitlines()}
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert listed == set(phony[1].split())
    dry = make("--dry-run", "UV=uv", *sorted(listed))
    assert dry.returncode == 0, dry.stderr


def test_unfit_python_is_one_line_that_says_what_to_do(tmp_path):
    for name in ["Makefile", "requirements.lock"]:
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    done = make("setup", "PYTHON=false", cwd=tmp_path)
    assert done.returncode == 2
    assert re.fullmatch(r".*3\.11 or newer.*make PYTHON=python3\.\d+.*\n", done.stderr)
    assert not (tmp_path / ".venv").exists()


def test_ci_runs_what_everybody_runs():
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK), "chmod +x .ci/run"
    assert script.read_text("utf-8").splitlines()[-2:] == ["make test", "make test-long"]
