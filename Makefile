# What a newcomer, an author of nodes and the CI type. `make` alone lists it all.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

# Waiting threads that spin would take the cores from each other where tests run side by side.
TESTING := OMP_NUM_THREADS=1 GOMP_SPINCOUNT=0

# The editor's own tools ask flowengine for the types of its messages.
NPM := PYTHON=$(abspath $(BIN))/python npm --prefix web

BROWSERS := chromium chromium-browser google-chrome
CHROMIUM := $(firstword $(shell for name in $(BROWSERS); do command -v $$name; done; true))

# Comparisons with Keras record themselves here.
RESULTS := $(abspath $(VENV))/parity.jsonl
COMPARE := rm -f $(RESULTS); $(TESTING) FLOWENGINE_SOAK=1 FLOWENGINE_PARITY=$(RESULTS) \
  $(BIN)/python -m pytest -q -n 2 tests/layers tests/nn

.DEFAULT_GOAL := help
.PHONY: help run environment ui test lint types docs docs-check web chromium screenshots parity \
  bench lecture soak fix clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | \
	  while IFS='|' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: environment ## train a network on the real MNIST: flowengine run workflows/mnist.json
	@$(BIN)/flowengine data fetch mnist
	@$(BIN)/flowengine run workflows/mnist.json

environment: $(VENV)/.installed ## what flowengine needs, in .venv
	@echo "✓ environment"
	@$(BIN)/python build_ui.py

ui: $(VENV)/.made ## build the editor; wants Node.js 20.19 or newer
	@FLOWENGINE_UI=require $(BIN)/python build_ui.py

test: lint types docs-check web chromium ## everything that must be right before a commit
	@rm -f $(RESULTS)
	$(TESTING) FLOWENGINE_PARITY=$(RESULTS) $(BIN)/python -m pytest -n 2
	@$(BIN)/python docs/generate_parity.py --count $(RESULTS)

lint: $(VENV)/.installed-dev ## check the style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev ## check the types
	$(BIN)/mypy

docs: $(VENV)/.installed-dev ## write the generated pages
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/generate_parity.py

docs-check: $(VENV)/.installed-dev ## check that the generated pages are up to date
	$(BIN)/python docs/generate.py --check
	$(BIN)/python docs/generate_parity.py --check

web: $(VENV)/.installed-dev ui web/node_modules/.package-lock.json ## check the editor's style, types and tests
	$(NPM) run --silent lint
	$(NPM) run --silent typecheck
	$(NPM) run --silent types -- --check
	$(NPM) test --silent

chromium: ## see that there is a browser to test the editor in
ifeq ($(CHROMIUM),)
	@[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || \
	  { echo "The editor is tested in Chromium: sudo apt-get install chromium fonts-dejavu-core"; exit 1; }
	@apt-get update -qq
	@DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
	  chromium fonts-dejavu-core >/dev/null
endif

screenshots: $(VENV)/.installed-dev ui chromium ## take the pictures in docs/images anew
	FLOWENGINE_SCREENSHOTS=docs/images $(TESTING) $(BIN)/python -m pytest -q tests/browser/test_screenshots.py

parity: $(VENV)/.installed-dev ## compare all layers with Keras in thousands of cases; writes docs/parity.md
	$(COMPARE)
	$(BIN)/python docs/generate_parity.py $(RESULTS)

bench: $(VENV)/.installed-dev ui chromium ## measure speed and memory; takes long and wants a quiet machine
	@set -e; for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file; done

lecture: environment ## run the lecture's workflows in full; about an hour on two cores
	@$(BIN)/python workflows/lecture.py

KILLED := killed 410 times (the store 200, the learner and the GAN learner 50 each, writers of files 100, runs with workers 10), nothing lost

soak: $(VENV)/.installed-dev ui chromium ## kill -9 at random moments, 410 times; compare with Keras in thousands of cases
	$(TESTING) FLOWENGINE_SOAK_KILLS=200 FLOWENGINE_SOAK_LEARNER_KILLS=50 FLOWENGINE_SOAK_FILE_KILLS=20 \
	  $(BIN)/python -m pytest -q --timeout=3600 -k kill
	$(COMPARE)
	@echo "✓ soak: $(KILLED); $$($(BIN)/python docs/generate_parity.py --count $(RESULTS))"

fix: $(VENV)/.installed-dev ## mend what can be mended by a machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/generate_parity.py

clean: ## delete what was made: environment, caches, builds
	rm -rf $(VENV) build dist web/node_modules flowengine/server/static .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "flowengine needs Python 3.11 or newer; name one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing what flowengine needs into $(VENV) (once; a minute or two) …"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing flowengine and the tools of its house into $(VENV) (once; some minutes) …"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

web/node_modules/.package-lock.json: web/package-lock.json
	@npm --prefix web install --no-save --no-audit --no-fund --silent
	@touch $@
