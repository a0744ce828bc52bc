# OOM Tray. `make` alone lists what there is.
PYTHON_IN_VENV := .venv/bin/python
PICTURE := build/oomtray-desktop.png

.DEFAULT_GOAL := help
.PHONY: help run test lint bench proof screenshots translations install install-helper uninstall deb clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up and start the tray (without a screen: on a virtual desktop, with a picture of it)
	@packaging/setup.sh run
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	    exec $(PYTHON_IN_VENV) -m oomtray; \
	else \
	    exec $(PYTHON_IN_VENV) -m tests.rigs.desktop.session show $(PICTURE) $(PYTHON_IN_VENV) -m oomtray; \
	fi

test: set-up lint ## Set up and run every check and test (15 to 25 minutes on two cores)
	$(PYTHON_IN_VENV) -m tests

lint: ## Style, types, and which folder may import which
	@packaging/setup.sh lint
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: ## Measure beside a psutil monitor, a C program, earlyoom, a task manager and a bare tray (4 to 5 minutes)
	@packaging/setup.sh bench
	$(PYTHON_IN_VENV) -m tests.bench

proof: set-up ## What is too long for every day: a million hostile requests to the helper, hundreds of real kills
	$(PYTHON_IN_VENV) -m pytest -m proof --timeout 0

screenshots: set-up ## Take the pictures in resources/screenshots anew, on the virtual desktop
	$(PYTHON_IN_VENV) -m tests.desktop.screenshots

translations: ## Bring the catalogues in resources/translations up to the sentences of the code
	PYTHONPATH=packaging $(or $(wildcard $(PYTHON_IN_VENV)),python3) -B -m translations update

install: ## As root: app, helper and policy; DESTDIR=, PREFIX=/usr/local, PYTHON=/usr/bin/python3
	@packaging/install.sh install

install-helper: ## As root: only the helper and its policy, for an app from a wheel or this tree
	@packaging/install.sh install-helper

uninstall: ## As root: remove what either of them installed, with the same DESTDIR and PREFIX
	@packaging/install.sh uninstall

deb: ## Build the Debian package into build/deb
	@packaging/setup.sh packages deb
	@packaging/deb.sh

clean: ## Remove what was built, cached and set up
	rm -rf .venv .cache build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find oomtray packaging tests -name __pycache__ -prune -exec rm -rf {} +
	find resources/translations -name '*.mo' -delete

.PHONY: set-up
set-up:
	@packaging/setup.sh test
