# OneManage. `make` alone tells what there is.

SHELL := /bin/bash
PYTHON := .venv/bin/python
DATA_DIR ?= .onemanage
PORT ?= 8000
NODES ?= 1
ELASTIC ?=
MINUTES ?= 10
COUNT ?= 2000
SEED ?= 1
OUT ?= demo-out

.PHONY: help bootstrap demo demo-merge up env link test test-fast console-test compose-test check isolated fmt bench soak fuzz upgrade-test contracts new-service lock clean
.DEFAULT_GOAL := help

help: ## Tell what there is
	@awk -F ' *## ' '/^[a-z-]+:.* ## / {split($$1, name, ":"); printf "  make %-13s %s\n", name[1], $$2}' $(MAKEFILE_LIST)

bootstrap: ## Install what the locks say into .venv (every other target does it by itself)
	@scripts/bootstrap.sh

demo: bootstrap ## Try it: start everything, send a PSD, fetch its layers [FILE=a.psd OUT=demo-out]
	@$(PYTHON) -m onemanage.local demo $(if $(FILE),--file "$(FILE)") --out "$(OUT)"

demo-merge: bootstrap ## Try templates: start everything, fill one with sixty rows, fetch the pictures [OUT=demo-out]
	@$(PYTHON) -m onemanage.local demo-merge --out "$(OUT)"

up: bootstrap ## Run everything in the foreground [DATA_DIR=.onemanage PORT=8000 NODES=1 ELASTIC=local OBSERVE=1]
	@scripts/console.sh
	@CONSOLE_DIR="$(CURDIR)/.make/console/dist" exec $(PYTHON) -m onemanage.local up --data-dir "$(DATA_DIR)" --port "$(PORT)" --nodes "$(NODES)" --elastic "$(ELASTIC)"

env: ## Print what a shell evaluates to use what `make up` runs [DATA_DIR=.onemanage PORT=8000]
	@$(PYTHON) -m onemanage.local env --data-dir "$(DATA_DIR)" --port "$(PORT)"

link: ## Print an address that signs a browser in to what `make up` runs, once [DATA_DIR=.onemanage PORT=8000]
	@$(PYTHON) -m onemanage.local link --data-dir "$(DATA_DIR)" --port "$(PORT)"

test: ## Check, install each service alone, and run every test
	@$(MAKE) --no-print-directory -j2 -Otarget check isolated
	@scripts/test.sh

test-fast: bootstrap ## Only the tests that need no servers
	@$(PYTHON) -m pytest -q -n auto --without-servers libs services tests/contract

console-test: bootstrap ## The console in a browser, on the real stack
	@$(PYTHON) -m pytest -ra tests/console

compose-test: bootstrap ## The Compose files on docker or podman: used, scaled, struck, brought back
	@$(PYTHON) -m pytest -ra tests/containers

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

dashboards: bootstrap ## Work of every kind under a Prometheus, then every panel and alert is looked at [MINUTES=10]
	@$(PYTHON) -m tests.soak.dashboards --minutes "$(MINUTES)"

fuzz: bootstrap ## Hurt documents and images at random, work on them in the sandbox [WHAT=psd|images COUNT=2000 SEED=1]
	@case "$(WHAT)" in images) ;; *) $(PYTHON) -m tests.fuzz --count "$(COUNT)" --seed "$(SEED)";; esac
	@case "$(WHAT)" in psd) ;; *) $(PYTHON) -m tests.fuzz.images --count "$(COUNT)" --seed "$(SEED)";; esac

upgrade-test: bootstrap ## This checkout on the data of a release that was cut off at work [FROM=<revision>]
	@$(PYTHON) -m tests.upgrade --from "$(FROM)"

contracts: bootstrap ## Generate docs/asyncapi.json, the users of NATS, and the client's methods
	@$(PYTHON) scripts/contracts.py
	@$(PYTHON) scripts/client.py

new-service: bootstrap ## Begin a service with all its rooms: NAME=audio
	@test -n "$(NAME)" || { echo "NAME is missing: make new-service NAME=audio"; exit 1; }
	@scripts/new-service "$(NAME)"

lock: ## Lock every project again after a change of a pyproject.toml
	@scripts/bootstrap.sh tools
	@scripts/lock.sh

clean: ## Remove environments, caches and the demo's output; DATA_DIR stays
	@rm -rf .venv .make .mypy_cache .pytest_cache .import_linter_cache demo-out dist .pdm-python
	@find . -name .git -prune -o \( -name __pycache__ -o -name .pdm-build \) -type d -prune -exec rm -rf {} +
