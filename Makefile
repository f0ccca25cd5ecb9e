# make run    set everything up and show the watch at work on invented sources
# make test   run the tests
# make serve  open the web app on the demonstration
# make check  exactly what CI runs

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test serve check locale bench clean

.venv/demo: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[pdf]'
	touch $@

.venv/dev: .venv/demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[pdf,postgres,bench,cluster,dev]'
	touch $@

run: .venv/demo
	$(BIN)/zoom-marche demo

test: .venv/dev
	$(BIN)/python -m pytest

serve: .venv/demo
	$(BIN)/zoom-marche demo --serve

check:
	bash .ci/run

bench: .venv/dev
	$(BIN)/python -m bench.collect

locale: .venv/dev
	$(BIN)/pybabel compile --directory watch/locale --domain messages

clean:
	rm -rf .venv build dist var *.egg-info
