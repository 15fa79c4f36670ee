# `make` alone prints this help. Everything lands in .venv, .demo and .cache, all ignored by git.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint speed docs screenshots evaluate clean

PYTHON ?= python3.11
export MATCHER_CACHE_DIR ?= $(CURDIR)/.cache
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
DEMO := MATCHER_HOME=$(CURDIR)/.demo $(BIN)/matcher

help:  ## print this help
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

setup: $(BIN)/.developing  ## create .venv from the pinned constraints, with what tests and lint need

$(BIN)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Python 3.11 is needed; name it with: make PYTHON=/path/to/python3.11 setup"; exit 1; }
	@echo "安装依赖，约三分钟，其间没有输出 / installing, about three minutes without a word"
	$(PYTHON) -m venv .venv
	$(PIP) -e .
	@touch $@

$(BIN)/.developing: $(BIN)/.installed
	@echo "安装测试所需，约一分钟 / installing what tests need, about a minute"
	$(PIP) -e '.[dev,postgres]'
	@touch $@

demo: $(BIN)/.installed  ## the sample ecosystem: recommendations both ways, digests, people for the workbench
	@sh scripts/demo.sh "$(DEMO)"

# One arena: a thousand services with threads of their own would leave one each behind, in pieces.
test: setup  ## run the whole test suite
	MALLOC_ARENA_MAX=1 $(BIN)/pytest -n 2 --dist loadfile

lint: setup  ## lint, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/tables.py --check

speed: setup  ## fail when the whole path got markedly slower or less exact
	@$(BIN)/python -m tests.benchmarks.regression

docs: setup  ## write the tables that the documentation takes from the code
	$(BIN)/python scripts/tables.py

screenshots: setup demo  ## take the pictures of docs/images again; needs Chromium
	$(BIN)/python -m scripts.screenshots .demo docs/images

evaluate: $(BIN)/.installed  ## the table of docs/evaluation.md; needs DATA=folder with the four data sets
	@sh scripts/evaluate.sh "$(BIN)/matcher" "$(DATA)"

clean:  ## remove what make made
	rm -rf .venv .demo .cache build dist
