# Every target that CI or the README names. `make demo` and `make test` need Python 3.11+, make and nothing else.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := $(BIN)/python -m

.DEFAULT_GOAL := help
.PHONY: help demo test tools lint fix bench fuzz samples lock hooks clean

help:           ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.runtime: requirements.lock pyproject.toml
	@sh tests/environment.sh "$(PYTHON)" "$(VENV)" requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml
	@sh tests/environment.sh "$(PYTHON)" "$(VENV)" requirements-dev.lock
	@touch $@ $(VENV)/.runtime

demo: $(VENV)/.runtime  ## Audit sample_logs/ and say where the page is
	@sh sample_logs/demo.sh $(BIN)/passkey-audit

tools:
	@sh tests/needs.sh

test: $(VENV)/.dev tools  ## Everything that CI checks: style, types, imports, all tests, coverage
	@$(MAKE) --no-print-directory lint
	@# One worker more than processors of a small machine: tests wait a third of their time for servers and disks.
	$(RUN) pytest -n 3 --dist loadgroup --cov --cov-report=term:skip-covered

lint: $(VENV)/.dev  ## Style, types and import rules
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(BIN)/lint-imports

fix: $(VENV)/.dev  ## Mend what ruff can mend
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

bench: $(VENV)/.dev  ## Ratios against rivals, run in the same minute
	@sh tests/needs.sh rivals
	$(RUN) tests.bench

fuzz: $(VENV)/.dev  ## Long random runs; SECONDS=600 by default
	PASSKEY_AUDIT_FUZZ_SECONDS=$${SECONDS:-600} $(RUN) pytest -m fuzz -s --no-cov

samples: $(VENV)/.dev  ## Write sample_logs/ again: the same bytes every time
	$(RUN) sample_logs.generator sample_logs

lock:           ## Resolve the dependencies again (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make lock" pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make lock" pyproject.toml --group build --group dev \
	    -c requirements.lock -o requirements-dev.lock

hooks: $(VENV)/.dev  ## Check style before every commit
	$(BIN)/pre-commit install

clean:          ## Remove what was made
	rm -rf $(VENV) build dist *.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
