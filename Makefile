# `make help` prints the lines marked ##. Nothing here needs root but `make rehearse`.
# PYTHON=… names another Python, PORT=… another port, PYTEST_ARGS=… what else pytest is told.

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
FLOORS_WITH_TEXTS := api admin
PO := $(wildcard $(FLOORS_WITH_TEXTS:%=%/translations/*/LC_MESSAGES/*.po))
MO := $(PO:.po=.mo)
PYTEST_ARGS ?=
APP := miniapp_stub/h5/gen/app.js
APP_SOURCES := $(shell find miniapp_stub/miniprogram miniapp_stub/tools miniapp_stub/h5 miniapp_stub/package-lock.json -path '*/h5/gen' -prune -o -print)
APP_PACKAGES := miniapp_stub/node_modules/.package-lock.json
NODE := $(shell command -v npm 2>/dev/null && command -v node 2>/dev/null)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo demo-reset app test test-fast test-faults test-app rehearse lint format texts translations charts licences bench clean venv runtime dev

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

demo: runtime translations charts app ## run the demo on this machine; PORT=8000, DEMO_DIR=./demo-data
	@$(call run_demo,)

demo-reset: runtime translations charts app ## forget the demo's data, make it again and run it
	@$(call run_demo, --reset)

app: ## build the mini program for browsers, if its sources have changed and Node is there
ifeq ($(NODE),)
	@echo "No Node.js here: the mini program is not built, everything else works. $(if $(CI),CI needs it.)"; test -z "$$CI"
else
	@$(MAKE) --no-print-directory --silent $(APP) || { echo "The mini program was not built; everything else works."; test -z "$$CI"; }

$(APP_PACKAGES): miniapp_stub/package-lock.json
	@echo "Installing the mini program's packages with npm"
	@cd miniapp_stub && npm ci --silent --no-audit --no-fund && touch node_modules/.package-lock.json

$(APP): $(APP_SOURCES) $(APP_PACKAGES)
	@cd miniapp_stub && npm run --silent build && touch h5/gen/app.js
endif

test-app: app ## the tests of the mini program's scripts and of its browser host
	@if test -n "$(NODE)"; then cd miniapp_stub && npm test --silent; else test -z "$$CI"; fi

test: dev translations app ## the linter, then every test, on SQLite and on PostgreSQL
	@$(call lint_and, $(BIN)/pytest -n auto $(PYTEST_ARGS) && $(MAKE) --no-print-directory test-app)

test-fast: dev translations ## the tests on SQLite only
	@$(BIN)/pytest -n auto --databases sqlite $(PYTEST_ARGS)

test-faults: dev translations ## kills workers, service and database under load, breaks disks and lines, reloads and renews hosts; 200 lives of a town, many more examples; slow
	@$(BIN)/pytest tests/faults -p no:xdist $(PYTEST_ARGS)
	@SEEDS=200 $(BIN)/pytest -n auto --databases sqlite tests/simulation
	@ROUNDS=80 STORM=20 HAMMER=20000 AGAIN=1000 CODES=100000 TAMPERINGS=1000 STEPS=5000 BACKUPS=50 $(BIN)/pytest -n auto \
		--ignore=tests/races/test_races.py --ignore=tests/races/test_without_guards.py tests/races tests/services/test_forgeries.py \
		tests/services/test_audit_chain.py tests/test_two_databases.py tests/commands/test_backups_under_load.py
	@CONTRACT_EXAMPLES=50 LEDGER_EXAMPLES=200 $(BIN)/pytest -n auto --timeout=0 tests/test_contract.py tests/services/test_ledger_properties.py

rehearse: dev translations ## walk docs/operations.md and docs/running.md as written, on machines made of namespaces; needs root
	@$(BIN)/pytest tests/faults -k rehearse -p no:xdist -s $(PYTEST_ARGS)

bench: dev translations ## measure what requests cost, against floors of the same run; QUICK=1, LARGE=1
	@QUICK="$(QUICK)" LARGE="$(LARGE)" $(BIN)/python -m bench

lint: dev ## look for mistakes without running anything
	@$(BIN)/ruff check .

format: dev ## correct what the linter can correct, and lay the code out
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format .

texts: runtime ## collect the sentences of the code into the catalogue, for translating
	@for floor in $(FLOORS_WITH_TEXTS); do for language in zh_Hans; do \
		$(BIN)/pybabel -q extract -F $$floor/babel.cfg -k N_ -k T -k _l --no-location --omit-header --sort-output \
			-o $(VENV)/texts.pot . || exit 1; \
		if test -e $$floor/translations/$$language/LC_MESSAGES/messages.po; then verb=update; else verb=init; fi; \
		$(BIN)/pybabel -q $$verb -i $(VENV)/texts.pot -d $$floor/translations -l $$language || exit 1; \
	done; done
	@echo "Now translate the empty msgstr lines in $(FLOORS_WITH_TEXTS:%=%/translations)."

translations: runtime $(MO) ## compile the catalogue, where it has changed

charts: runtime ## copy ECharts from npm for the pictures of /admin, where there is npm
	@$(BIN)/python -m commands.copy_charts

licences: dev ## write docs/licences.md anew, after a pinned list has changed
	@$(BIN)/python -m commands.licences

clean: ## remove what can be made again (.venv, caches, compiled catalogue, built mini program); data stay
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis miniapp_stub/h5/gen miniapp_stub/node_modules admin/static/gen $(MO)
	@find . -name node_modules -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

%.mo: %.po | runtime
	@echo "Compiling $<"
	@$(BIN)/pybabel -q compile -i $< -o $@

venv:
	@$(BIN)/python -c '' 2>/dev/null || { $(make_venv); }

runtime: venv
	@$(call install,requirements.txt,requirements.txt,runtime)

dev: venv
	@$(call install,requirements-dev.txt,requirements.txt requirements-dev.txt,dev)

# The first Python that runs and is new enough; a broken or absent .venv is made again with it.
define make_venv
python=; \
for name in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3; do \
	if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$$name"; break; fi; \
done; \
if test -z "$$python"; then \
	echo "Linli needs Python 3.11 or later, and none was found here. Please install it" >&2; \
	echo "(on Debian and Ubuntu: python3 and python3-venv), or name one: make PYTHON=/path/to/python3.11 demo" >&2; \
	exit 1; \
fi; \
echo "Making $(VENV) with $$("$$python" --version)"; \
rm -rf $(VENV); \
if test -n "$(UV)" && "$(UV)" venv --quiet --python "$$("$$python" -c 'import sys; print(sys.executable)')" $(VENV); then :; \
elif "$$python" -m venv $(VENV); then :; \
else \
	rm -rf $(VENV); \
	echo "Python could not make a virtual environment; on Debian and Ubuntu please install python3-venv." >&2; \
	exit 1; \
fi
endef

# $(1) the list to install, $(2) the lists its stamp is the checksum of, $(3) the stamp's name.
# The development list holds the runtime one, so it leaves both stamps.
define install
checksum() { cat "$$@" | $(BIN)/python -c \
	'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'; }; \
if test "$$(checksum $(2))" != "$$(cat $(VENV)/$(3).sha256 2>/dev/null)"; then \
	rm -f $(VENV)/$(3).sha256; \
	done=; \
	if test -n "$(UV)"; then \
		echo "Installing $(1) with uv"; \
		"$(UV)" pip install --quiet --python $(BIN)/python --require-hashes -r $(1) && done=yes || \
			echo "uv could not; trying pip"; \
	fi; \
	if test -z "$$done"; then \
		echo "Installing $(1) with pip: a minute or two"; \
		$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null || exit 1; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile --require-hashes -r $(1) || exit 1; \
	fi; \
	echo "Compiling it, so that starting is fast"; \
	$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib >/dev/null 2>&1 || true; \
	checksum requirements.txt > $(VENV)/runtime.sha256; \
	checksum $(2) > $(VENV)/$(3).sha256; \
fi
endef

define run_demo
PORT="$${PORT:-8000}" DEMO_DIR="$${DEMO_DIR:-./demo-data}" exec $(BIN)/python -m commands.demo$(1)
endef

# A slip of style hides no test: both run, and either one fails the target.
define lint_and
failed=; \
$(BIN)/ruff check . || failed=yes; \
$(1) || failed=yes; \
test -z "$$failed"
endef
