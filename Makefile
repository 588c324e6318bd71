# `make` builds everything, `make test` proves it. Both work in a fresh clone; after the first
# run neither needs the network. Another interpreter: make PYTHON=python3.12

VENV   := .venv
# The interpreter given by the user, else the one .venv was made with, else python3.
PYTHON ?= $(shell $(VENV)/bin/python -c 'import sys; print(sys._base_executable)' 2>/dev/null || echo python3)
PYTHON := $(PYTHON)
# Its version, empty where it is missing or too old.
SERIES := $(shell $(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit(1); print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
# uv is used where it runs; `make UV=` does without.
UV     := $(if $(shell uv --version 2>/dev/null),uv)
# What is installed: all that make does, or, with LOCK=requirements-run.lock, no tool for tests.
LOCK   ?= requirements.lock
# A copy of the lock that was installed, under the name of the interpreter it was installed for.
STAMP  := $(VENV)/.installed-$(SERIES)
RUN    := $(VENV)/bin/python -m

# Every target below works on the repository's five plans, or on a study: make STUDY=DIR
STUDY    ?=
ANALYSIS := $(RUN) analysis$(if $(STUDY), --study $(STUDY))

export PYTHONHASHSEED := 0
export MPLBACKEND     := Agg
export LC_ALL         := C.UTF-8

.DEFAULT_GOAL := all
.NOTPARALLEL:
.PHONY: all help setup build notebooks charts figures workbook lab app site peers test test-long fuzz lint format check benchmark lock clean

all: build notebooks charts workbook site ## Make everything that is not up to date (default)
	@$(ANALYSIS) summary

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1@\2/p' Makefile | while IFS=@ read -r name text; do \
	    printf '  %-10s %s\n' "$$name" "$$text"; done

setup: $(STAMP) ## Make .venv from requirements.lock, unless it is fresh

# Only the lock's content counts: a checkout that touches it does not reinstall.
$(STAMP): $(LOCK)
	$(if $(SERIES),,$(error county-plans needs Python 3.11 or newer, and "$(PYTHON)" is not: try make PYTHON=python3.12))
	@if cmp -s $< $@; then touch $@; else set -e; \
	    echo "Setting up $(VENV) for Python $(SERIES) from $< ..."; \
	    rm -rf $(VENV); \
	    $(if $(UV),$(with-uv),$(with-pip)); \
	    cp $< $@; fi

# Compiled at once, or the first import of jieba prints its SyntaxWarnings (pip compiles anyway).
with-uv  = uv venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV); \
           uv pip install --quiet --python $(VENV) --compile-bytecode --require-hashes -r $<
with-pip = $(PYTHON) -m venv $(VENV); \
           $(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r $<

build: setup ## Read data/raw, write the tables to data/processed
	$(ANALYSIS) build --changed

notebooks: build ## Run in place every notebook whose code or tables have changed
	$(ANALYSIS) notebooks --changed

charts: build ## Draw every chart whose code or tables have changed, as PNG
	$(ANALYSIS) figures --format png --changed

figures: build ## Draw the charts for print as well, as PNG, SVG and PDF
	$(ANALYSIS) figures --changed

workbook: build ## Write the task ledger and the indicator table for Excel and WPS
	$(ANALYSIS) workbook --changed

app: build ## Open the explorer as a web page, on this machine only
	COUNTY_PLANS_STUDY=$(abspath $(or $(STUDY),.)) JUPYTER_PATH=$(CURDIR)/analysis PYTHONPATH=$(CURDIR) \
	    $(VENV)/bin/voila analysis/voila/explorer.ipynb --template=offline --Voila.ip=127.0.0.1

site: notebooks charts ## Build the static site, which opens from disk
	$(ANALYSIS) site --changed

lab: setup ## Open the notebooks in JupyterLab
	PYTHONPATH=$(CURDIR) $(VENV)/bin/jupyter lab $(if $(STUDY),$(STUDY)/)notebooks

test: setup ## Run the tests on all cores; ARGS="-k quantities" picks some
	$(RUN) pytest -n auto --dist loadfile -m 'not slow' $(ARGS)

test-long: setup ## Run the tests that take longer: all charts, notebooks, screens and printed pages
	$(RUN) pytest -n auto --dist loadfile -m slow $(ARGS)

fuzz: setup ## Read ten thousand damaged plans; DOCUMENTS=, SEED= choose how many and which
	$(VENV)/bin/python tests/fuzz.py --documents $(or $(DOCUMENTS),10000) --seed $(or $(SEED),1)

lint: setup ## Check style, notebooks too, and types
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy

format: setup ## Fix style where that can be done by machine
	$(RUN) ruff check --fix-only
	$(RUN) ruff format

check: setup ## Check the tables against their schema and their sources
	$(ANALYSIS) check

benchmark: setup ## Measure the speed of every stage, as ratios, and the CPU time of charts
	$(RUN) benchmarks speed
	$(RUN) benchmarks charts

PEERS       := .venv-peers
PEERS_STAMP := $(PEERS)/.installed-$(SERIES)

peers: build $(PEERS_STAMP) ## Measure other tools on the labelled tasks, in an environment of their own
	$(RUN) benchmarks peers

$(PEERS_STAMP): benchmarks/requirements.lock | setup
	@if cmp -s $< $@; then touch $@; else set -e; \
	    echo "Setting up $(PEERS) from $< ..."; rm -rf $(PEERS); \
	    $(if $(UV),$(peers-with-uv),$(peers-with-pip)); cp $< $@; fi

peers-with-uv  = uv venv --quiet --python $(VENV)/bin/python $(PEERS); \
                 uv pip install --quiet --python $(PEERS) --require-hashes -r $<
peers-with-pip = $(VENV)/bin/python -m venv $(PEERS); \
                 $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check \
                 --require-hashes -r $<

lock: ## Renew requirements.lock (needs uv; UPGRADE=--upgrade takes the newest versions)
	$(if $(UV),,$(error make lock needs uv))
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
	    --no-header --no-emit-index-url $(UPGRADE) pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --extra explore --extra files \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url -c requirements.lock \
	    pyproject.toml -o requirements-run.lock

clean: ## Remove .venv and every cache; data, notebooks and figures stay
	rm -rf $(VENV) $(PEERS) .made.json site build dist .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} + -o -name .ipynb_checkpoints -prune -exec rm -rf {} +
