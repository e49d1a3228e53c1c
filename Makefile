# hinterland: `make help` explains the targets.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
CODE := src tests tools benchmarks
UV := $(BIN)/uv
export VIRTUAL_ENV := $(abspath $(VENV))

.PHONY: help setup develop demo test test-all check docs format lock bench clean
help: ## Explain the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

setup: $(VENV)/run.stamp ## Make .venv with the run-time lock
develop: $(VENV)/dev.stamp ## Add the development lock to .venv

$(UV):
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/run.stamp: $(UV) locks/run.txt pyproject.toml
	$(UV) pip install --quiet --require-hashes -r locks/run.txt
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp locks/dev.txt
	$(UV) pip install --quiet --require-hashes -r locks/dev.txt
	@touch $@

demo: setup ## Set up and run the main job: three strategies compared, report in out/demo
	$(BIN)/hinterland demo

test: develop ## Set up and run the tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile

test-all: develop ## Run the long tests too
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not bench"

check: develop ## Format, lint, strict types, import layers, pages made from code
	$(BIN)/ruff format --check --quiet $(CODE)
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/mypy src
	$(BIN)/lint-imports
	$(BIN)/python tools/write_docs.py --check

docs: develop ## Write the pages that are made from the code
	$(BIN)/python tools/write_docs.py

format: develop ## Format the code
	$(BIN)/ruff format --quiet $(CODE)
	$(BIN)/ruff check --quiet --fix $(CODE)

lock: $(UV) ## Write the locks anew: names, versions and hashes alone
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --group build -o locks/run.txt
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml --group build --group dev -o locks/dev.txt

bench: develop ## Run the benchmarks (minutes)
	$(BIN)/python -m benchmarks

clean: ## Remove .venv and output
	rm -rf $(VENV) out
