# Every command of the project; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The environment is as the lock says; its stamp is named by all that it depends on, so nothing is done twice.
STAMP := $(VENV)/.made-$(shell { echo "$(CURDIR)"; cat requirements.lock pyproject.toml; } | cksum | cut -d' ' -f1)
BENCHES := $(filter-out gate_job gate_worker plain_faust tables,$(basename $(notdir $(wildcard bench/[a-z]*.py))))

CONTACTS ?= 100000

.PHONY: help setup check test test-all demo up down status schemas bench chaos soak docs lock clean
.DEFAULT_GOAL := help

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## make .venv with everything the lock names, and the command .venv/bin/counterpoint

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and \
	  f"Python 3.11 or newer is needed, and $(PYTHON) is {v[0]}.{v[1]}: make setup PYTHON=python3.12, say")'
	@echo "setup: making $(VENV) with $$($(PYTHON) --version)"
	@grep -qsF "$(CURDIR)/$(VENV)" $(BIN)/activate || $(PYTHON) -m venv --clear $(VENV)
	@echo "setup: installing what requirements.lock names (a minute or two the first time)"
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-index --no-deps --no-build-isolation --editable .
	@$(BIN)/counterpoint --version
	@rm -f $(VENV)/.made-* && touch $@
	@echo "setup: done; next: make demo, or make test"

check: setup ## format, lint, types, architecture, templates, schema drift
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/counterpoint templates check
	$(BIN)/python -m tools.gen_events --check
	$(BIN)/python -m tools.gen_reference --check

test: check ## the checks, then every test but the long ones, two files at a time
	$(BIN)/pytest -m "not chaos" -n 2 --dist loadfile

test-all: check ## every test, those that kill processes at random too
	$(BIN)/pytest -m ''

chaos: setup ## only the tests that kill processes at random (minutes)
	$(BIN)/pytest -m chaos

soak: setup ## 100,000 texts under every fault, a worker killed every ten seconds (half an hour; CONTACTS=3000 for less)
	$(BIN)/python -m bench.soak --contacts $(CONTACTS)

demo: setup ## three weeks of 2,000 accounts in about three minutes, with a report at the end
	$(BIN)/counterpoint demo

up: setup ## start broker, database, simulator and all services
	$(BIN)/counterpoint up

down: setup ## stop them; data stay
	$(BIN)/counterpoint down

status: setup ## what runs, and how it is
	$(BIN)/counterpoint status

bench: setup ## measure; each bench prints its numbers (make bench BENCHES=gate_core for one)
	@for bench in $(BENCHES); do echo "== $$bench"; $(BIN)/python -m bench.$$bench || exit 1; done

schemas: setup ## write contracts/ anew from schemas/
	$(BIN)/python -m tools.gen_events

docs: setup ## write the generated pages of docs/reference/ anew
	$(BIN)/python -m tools.gen_reference

lock: setup ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --quiet \
	  --output-file requirements.lock

clean: ## remove what was made here: .venv, caches, stopped stacks
	@if [ -x $(BIN)/counterpoint ]; then $(BIN)/counterpoint down; fi
	rm -rf $(VENV) .counterpoint *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build
