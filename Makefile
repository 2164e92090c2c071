# Everything here needs python3 (3.11-3.13) and make; the first call sets up .venv from the hashed lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

.PHONY: demo up test test-long test-system test-all check bench format lock clean setup dev

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

setup: $(RUNTIME)
dev: $(DEV)

demo: $(RUNTIME)
	$(BIN)/samsyn demo $(ARGS)

up: $(RUNTIME)
	$(BIN)/samsyn up

# First what can run side by side, then what shares one installation of Prefect, worker, portal and mailbox.
test: $(DEV)
	$(BIN)/python -m pytest -m "not system and not stack and not long" -n 2 $(ARGS)
	$(BIN)/python -m pytest -m "stack and not system and not long" $(ARGS)

# Needs only Python packages too, and takes its time.
test-long: $(DEV)
	$(BIN)/python -m pytest -m "long and not stack and not system" -n 2 $(ARGS)
	$(BIN)/python -m pytest -m "long and stack and not system" $(ARGS)

# Needs Debian's packages, which .ci/run names; says what it skips and why. In CI nothing is skipped.
test-system: $(DEV)
	$(BIN)/python -m pytest -m system -rs $(ARGS)

test-all: test test-long test-system

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Ratios within one run; QUICK=1 takes fewer rounds. Writes bench/results/latest.json.
bench: $(DEV)
	$(BIN)/python -m bench $(if $(QUICK),--quick)

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Resolves anew for every supported Python; writes no index address.
lock: | $(BIN)/python
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--upgrade pyproject.toml setuptools.in --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--extra dev --constraint requirements.lock pyproject.toml setuptools.in --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) build *.egg-info
