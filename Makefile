# Each target calls a documented command; CI calls the same ones.
PYTHON ?= python3
LAB ?= 03_regression
BIN := .venv/bin
RUN := $(BIN)/python -m autograder

.DEFAULT_GOAL := help
.PHONY: help course test check run grade slides student bench doctor lock clean

help: ## print this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

course: .venv/ready ## set up, build the labs and open JupyterLab on the course
	@$(RUN) course

test: .venv/ready-dev ## set up and run the whole gate: style, imports, twins, tests, notebooks, grading, browser
	@$(BIN)/python -m tests.gate

check: .venv/ready ## regenerate every twin and lab in a temporary folder and compare
	@$(RUN) check

run: .venv/ready ## execute every lecture with papermill; report and offline HTML in build/
	@$(RUN) run

grade: .venv/ready ## grade thirty made-up hand-ins of a lab: make grade LAB=03_regression
	@$(RUN) demo "$(LAB)"

slides: .venv/ready ## build every deck as offline HTML and PDF
	@$(RUN) slides

student: .venv/ready ## build the zip for students: no solutions, no hidden tests
	@$(RUN) student

bench: .venv/ready-dev ## measure speed as ratios against the reference libraries
	@$(BIN)/python -m tests.benchmarks

doctor: .venv/bin/uv ## say what is missing on this machine, who needs it and how to get it
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --constraint requirements.txt packaging psutil rich typer
	@$(RUN) doctor

lock: .venv/ready-dev ## compile requirements.txt from pyproject.toml for all Pythons and platforms
	@$(BIN)/uv pip compile --universal --no-emit-index-url --extra dev --extra gpu --extra hub --extra postgres --custom-compile-command "make lock" pyproject.toml -o requirements.txt

clean: ## remove the environment and everything that was built
	rm -rf .venv build slides/node_modules

# The environment. A stamp is written last, so an interrupted set-up is taken up again and a finished one is not repeated.
.venv/bin/uv:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "This course needs Python 3.11 to 3.13; $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.12 ..." % v)'
	@echo "Setting up .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --constraint requirements.txt uv

.venv/ready: .venv/bin/uv requirements.txt pyproject.toml
	@echo "Installing the course (about 2 GB the first time) ..."
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --constraint requirements.txt --editable .
	@touch $@

.venv/ready-dev: .venv/ready
	@echo "Installing what the tests need ..."
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --constraint requirements.txt --editable '.[dev]'
	@touch $@
