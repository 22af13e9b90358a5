# `make run` shows all of Engage with made-up people; `make test` and `make check` prove it.
# Everything is made inside this folder: .venv, node_modules, engage/web/static/built and var.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
SYNCED := $(VENV)/.synced
ASSETS := engage/web/static/built/manifest.json
# Where Python may not keep what it has compiled, every process compiles all its libraries again: four seconds each.
unexport PYTHONDONTWRITEBYTECODE
# A file's tests share what was made for them; `tests/conftest.py` says which files begin.
AT_ONCE := -n 3 --dist loadfile --no-loadscope-reorder
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help run test check format lint types arrows data lock environment assets browser clean fix documents screenshots

help: ## What there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: environment assets ## Everything at once, with made-up people: http://localhost:8000 (PORT=8000, FRESH=1, FAMILIES=300)
	@$(BIN)/engage run $(if $(FRESH),--fresh) $(if $(FAMILIES),--families $(FAMILIES))

test: environment assets browser ## Every test: SQLite, PostgreSQL and a real browser
	$(BIN)/python -m pytest $(AT_ONCE)
	ENGAGE_TEST_DATABASE=postgresql $(BIN)/python -m pytest $(AT_ONCE) -m "not browser and not onedatabase"

check: environment assets format lint types arrows data test ## All that must hold before a change lands

format:
	$(BIN)/ruff format --check .

lint:
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

arrows:
	$(BIN)/lint-imports

data:
	$(BIN)/python -m engage.cli.data

fix: environment ## Put format and imports right
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

documents: environment ## Write the documents that the code knows best (docs/settings.md, docs/states.md)
	$(BIN)/python -m engage.cli.documents

environment: $(SYNCED)

# uv is taken from the machine, or else brought by pip into the environment's own folder.
$(SYNCED): requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv
	@uv pip sync --quiet --python $(BIN)/python requirements/dev.txt
	@uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

assets: $(ASSETS)

# The system's Node, or the one that the environment brings.
$(ASSETS): $(SYNCED) package.json package-lock.json $(wildcard assets/* assets/*/*)
	@npm ci --silent --no-audit --no-fund && npm run --silent build

browser: ## A Chromium and a Firefox for the tests, from Debian, and fonts for every language
	@(command -v chromium && command -v firefox-esr && fc-list | grep -qi "noto.*tamil") >/dev/null || \
		(apt-get update -qq && apt-get install -y -qq chromium firefox-esr fontconfig fonts-noto-core fonts-noto-cjk >/dev/null)

lock: environment ## Lock the newest versions that fit, with hashes and without naming a registry
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade pyproject.toml --group dev -o requirements/dev.txt

screenshots: environment assets browser ## The pictures of the README
	$(BIN)/python -m tests.browser.screenshots

clean: ## Remove everything that was made
	rm -rf $(VENV) node_modules engage/web/static/built var
