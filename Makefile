# Everything here needs python3 (3.11-3.13) and make; the first call sets up .venv from the hashed lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
# Tests and parts are many processes: each would translate everything anew.
unexport PYTHONDONTWRITEBYTECODE
DEV := $(VENV)/.dev

.PHONY: model tamper concurrent hosts demo up test test-long test-system test-postgresql test-all check bench crash faults format lock clean setup dev fuzz audit

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

# First what needs no process beside its own, then what starts an installation with Prefect, worker, portal and mailbox.
test: $(DEV)
	$(BIN)/python -m pytest -m "not system and not stack and not long" -n 2 $(ARGS)
	$(BIN)/python -m pytest -m "stack and not system and not long" $(ARGS)

# Needs only Python packages too, and takes its time.
test-long: $(DEV)
	$(BIN)/python -m pytest -m "long and not stack and not system" -n 2 $(ARGS)
	$(BIN)/python -m pytest -m "long and stack and not system" -n 2 --dist loadfile $(ARGS)

# Needs Debian's packages, which .ci/run names; says what it skips and why. In CI nothing is skipped. Three at once on two
# processors: one of them is often waiting, for a lease to run out or a cable to be put back.
test-system: $(DEV)
	$(BIN)/python -m pytest -m system -rs -n 3 --dist loadfile $(ARGS)

# What touches a register again, on a PostgreSQL that the tests start themselves from Debian's package.
test-postgresql: $(DEV)
	$(BIN)/python -m pytest -m "not system and not stack and not long" --register=postgresql -n 2 -rs $(ARGS)

test-all: test test-long test-system test-postgresql

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# Bad input for every reader of what comes from outside; SECONDS= bounds each reader, REPLAY=FILE tries a kept input again.
fuzz: $(DEV)
	$(BIN)/python -m campaigns.fuzz $(if $(INPUTS),--inputs $(INPUTS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(SECONDS),--seconds $(SECONDS)) $(if $(REPLAY),--replay $(REPLAY)) $(ARGS)

# What the locks bring with them, and that no secret is under version control; says what it could not ask.
audit: $(DEV)
	$(BIN)/python -m campaigns.audit
	$(BIN)/python -m campaigns.leaks

# Ratios within one run; QUICK=1 takes fewer rounds. Writes bench/results/latest.json.
bench: $(DEV)
	$(BIN)/python -m bench $(if $(QUICK),--quick)

# Kills processes and judges what came of their cycles; KILLS=30 for a short one. Exit 1 when a promise broke.
crash: $(DEV)
	@$(BIN)/python -m campaigns.crash --kills $(or $(KILLS),1000) --seed $(or $(SEED),1) $(ARGS)

# Every fault of what surrounds an installation, on real parts; ONLY="smtp-stalls …" for some, TIMES=1 for each once.
faults: $(DEV)
	$(BIN)/python -m campaigns.faults --seed $(or $(SEED),1) $(if $(TIMES),--times $(TIMES)) $(if $(ONLY),--only $(ONLY))

# Workers, portals and a coordinator act on the same cycles at once, on PostgreSQL and SQLite.
concurrent: $(DEV)
	$(BIN)/python -m campaigns.concurrent --seed $(or $(SEED),1) --rounds $(or $(ROUNDS),20) $(ARGS)

# A cycle over several hosts, whose cables are pulled out; needs root, iproute2 and PostgreSQL's server.
hosts: $(DEV)
	$(BIN)/python -m campaigns.hosts --seed $(or $(SEED),1) $(ARGS)

# Every command in any order beside a second account of the cycle; EXAMPLES=200 for a short one.
model: $(DEV)
	$(BIN)/python -m campaigns.model --examples $(or $(EXAMPLES),10000) --steps $(or $(STEPS),50) --seed $(or $(SEED),1) $(ARGS)

# Changes everything in ten registers behind their backs; verification must notice each time.
tamper: $(DEV)
	$(BIN)/python -m campaigns.tamper --times $(or $(TIMES),1) --seed $(or $(SEED),1) $(ARGS)

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
