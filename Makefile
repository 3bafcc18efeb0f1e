# setup: an environment of our own · demo: a real clip, dubbed · test · check: style, types, layers · bench: seconds, memory
# test-torch: the tests that need torch, in an environment of its own
# soak: what the length of a film costs
# dubs: real clips dubbed, and each file judged from outside · fit: the plan beside what other tools do
# durations: estimated against spoken lengths · people: who is known again by voice, and how steady voices are
# data: real recordings and texts for the bench, into data/ · table: every suite with every model, eval/TABLE.md
# lab: the notebooks in JupyterLab
# voices: fitted voices beside presets · speech: signs and pauses as they are read
# prosody: stressed words and raised lines, in readings and in dubs
# sound: beds against known stems, lines beside originals · again: dubs made again, what lies in their folders
# apart: what a model in an environment of its own costs · cancel: seconds until all has ended, in every room
# faults: kills at any moment, full disks, models that misbehave, weights that change, two at once (KILLS=5: a short run)
# hostile: every bad input we know, and with FUZZ=5000 as many broken films
PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TORCH := .venv-torch
TORCH_READY := $(TORCH)/.ready

.PHONY: setup demo test test-torch check bench data table lab soak dubs fit durations people voices speech prosody sound \
	again apart cancel faults hostile clean
.DELETE_ON_ERROR:

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "dubbench needs Python 3.11 or newer; say which with: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "no venv here; on Debian: apt-get install python3-venv"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,bench,notebooks]'
	@touch $@

demo: $(READY)
	$(BIN)/python examples/demo.py

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --durations 25

$(TORCH_READY): pyproject.toml constraints.txt
	@$(PYTHON) -m venv $(TORCH) || { echo "no venv here; on Debian: apt-get install python3-venv"; exit 2; }
	$(TORCH)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,bench,judges]'
	@touch $@

test-torch: $(TORCH_READY)
	$(TORCH)/bin/python -m pytest -m torch --durations 10

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python eval/speed.py $(TIMES)
	$(BIN)/python eval/edit.py $(TIMES)

data: $(READY)
	$(BIN)/python -m eval.corpora $(CORPORA)

table: $(READY)
	$(BIN)/dubbench bench table --dvc eval/metrics $(SUITES)

lab: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt jupyterlab
	$(BIN)/dubbench notebook lab

soak: $(READY)
	$(BIN)/python eval/soak.py $(MINUTES)

dubs: $(READY)
	$(BIN)/python eval/dubs.py $(FILMS)

fit: $(READY)
	$(BIN)/python eval/fit.py $(DUBS)

durations: $(READY)
	$(BIN)/python eval/durations.py $(ENGINES)

speech: $(READY)
	$(BIN)/python eval/speech.py

prosody: $(READY)
	$(BIN)/python eval/prosody.py

people: $(READY)
	$(BIN)/python eval/people.py $(DATA)

sound: $(READY)
	$(BIN)/python eval/sound.py

apart: $(READY)
	$(BIN)/python eval/apart.py --write $(ROUNDS)

cancel: $(READY)
	$(BIN)/python eval/cancel.py --write $(SEED)

again: $(READY)
	$(BIN)/python eval/again.py

faults: $(READY)
	$(BIN)/python -m eval.faults $(KILLS)

hostile: $(READY)
	$(BIN)/python -m eval.hostile --write $(if $(FUZZ),--fuzz $(FUZZ))

voices: $(READY)
	$(BIN)/python eval/fitted.py $(REFERENCES)

clean:
	rm -rf $(VENV) $(TORCH) demo build *.egg-info
