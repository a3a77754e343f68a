# Plain make, Python 3.11 to 3.13 and a package registry are all that is needed.

# The first Python that really runs; 3.11 is the one that the tests run on.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c "" 2>/dev/null && echo $$name && break; done)
PREPARE = test -n "$(PYTHON)" || { echo "No Python found: install Python 3.11, 3.12 or 3.13." >&2; exit 1; }; \
	"$(PYTHON)" deploy/bootstrap.py
BIN = .venv/bin
export DAGSTER_DISABLE_TELEMETRY = yes
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--only-binary :all: --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	--no-emit-build-options pyproject.toml -
# An analysis is found by its file's name, so nothing in the code need name it.
DISCOVERED = analyses/\([a-z0-9_]*\)\.py:[0-9]*: unused function .\1. 

.PHONY: help demo local-aws test accuracy check lock docs clean

help:
	@echo 'make demo    set everything up, analyse two sample videos, leave the Dagster UI running'
	@echo '             make demo ARGS="--exit walk.mp4 squats.mov"  your files, ends when they are done'
	@echo 'make local-aws  S3, SQS, SNS and EventBridge on this machine, to try uploads to a bucket'
	@echo 'make test    set everything up and run the tests;  make test ARGS="-k gate"'
	@echo 'make accuracy  every analysis against its truth: case, result, error, bar'
	@echo '             make accuracy ARGS="--only gait --quick"'
	@echo 'make check   format, lint, types, import contracts, dead code, documents, definitions'
	@echo 'make lock    write the lock files after a change of the dependencies'
	@echo 'make docs    write tables, settings, options and sizes into README.md and docs/ from the code'
	@echo 'make clean   remove .venv and what the tools cached; inbox, results and history stay'

demo:
	@$(PREPARE)
	@$(BIN)/dancer model
	@$(BIN)/dancer demo $(ARGS)

local-aws:
	@$(PREPARE) --develop
	@$(BIN)/dancer model
	@$(BIN)/dancer local-aws $(ARGS)

test:
	@$(PREPARE) --develop --browser
	@$(BIN)/dancer model
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

accuracy:
	@$(PREPARE) --develop
	@$(BIN)/dancer model
	$(BIN)/python -m benchmarks.accuracy $(ARGS)

check:
	@$(PREPARE) --develop
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	! $(BIN)/vulture | grep -v "$(DISCOVERED)" | grep -E 'unreachable|unused (function|method|class|property)'
	$(BIN)/hadolint deploy/Dockerfile
	! git grep -InwE 'TO[D]O|FIX[M]E|XX[X]'
	$(BIN)/python docs/write_tables.py --check
	$(BIN)/dagster definitions validate
	$(BIN)/dagster definitions validate -w workspace.yaml
	VIRTUAL_ENV="$(CURDIR)/.venv" $(BIN)/dg check defs

lock:
	@$(PREPARE) --develop
	echo 'setuptools>=80' | $(LOCK) -o requirements.lock
	echo 'setuptools>=80' | $(LOCK) --extra dev -c requirements.lock -o requirements-dev.lock

docs:
	@$(PREPARE) --develop
	$(BIN)/python docs/write_tables.py

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
