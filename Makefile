# make demo: a talking face in out/demo.mp4.   make test: everything is as it should be.
# make serve: it talks with you in the browser.   All set up .venv by themselves; PYTHON=python3.12 picks another Python.
PYTHON ?= python3
BIN := .venv/bin
SAID := I am so glad you came! I was only a photograph, until somebody gave me something to say.

.PHONY: demo serve test check instruments setup bench lock clean

demo: .venv/.ready
	@mkdir -p out
	$(BIN)/mien say "$(SAID)" --emotion happy:0.8 --label -y -o out/demo.mp4
	@echo "Here it is: $(CURDIR)/out/demo.mp4"

serve: .venv/.dev
	$(BIN)/mien serve --open

test: .venv/.dev
	$(BIN)/python -m pytest

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

instruments: .venv/.dev
	$(BIN)/python tools/check_instruments.py

bench: .venv/.dev
	$(BIN)/python -m benchmarks

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mien needs Python 3.11 or newer: try  make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "this Python has no venv; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	$(BIN)/python -c 'from mien.renderers.portrait import warm; warm()'
	@touch $@

.venv/.dev: .venv/.ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

lock:
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --extra dev --extra evaluate --extra live -c requirements.lock -o requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv out build dist *.egg-info
