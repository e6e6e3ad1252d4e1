# What a developer and a newcomer need; `make help` lists it. No Docker, Java or uv: plain venv and pip.
#
#   make demo                      a world, a night, the worst rings, then the service
#   make demo PEOPLE=5000 SEED=7 DEMO_DIR=demo/small SERVE=0

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV ?= .venv
PYTHON ?=
PEOPLE ?=
SEED ?=
DEMO_DIR ?=
SERVE ?= 1
STORE ?=

PY := $(VENV)/bin/python
# The stamps change their name with the locks, so that a changed lock is installed and nothing is installed twice.
RUN_STAMP := $(VENV)/.installed-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.installed-dev-$(shell cat requirements-dev.lock pyproject.toml | cksum | cut -d' ' -f1)
PIP := $(PY) -m pip --disable-pip-version-check --quiet
SELF := $(PIP) install --no-deps --no-build-isolation --editable .

.PHONY: help install demo test lint bench soak neo4j neo4j-stop lock

help:
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

install: $(RUN_STAMP) ## the command graphfraud in .venv

demo: $(RUN_STAMP) ## a world, a night, the worst rings, the service (PEOPLE, SEED, DEMO_DIR, SERVE=0)
	@$(VENV)/bin/graphfraud demo $(if $(PEOPLE),--people $(PEOPLE)) $(if $(SEED),--seed $(SEED)) \
	    $(if $(DEMO_DIR),--dir $(DEMO_DIR)) $(if $(filter 0,$(SERVE)),--no-serve)

test: lint ## style, layers, types, then all tests but the long ones
	@$(PY) -m pytest -n 2 -m "not soak"

lint: $(DEV_STAMP) ## style, layers, types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports --no-cache
	@$(VENV)/bin/mypy

bench: $(DEV_STAMP) ## every benchmark beside its peers, in short
	@for file in $$(grep -l quick $$(grep -l '^if __name__' benchmarks/*.py)); do echo "== $$file"; $(PY) $$file --quick $(if $(STORE),--store $(STORE)); done

soak: $(DEV_STAMP) ## the long kill and load suites
	@$(PY) -m pytest -n 2 -m soak

neo4j: $(RUN_STAMP) ## Neo4j with its Browser on this machine, by Maven and Java 17+, no Docker (make neo4j-stop ends it)
	@$(PY) -m graphfraud.neo4j_server start --browser

neo4j-stop: $(RUN_STAMP)
	@$(PY) -m graphfraud.neo4j_server stop

lock: ## resolve the requirements anew, with hashes, for every supported Python
	@test -x .venv-lock/bin/uv || { $(MAKE) .venv-lock/bin/python VENV=.venv-lock; \
	    .venv-lock/bin/python -m pip --disable-pip-version-check --quiet install 'uv>=0.13'; }
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

LOCK := .venv-lock/bin/uv --quiet pip compile pyproject.toml --group build --universal --python-version 3.11 \
    --fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

$(RUN_STAMP): | $(PY)
	@echo "installing graphfraud into $(VENV)"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(SELF)
	@rm -f $(VENV)/.installed-*; touch $@

$(DEV_STAMP): | $(PY)
	@echo "installing graphfraud and its development tools into $(VENV)"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(SELF)
	@rm -f $(VENV)/.installed-*; touch $(RUN_STAMP) $@

$(VENV)/bin/python:
	@python="$(PYTHON)"; \
	for found in $${python:-python3 python3.13 python3.12 python3.11 python3.14 python}; do \
	    if $$found -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "creating $(VENV) with $$($$found --version)"; exec $$found -m venv $(VENV); \
	    fi; \
	done; \
	echo "no Python 3.11 or newer with venv and pip was found; install one, or say: make PYTHON=/path/to/python3" >&2; exit 1
