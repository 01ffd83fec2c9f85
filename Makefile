# Everything that Osteon can be asked to do from a clone. Needs Python 3.11 or later, and make; nothing else.
#
#   make run        set up, make an invented clinic for today, and run it: prints the address and the sign-ins
#   make test       lint, format, types, import contracts and all tests: what CI runs
#   make test-deep  the long runs: fuzzing and the rest that is too slow for every commit
#   make bench      how fast, how much memory
#   make screenshots  photograph the clinic's pages into out/screenshots
#   make lock       settle anew which versions are installed
#   make clean      remove what the above made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILED := src/osteon/knowledge/compiled.json
KNOWLEDGE := $(shell find src/osteon/knowledge/data -type f) src/osteon/knowledge/compile.py \
	src/osteon/knowledge/in_force.py src/osteon/knowledge/types.py src/osteon/knowledge/drug.py

.PHONY: run setup setup-dev test test-deep bench screenshots lock browser clean

PORT ?= 8000
run: setup
	$(BIN)/osteon serve --demo --port $(PORT)

setup: $(VENV)/.run $(COMPILED) $(VENV)/.warm

setup-dev: setup $(VENV)/.dev

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit("Osteon needs Python 3.11 or later; say which: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements/build.txt requirements/run.txt pyproject.toml hatch_build.py
	$(PIP) --require-hashes -r requirements/build.txt
	$(PIP) --require-hashes -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(COMPILED): $(VENV)/.run $(KNOWLEDGE)
	$(BIN)/python -m osteon.knowledge.compile

# The bone model's kernel is compiled here, once, and never by the first person who asks for a forecast.
$(VENV)/.warm: $(VENV)/.run $(wildcard src/osteon/bone/*.py)
	$(BIN)/python -m osteon.bone.warm
	@touch $@

test: setup-dev browser
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/osteon knowledge check
	$(BIN)/pytest -n 2
	.ci/on-postgresql $(BIN)/pytest -n 2 tests/clinic -m "not browser"

# Eight shards, two at a time; one that was cut off goes on where it stopped.
test-deep: setup-dev
	seq 8 | xargs -P 2 -I SHARD $(BIN)/python -m tests.chart.fuzz --shard SHARD/8 --rounds 100000
	$(BIN)/python tools/deep_report.py > docs/reference/deep-test-report.md
	$(BIN)/python tools/audit_dependencies.py

bench: setup-dev
	$(BIN)/python -m benchmarks

# A browser is installed only on a CI machine, by root; elsewhere the tests that need one are skipped by name.
browser:
	@sh .ci/browser

screenshots: setup-dev browser
	$(BIN)/python tools/screenshots.py out/screenshots

lock: $(VENV)/.python
	$(PIP) uv
	sh requirements/lock

clean:
	rm -rf $(VENV) $(COMPILED) out dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
