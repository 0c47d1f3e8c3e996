# Quarterdeck: what a person types. `make help` lists it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test check lint types imports lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: .venv/app ## make the example portfolio and run the main job on it
	$(BIN)/quarterdeck demo

test: .venv/dev ## all tests
	$(BIN)/python -m pytest

check: lint types imports test ## ruff, mypy strict, import contracts, tests

lint: .venv/dev ## ruff: rules and form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev ## mypy, strict
	$(BIN)/mypy

imports: .venv/dev ## the floors of the house
	$(BIN)/lint-imports

lock: .venv/dev ## write the lock files anew from pyproject.toml
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --python-version 3.11 pyproject.toml --build-isolation -o requirements.lock
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --python-version 3.11 --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

.venv/app: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/quarterdeck.pth"
	touch $@

clean: ## remove what make and the demo have made
	rm -rf .venv demo .quarterdeck
