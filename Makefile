# The commands of this clone, for people and for CI. `make help` lists the targets.
# Works with GNU make 3.81 (macOS) and later, and any Python from 3.11 on.

# The first Python that is new enough, runs (a version manager's shim may not) and can create a
# virtual environment.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.14 python3; do \
	if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
		>/dev/null 2>&1; then echo "$$python"; break; fi; done)

BIN := .venv/bin
# Hundreds of processes import the same packages: without bytecode each would compile them again.
unexport PYTHONDONTWRITEBYTECODE
# The number of parallel test processes. The tests of a file share one. They mostly wait.
WORKERS ?= 4
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-compile --no-deps
# Installs only what is missing, so `make test` adds to the packages of `make run`.
INSTALL_PINS = requirements/install_pins.sh $(BIN)/python $<

CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
# Which engines `make second-engine` runs, and LocalStack's Python: 3.12 or later, pyenv's too.
ENGINE ?= ministack localstack
LOCALSTACK_PYTHON ?= $(shell for python in python3.13 python3.12 "$$HOME"/.pyenv/versions/3.13*/bin/python3 "$$HOME"/.pyenv/versions/3.12*/bin/python3; do \
	if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' \
		>/dev/null 2>&1; then echo "$$python"; break; fi; done)

.DEFAULT_GOAL := help
.PHONY: help run serve test long permissions browser-test test-sfn-local second-engine random-faults check-format lint types asl tests faults smoke bench bench-sweeps bench-search format docs models clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: .venv/run.stamp ## run the default training job on an embedded AWS: no account needed
	@$(BIN)/parris run --embedded

serve: .venv/run.stamp ## serve the page of the training API on an embedded AWS: no account needed
	@$(BIN)/parris serve --embedded

# Two at a time: types are checked while the first tests wait.
test: .venv/test.stamp ## format check, lint, types, ASL checks and every test that does not take minutes
	@$(MAKE) --no-print-directory -j 2 check-format lint types asl tests

check-format: .venv/test.stamp
	@echo '==> Format'
	@$(BIN)/ruff format --check .

lint: .venv/test.stamp ## ruff, and shellcheck for the shell scripts
	@echo '==> Lint'
	@$(BIN)/ruff check .
	@find . \( -name '.venv*' -o -name .aws-sam -o -name results \) -prune \
		-o \( -name '*.sh' -o -path ./.ci/run \) -type f -exec $(BIN)/shellcheck {} +

types: .venv/test.stamp
	@echo '==> Types'
	@$(BIN)/mypy

asl: .venv/test.stamp
	@echo '==> State machine (ASL) checks'
	@$(BIN)/pytest -q --no-header tests/architecture/test_state_machine_definition.py

# All processes collect all tests: one does it before, so that they find the bytecode of all modules
# and do not each compile them. It reports nothing: what fails here fails there, too.
tests: .venv/test.stamp .venv/unpacked-wheels.stamp .venv/fuzz.stamp
	@echo '==> Tests'
	@$(BIN)/pytest -q --collect-only >/dev/null 2>&1 || true
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -n $(WORKERS) --no-loadscope-reorder

long: .venv/test.stamp .venv/unpacked-wheels.stamp .venv/fuzz.stamp ## the tests that take minutes each: pasted documents, policies, replacements, ...
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -m long -n $(WORKERS) --no-loadscope-reorder

permissions: .venv/test.stamp ## remove each permission of template.yaml once: the run must fail there (long)
	@$(BIN)/pytest -q --no-header -m permissions tests/permissions

browser-test: ## the pages, in a headless Chromium that must be on PATH
	@if [ -z "$(CHROMIUM)" ]; then \
		echo 'The tests of pages need Chromium on PATH, as chromium, chromium-browser or google-chrome.' >&2; \
		echo 'Install it: apt install chromium, brew install --cask chromium, or https://www.chromium.org' >&2; \
		exit 2; fi
	@$(MAKE) --no-print-directory .venv/test.stamp .venv/browser.stamp
	@$(BIN)/pytest -q --no-header -m browser tests/browser

faults: .venv/test.stamp ## every fault in every call and state of a run, with counts (long; resumes); CELLS=... selects some
	@$(BIN)/python -m tests.faults $(if $(filter command line environment,$(origin WORKERS)),--workers $(WORKERS)) $(if $(ANY_VERSION),--any-version) $(CELLS)

random-faults: .venv/test.stamp ## random rehearsals with two to four faults each, and their invariants (minutes); SEED=..., COUNT=200, ONLY=...
	@$(BIN)/python -m tests.random_faults --seed $(or $(SEED),1) $(if $(COUNT),--count $(COUNT)) $(if $(ONLY),--only $(ONLY))

smoke: .venv/test.stamp ## a few minutes in a real account, given by PARRIS_SMOKE_ACCOUNT
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.smoke

test-sfn-local: ## the state machine's cases on AWS's testing image; needs Docker or SFN_ENDPOINT
	@tests/state_machine/on_aws_image.sh check
	@$(MAKE) --no-print-directory .venv/test.stamp
	@tests/state_machine/on_aws_image.sh run $(BIN)/pytest tests/state_machine

second-engine: .venv/test.stamp ## the same cases and a deployment on ministack and LocalStack, with differences (minutes); ENGINE=... selects one
	@for engine in $(ENGINE); do \
		$(MAKE) --no-print-directory ".venv-second-engine/$$engine.stamp" || exit 2; done
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.second_engine $(ENGINE)

.venv-second-engine/%.stamp: requirements/second-engine-%.txt
	@tests/second_engine/install.sh "$*" "$(if $(filter localstack,$*),$(LOCALSTACK_PYTHON),$(BIN)/python)"
	@touch $@

bench: .venv/test.stamp ## measure the orchestration of jobs and sweeps; JOBS=n jobs at once (20), WRITE=1 updates the docs
	@$(BIN)/python -m benchmarks $(if $(JOBS),--jobs $(JOBS)) $(if $(WRITE),--write)
	@$(MAKE) --no-print-directory bench-sweeps

bench-sweeps: .venv/test.stamp ## measure sweeps of 10, 100 and 1,000 trials beside the quotas of AWS; WRITE=1 updates the docs
	@$(BIN)/python -m benchmarks.sweeps $(if $(WRITE),--write)

bench-search: .venv/test.stamp ## compare the searches of sweeps and write docs/search-benchmark.md (ten minutes); TASK=... runs one
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.search $(if $(TASK),--task $(TASK),--write)

format: .venv/test.stamp ## format the code
	@$(BIN)/ruff check --select I --fix --quiet .
	@$(BIN)/ruff format .

docs: .venv/test.stamp ## generate the pages that are made from schema, parser and template, then build the site in build/site
	@$(BIN)/python docs/generate.py
	@$(MAKE) --no-print-directory .venv/docs.stamp
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo 'built build/site/index.html'

models: .venv/test.stamp ## extract the parts of botocore's service models that the gateways need
	@$(BIN)/python -m parris.aws.models.pick_models

clean: ## remove everything that the targets above have created, except results
	rm -rf .venv .venv-second-engine .aws-sam .faults .snapshots .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo 'Parris needs Python 3.11 or later (with venv), and none was found.' >&2; \
		echo 'Install one, or set its path: make PYTHON=/path/to/python3' >&2; exit 1; fi
	@echo '==> Creating .venv with $(PYTHON)'
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo '==> Installing what `make run` needs'
	@$(INSTALL_PINS)
	@$(PIP_INSTALL) --no-build-isolation --editable packages/embedded-aws --editable .
	@touch $@

# The layer of the search function, too: its tests run in this environment.
SEARCH_PINS := lambdas/search-dependencies/requirements.txt
.venv/test.stamp: requirements/test.txt $(SEARCH_PINS) pyproject.toml | .venv/bin/python
	@echo '==> Installing what `make test` needs'
	@$(INSTALL_PINS)
	@requirements/install_pins.sh $(BIN)/python $(SEARCH_PINS)
	@$(PIP_INSTALL) --no-build-isolation --editable packages/embedded-aws --editable .
	@touch $@ .venv/run.stamp

.venv/docs.stamp: requirements/docs.txt .venv/test.stamp
	@echo '==> Installing what `make docs` needs'
	@$(INSTALL_PINS)
	@touch $@

.venv/browser.stamp: requirements/browser.txt .venv/test.stamp
	@echo '==> Installing what `make browser-test` needs'
	@$(INSTALL_PINS)
	@touch $@

.venv/fuzz.stamp: requirements/fuzz.txt .venv/test.stamp
	@echo '==> Installing what fuzzes the training API'
	@$(INSTALL_PINS)
	@touch $@

# Packages that trainings of the tests install, since no test asks a package index.
.venv/wheels.stamp: requirements/wheels.txt | .venv/bin/python
	@echo '==> Fetching what the trainings of the tests install'
	@$(BIN)/python -m pip --disable-pip-version-check --quiet download --no-deps --dest .venv/wheels -r $<
	@touch $@

# Trainings of which there are many import them from there, and install nothing.
.venv/unpacked-wheels.stamp: .venv/wheels.stamp
	@rm -rf .venv/unpacked-wheels
	@$(PIP_INSTALL) --no-index --target .venv/unpacked-wheels .venv/wheels/*.whl
	@touch $@
