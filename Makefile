# Everything that one does with the project. On a fresh machine it needs python3 (3.11 or newer) with venv, and make;
# each target installs into .venv what it needs, once, and again when pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOWEST := .venv-lowest

# Figures are drawn into files, never into windows.
export MPLBACKEND ?= Agg
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup test demo lint typecheck doctest examples figures reference slow browser bench libraries lowest clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- Environments: one stamp for each set of packages -------------------------------------------------------------

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit("autograd_mini needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Creating $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.examples: $(VENV)/.created pyproject.toml
	@echo "Installing autograd_mini and what the examples need into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --editable ".[all]" --group examples
	@touch $@

$(VENV)/.dev: $(VENV)/.created pyproject.toml
	@echo "Installing autograd_mini and what its tests and linters need into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --editable ".[all]" --group dev
	@touch $(VENV)/.examples $@

$(VENV)/.bench: $(VENV)/.created pyproject.toml
	@echo "Installing autograd_mini and its peers into $(VENV), to measure them ..."
	@$(BIN)/python -m pip install -qq --editable . --group bench
	@touch $@

$(VENV)/.browser: $(VENV)/.dev
	@echo "Installing Playwright and axe into $(VENV), to drive a browser ..."
	@$(BIN)/python -m pip install -qq --group browser
	@touch $@

$(VENV)/.libraries: $(VENV)/.dev
	@echo "Installing JAX, PyTorch and einops into $(VENV), whose arrays Values may hold ..."
	@$(BIN)/python -m pip install -qq --group libraries
	@touch $@

$(LOWEST)/.tests: pyproject.toml .ci/lowest.py
	@echo "Installing autograd_mini with the lowest versions of what it needs into $(LOWEST) ..."
	@$(PYTHON) -m venv --clear $(LOWEST)
	@$(LOWEST)/bin/python -m pip install -qq --upgrade "pip>=25.1"
	@$(LOWEST)/bin/python .ci/lowest.py > $(LOWEST)/constraints.txt
	@$(LOWEST)/bin/python -m pip install -qq --editable ".[all]" --group test --constraint $(LOWEST)/constraints.txt
	@touch $@

# --- What one runs ------------------------------------------------------------------------------------------------

setup: $(VENV)/.dev ## create .venv with all that the tests and linters need
	@echo "$(VENV) is ready."

demo: $(VENV)/.examples ## train a model on handwritten digits, check it against backprop by hand, draw it
	@$(BIN)/python examples/digits.py

test: $(VENV)/.dev ## run the tests and the examples in the docstrings
	$(BIN)/python -m pytest -n auto --dist worksteal
	@$(MAKE) --no-print-directory doctest

doctest: $(VENV)/.dev ## run the examples in the docstrings and in the README
	$(BIN)/python -m pytest --doctest-modules --doctest-ignore-import-errors --doctest-glob=README.md autograd_mini nn README.md

slow: $(VENV)/.libraries ## run the tests that are too slow for every day, most of them with JAX and PyTorch
	$(BIN)/python -m pytest -n auto --dist worksteal -m slow

browser: $(VENV)/.browser ## drive the pages in Chromium: the one of this system, or that of AUTOGRAD_MINI_CHROMIUM=path
	AUTOGRAD_MINI_BROWSER=required $(BIN)/python -m pytest $$(find tests -name 'test_*_browser.py')

bench: $(VENV)/.bench ## measure speed beside NumPy by hand and the peers; writes docs/benchmarks (10 minutes)
	@$(BIN)/python -m benchmarks

libraries: $(VENV)/.libraries ## install JAX and PyTorch, run the tests of Values with their arrays and those that compare
	$(BIN)/python -m pytest -n auto --dist worksteal $$(grep -rlwE "array_api_strict|einops|jax|torch" tests --include='test_*.py')

lowest: $(LOWEST)/.tests ## run the tests with the lowest versions of all that the package needs
	$(LOWEST)/bin/python -m pytest -n auto --dist worksteal

lint: typecheck ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typecheck: $(VENV)/.dev ## check the types, of the packages and of what users write with them
	@$(BIN)/python tests/typing/readme.py out/readme.py
	$(BIN)/mypy
	$(BIN)/mypy out/readme.py
	$(BIN)/pyright --pythonpath $(BIN)/python out/readme.py tests/typing/users.py

examples: $(VENV)/.examples ## run every example; their pictures go to out/
	@for script in examples/[a-z]*.py; do \
		echo "--- $${script##*/}"; \
		$(BIN)/python "$$script" || exit 1; \
	done

figures: $(VENV)/.examples ## redraw the figures of the documentation
	@$(BIN)/python docs/make_figures.py

reference: $(VENV)/.dev ## write docs/operations.md anew from the table of operations
	@$(BIN)/python -m docs.make_operations

clean: ## delete what can be made again, but for .venv
	rm -rf build dist out examples/out htmlcov .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
