.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(READY): pyproject.toml deploy/constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "tapewire needs Python 3.11 to 3.13; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c deploy/constraints.txt -e '.[dev]'
	@touch $(READY)

demo: $(READY)  ## the whole path on embedded parts: no Docker, no Java, no account
	$(BIN)/tapewire demo

test: $(READY)  ## all tests; what is not on this machine is skipped with one line (in CI it fails)
	$(BIN)/python -m tests

live: $(READY)  ## only the tests on real brokers and a real Redis
	$(BIN)/python -m pytest tests/live

check: $(READY)  ## ruff, format, mypy, import contracts, the directory
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/tapewire companies check

soak: $(READY)  ## half an hour of load and faults on Apache Kafka
	$(BIN)/python -m tests.soak

bench: $(READY)  ## speeds as ratios to a bare loop in the same run
	$(BIN)/python -m tests.bench

train: $(READY)  ## train the relevance model from its examples
	$(BIN)/tapewire train

clean:  ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

.PHONY: help demo test live check bench soak train clean
