# `make demo` and `make check` do all their set-up: they need Python 3.11 or later, make, and a package index.

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --frozen --quiet

# A file stays with one worker; files go out as `tests/conftest.py` orders them, the longest first, else a worker idles.
# One more than there are processors: a tenth of the time tests wait for a process, or a server of theirs.
SPREAD = -n $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)') --dist loadfile --no-loadscope-reorder

# What a machine with Python alone can do in some four minutes, and what needs a server besides.
QUICK := not soak and not browser and not emulator and not postgresql
SERVED := postgresql and not soak

.PHONY: demo check quick history format texts recipes soak bench attacks browser emulator new-source

demo: $(UV)  ## the main job on two real editions of the catalogue, without any account
	@$(UV) sync --frozen --quiet --no-dev --inexact
	@$(UV) run --frozen --quiet --no-sync vigilabel demo

check: $(UV)  ## format, lint, types, import arrows, tests, recipes, an emulated Slack, every page in a browser
	$(UV) sync --frozen --quiet
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(RUN) lint-imports
	$(RUN) pytest -q $(SPREAD) -m "$(QUICK)"
	@bash scripts/postgres.sh || { [ $$? = 3 ] && [ -z "$$CI" ]; }
	$(RUN) pytest -q $(SPREAD) -m "$(SERVED)"
	$(RUN) python scripts/recipes.py
	@bash scripts/emulator.sh || { [ $$? = 3 ] && [ -z "$$CI" ]; }
	@bash scripts/browser.sh || { [ $$? = 3 ] && [ -z "$$CI" ]; }

quick: $(UV)  ## the tests that need neither a server nor a browser: some four minutes on two cores
	$(UV) sync --frozen --quiet
	$(RUN) pytest -q $(SPREAD) -m "$(QUICK)"

history: $(UV)  ## the tests that read years of real editions, and every change in every dress
	$(RUN) pytest -q $(SPREAD) -m "history and not soak"

format: $(UV)  ## what `check` would complain about and a machine can mend
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

texts: $(UV)  ## the catalogues of texts in order; names the texts that are missing or unused
	$(RUN) python scripts/texts.py

recipes: $(UV)  ## does what CONTRIBUTING.md says on a copy, and shows that it works
	$(RUN) python scripts/recipes.py

new-source: $(UV)  ## a module, a fixture and a failing test: NAME=ans_demo URL=https://… [FILE=saved.html]
	@$(RUN) python scripts/new_source.py --name "$(NAME)" --url "$(URL)" $(if $(FILE),--file "$(FILE)")

soak: $(UV)  ## hundreds of deaths, a year in which everything goes wrong, an hour of broken documents
	$(RUN) pytest -q $(SPREAD) -m soak

browser: $(UV)  ## walks every page in Chromium; installs what the machine lacks
	bash scripts/browser.sh

attacks: $(UV)  ## attacks a running watch on the loopback for two minutes: what people and Slack see, and its log
	PYTHONPATH=.:tests $(RUN) python benchmarks/attacks.py --log

emulator: $(UV)  ## posts to an independent emulation of Slack; installs what the machine lacks
	bash scripts/emulator.sh

bench: $(UV)  ## figures, as ratios against something run beside; MEMORIES: a folder that keeps the long ones
	PYTHONPATH=. $(RUN) python benchmarks/start.py
	PYTHONPATH=. $(RUN) python benchmarks/read_catalogue.py
	PYTHONPATH=.:tests $(RUN) python benchmarks/read_hosts.py
	PYTHONPATH=.:tests $(RUN) python benchmarks/state_lists.py $(PYHANKO)
	PYTHONPATH=. $(RUN) python benchmarks/commit_listing.py
	PYTHONPATH=. $(RUN) python benchmarks/looks.py
	PYTHONPATH=.:tests $(RUN) python benchmarks/kept.py
	PYTHONPATH=. $(RUN) python benchmarks/drain.py
	PYTHONPATH=. $(RUN) python benchmarks/workspaces.py --workspaces 50
	PYTHONPATH=.:tests $(RUN) python benchmarks/webhook.py
	room=$${MEMORIES:-$$(mktemp -d)}; for each in pages questions walk running engines; do \
		PYTHONPATH=.:tests $(RUN) python benchmarks/$$each.py "$$room" || exit 1; done; \
		test -n "$$MEMORIES" || rm -r "$$room"

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv

# `uv` found on the PATH is up to date by definition.
uv:
