# OneManage. `make` alone tells what there is.

SHELL := /bin/bash
PYTHON := .venv/bin/python
DATA_DIR ?= .onemanage
PORT ?= 8000
NODES ?= 1
MINUTES ?= 10
COUNT ?= 2000
SEED ?= 1
OUT ?= demo-out

.PHONY: help bootstrap demo up test test-fast check isolated fmt bench soak fuzz contracts new-service lock clean
.DEFAULT_GOAL := help

help: ## Tell what there is
	@awk -F ' *## ' '/^[a-z-]+:.* ## / {split($$1, name, ":"); printf "  make %-12s %s\n", name[1], $$2}' $(MAKEFILE_LIST)

bootstrap: ## Install what the locks say into .venv (every other target does it by itself)
	@scripts/bootstrap.sh

demo: bootstrap ## Try it: start everything, send a PSD, fetch its layers [FILE=a.psd OUT=demo-out]
	@$(PYTHON) -m onemanage.local demo $(if $(FILE),--file "$(FILE)") --out "$(OUT)"

up: bootstrap ## Run everything in the foreground [DATA_DIR=.onemanage PORT=8000 NODES=1]
	@exec $(PYTHON) -m onemanage.local up --data-dir "$(DATA_DIR)" --port "$(PORT)" --nodes "$(NODES)"

test: ## Check, install each service alone, and run every test
	@$(MAKE) --no-print-directory -j2 -Otarget check isolated
	@scripts/test.sh

test-fast: bootstrap ## Only the tests that need no servers
	@$(PYTHON) -m pytest -q -n auto --without-servers libs services tests/contract

check: bootstrap ## Format, types, dependencies, imports, contracts, the API's description, containers
	@scripts/check.sh

isolated: bootstrap ## Install each service alone from its own lock and start it
	@scripts/check-isolated-installs.sh

fmt: bootstrap ## Format all Python
	@.venv/bin/isort --quiet libs services infra tests scripts conftest.py
	@.venv/bin/black --quiet libs services infra tests scripts conftest.py

bench: bootstrap ## Measure: NAME is a file of tests/bench
	@test -n "$(NAME)" || { echo "NAME is missing: make bench NAME=..., one of:"; ls tests/bench/*.py; exit 1; }
	@$(PYTHON) -m tests.bench.$(basename $(NAME))

soak: bootstrap ## Real tasks under a rain of faults, then the ledger is checked [MINUTES=10 SEED=1]
	@$(PYTHON) -m tests.soak --minutes "$(MINUTES)" --seed "$(SEED)"

fuzz: bootstrap ## Hurt documents and images at random, work on them in the sandbox [WHAT=psd|images COUNT=2000 SEED=1]
	@case "$(WHAT)" in images) ;; *) $(PYTHON) -m tests.fuzz --count "$(COUNT)" --seed "$(SEED)";; esac
	@case "$(WHAT)" in psd) ;; *) $(PYTHON) -m tests.fuzz.images --count "$(COUNT)" --seed "$(SEED)";; esac

contracts: bootstrap ## Generate docs/asyncapi.json and the users of NATS
	@$(PYTHON) scripts/contracts.py

new-service: bootstrap ## Begin a service with all its rooms: NAME=audio
	@test -n "$(NAME)" || { echo "NAME is missing: make new-service NAME=audio"; exit 1; }
	@scripts/new-service "$(NAME)"

lock: ## Lock every project again after a change of a pyproject.toml
	@scripts/bootstrap.sh tools
	@scripts/lock.sh

clean: ## Remove environments, caches and the demo's output; DATA_DIR stays
	@rm -rf .venv .make .mypy_cache .pytest_cache .import_linter_cache demo-out dist .pdm-python
	@find . -name .git -prune -o \( -name __pycache__ -o -name .pdm-build \) -type d -prune -exec rm -rf {} +
