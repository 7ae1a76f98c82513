# Every target works from a fresh clone: it makes .venv by itself and installs into it what it needs.
#   PYTHON=python3.12   the Python that .venv is made with (3.11 or newer)
#   ARGS="--seed 7"     extra arguments for `make run`, the tests, `make mutants` and `make bundle`

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
OUT ?= runs/paper
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet

# Stamps: newer than pyproject.toml means installed as it says.
RUNTIME := $(VENV)/.runtime-installed
DEVELOPMENT := $(VENV)/.development-installed
DOCUMENTATION := $(VENV)/.documentation-installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Else every process that the tests start would compile the package again.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run test test-long test-slow test-engines test-hardware test-peers mutants check docs format bundle dist clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(RUNTIME) ## Repeat the study of the paper into runs/paper (OUT=, ARGS=)
	$(BIN)/sassafras run --preset paper --out $(OUT) $(ARGS)

test: $(DEVELOPMENT) ## Run the tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS) # loadgroup: one browser, not one per worker

test-long: $(DEVELOPMENT) ## Run the tests that take some seconds each, beside shorter ones of the same
	$(BIN)/python -m pytest -m "long and not slow" -n 2 --dist loadgroup $(ARGS)

test-slow: $(DEVELOPMENT) ## Run the long proofs, some of which download
	$(BIN)/python -m pytest -m slow $(ARGS)

test-engines: $(DEVELOPMENT) ## Compare the two engines on small networks and on AlexNet (200 faults)
	$(BIN)/python -m pytest -m engines tests/simulation $(ARGS)

test-hardware: $(DEVELOPMENT) ## Compare the kernels on this machine's NVIDIA GPU with the emulator
	$(PIP) --editable '.[dev,gpu]'
	$(BIN)/python -m pytest -m hardware tests/hardware $(ARGS)

test-peers: $(DEVELOPMENT) ## Compare networks of others with onnxruntime and PyTorch (installs both; a while)
	$(PIP) --editable '.[dev,peers]'
	$(BIN)/python -m pytest -m slow tests/network/trained tests/network/onnx/test_torchvision.py $(ARGS)

mutants: $(DEVELOPMENT) ## Change the code at random places and see whether a test fails (ARGS="--seed 7 --count 40")
	$(BIN)/python -m tests.mutants $(ARGS)

check: $(DEVELOPMENT) ## Lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(DOCUMENTATION) ## Build the documentation as a site, into site/ (warnings are errors)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "open site/index.html"

format: $(DEVELOPMENT) ## Format the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bundle: $(DEVELOPMENT) ## Rebuild the bundled cubins and listings from the CUDA sources (downloads nvdisasm once)
	$(BIN)/python -m sassafras.toolchain.bundle --download $(ARGS)

dist: $(DEVELOPMENT) ## Build the source archive and the wheel, into dist/ (downloads hatchling)
	rm -rf dist
	$(BIN)/python -m build
	@ls dist

clean: ## Remove .venv and what the tools left behind (never runs/)
	rm -rf $(VENV) build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "$(PYTHON) is missing or older than 3.11: name a newer one, as in: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; } # half an environment would look whole to the next make

$(RUNTIME): pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(DEVELOPMENT): pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(RUNTIME) $(DOCUMENTATION)

$(DOCUMENTATION): pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[docs]'
	@touch $@ $(RUNTIME)
