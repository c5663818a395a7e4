# `make demo` and `make test` do all set-up themselves: a virtual environment in .venv, and what they need in it.
# Another interpreter: make test PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# one thread per worker: two workers with a pool of threads each only wait for one another
THREADS := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1

.PHONY: help demo test test-all check bench clean

help:
	@echo "make demo    show generated code, its gradient, and train a network on handwritten digits"
	@echo "make test    lint, type check, tests and doctests"
	@echo "make test-all   the same, with all cases of the long lists that make test samples"
	@echo "make bench   what derivatives cost, as tables"
	@echo "make clean   remove the virtual environment and caches"

# stamps: an installation is repeated only when pyproject.toml changes
$(VENV)/created:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/installed-%: pyproject.toml | $(VENV)/created
	$(BIN)/python -m pip install --quiet --editable '.[$*]'
	touch $@

demo: $(VENV)/installed-examples
	$(BIN)/python examples/quickstart.py
	$(BIN)/python examples/mlp.py

test: check
	$(THREADS) $(BIN)/python -m pytest -n 2
	$(THREADS) $(BIN)/python -m pytest -n 2 --doctest-modules adjoint_compiler

test-all:
	ADJOINT_COMPILER_ALL_TESTS=1 $(MAKE) test

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict adjoint_compiler

bench: $(VENV)/installed-dev
	$(THREADS) $(BIN)/python -m benchmarks.run

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
