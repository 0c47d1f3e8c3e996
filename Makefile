# Quarterdeck: what a person types. `make help` lists it.
PYTHON ?= python3
BIN := .venv/bin
LOCK := pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11
INSTALL := $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes

.PHONY: help demo dask test torture torture-ci check lint types imports docs pictures gallery bench lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: .venv/emulator ## make the example portfolio and run the main job on it
	$(BIN)/quarterdeck demo

# A file's tests stay on one worker, which has its own Prefect server, emulator and browser. Files begin in the order of their
# names, so that unit tests, which are quick, fill the gaps at the end.
test: .venv/dev tests/browser/node_modules ## all tests but the slow ones
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

dask: .venv/app ## the packages that QUARTERDECK_TASK_RUNNER=dask needs
	$(INSTALL) -r requirements-dask.lock

torture: .venv/dev ## the slow tests: every crash, every tampering, long random histories
	$(BIN)/python -m pytest -n auto --maxprocesses 4 -m slow

torture-ci: .venv/dev ## half an hour of the slow tests: DynamoDB, PostgreSQL, what dies under a Prefect server
	$(BIN)/python -m tests.torture_ci

check: lint types imports test ## ruff, mypy strict, import contracts, tests

lint: .venv/dev ## ruff: rules and form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev ## mypy, strict
	$(BIN)/mypy

imports: .venv/dev ## the floors of the house
	$(BIN)/lint-imports

docs: .venv/app ## write docs/figures.md anew from the registries
	$(BIN)/python docs/write_figures.py

pictures: .venv/dev ## take the pictures of docs/ anew; needs chromium and pdftoppm
	docs/pictures/take.sh
	$(BIN)/python -m docs.pictures.take_prefect

gallery: .venv/dev ## make docs/gallery.md and its pictures anew; needs chromium and pdftoppm
	$(BIN)/python deployments/make_gallery.py

bench: .venv/app ## measure what a report costs to set and on a Prefect server, how quickly DynamoDB is read, and a million ledger rows
	$(BIN)/python -m benchmarks.render
	$(BIN)/python -m benchmarks.orchestration
	$(BIN)/python -m benchmarks.dynamodb
	$(BIN)/python -m benchmarks.ledger

lock: .venv/dev ## write the lock files anew from pyproject.toml
	$(BIN)/uv $(LOCK) pyproject.toml -o requirements.lock
	$(BIN)/uv $(LOCK) -c requirements.lock --extra dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv $(LOCK) -c requirements-dev.lock --extra dask pyproject.toml -o requirements-dask.lock
	$(BIN)/uv $(LOCK) -c requirements-dev.lock --extra emulator pyproject.toml -o requirements-emulator.lock

# The checkout is the application, as Prefect projects are: a .pth file puts it on the path, and the command is a script
# beside the interpreter. Packages come from the lock alone, each with its hash.
.venv/app: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) -r requirements.lock
	$(BIN)/python deployments/link_checkout.py
	touch $@

.venv/emulator: .venv/app requirements-emulator.lock
	$(INSTALL) -r requirements-emulator.lock
	touch $@

.venv/dev: .venv/app requirements-dev.lock
	$(INSTALL) -r requirements-dev.lock
	touch $@

# axe-core, for the browser tests that check accessibility; they are skipped, and say so, where it cannot be had.
tests/browser/node_modules: tests/browser/package-lock.json
	cd tests/browser && if command -v npm >/dev/null; then npm ci --silent && touch node_modules || true; fi

clean: ## remove what make and the demo have made
	rm -rf .venv demo .quarterdeck tests/browser/node_modules tests/schemas/node_modules tests/browser/screenshots
