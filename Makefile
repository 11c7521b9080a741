# Loa — run `make` for the list of targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# Set in many containers: Python then compiles 2,400 modules at every start, which takes longer than all else.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test test-pg lint lint-types lint-rest bench demo-reset messages lock clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-zA-Z_-]*:.*## / {printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv with locked versions and the `loa` command

$(STAMP): pyproject.toml requirements/base.txt requirements/dev.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11, 5) <= v < (3, 15) else "Loa cần Python 3.11.5 đến 3.14; máy đang có %d.%d.%d. Chỉ rõ bản khác bằng: make PYTHON=python3.12 …" % v[:3])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^\(uv==[^ ;\\]*\).*/\1/p' requirements/dev.txt)"
	$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

run: $(STAMP) ## Start the demo: web and worker on http://localhost:8000 (PORT, LOA_DATA_DIR)
	@$(BIN)/loa serve --demo

test: $(STAMP) ## Run the whole test suite on SQLite
	@$(BIN)/python -m pytest $(ARGS)

test-pg: $(STAMP) ## Run the same suite on PostgreSQL (DATABASE_URL, default postgresql:///test)
	@DATABASE_URL="$${DATABASE_URL:-postgresql:///test}" $(BIN)/python -m pytest $(ARGS)

lint: lint-types lint-rest ## ruff, import-linter, mypy, Django checks, missing migrations (make -j2: types beside the rest)

lint-types: $(STAMP)
	$(BIN)/mypy loa config

lint-rest: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/loa check
	$(BIN)/loa makemigrations --check --dry-run

bench: $(STAMP) ## Benchmarks against named baselines (see docs/bench.md)
	@$(BIN)/loa bench

demo-reset: $(STAMP) ## Delete ./var and load the demo again
	@$(BIN)/loa demo --reset

messages: $(STAMP) ## Collect and compile the Vietnamese catalogue
	@$(BIN)/loa messages

lock: $(STAMP) ## Renew requirements/*.txt from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --extra dev -o requirements/dev.txt

clean: ## Remove .venv and caches (keeps ./var)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
