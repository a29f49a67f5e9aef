# SPDX-License-Identifier: EUPL-1.2
# The commands of this checkout. What they do stands in scripts/.

.PHONY: help run stack test check bench chaos history fuzz compat lock clean

help:
	@echo "make run     install, build, load demo data and serve on http://127.0.0.1:8000 (VCONF_PORT)"
	@echo "make stack   the same as many processes: PostgreSQL, Redis, two web, workers, beat (VCONF_PORT and the next six)"
	@echo "make test    everything that has to hold: checks, tests on both databases, the browser journey"
	@echo "make check   its quick half: format, lint, types, contracts, schema, translations"
	@echo "make bench   bookings, races, searches, live changes and lost servers beside their limits (SIZE=5m CLIENTS=5000)"
	@echo "make chaos   the stack under load, its processes killed; nothing may be lost (KILLS=100, SEED=, VCONF_PORT and the next seven)"
	@echo "make history 20,000 operations by 16 writers, 2,000 over HTTP, and a judge who looks for broken promises"
	@echo "make fuzz    random and broken calendar objects against the reader (SECONDS=60, SEED=)"
	@echo "make compat  calendar clients of others and caldav-server-tester against a running vconf (docs/standards.md)"
	@echo "make lock    resolve the requirements again and write them with hashes"
	@echo "make clean   remove what the commands above have made, except the data folder"

run:
	@python=$$(sh scripts/find-python) && exec "$$python" -m scripts.run

stack:
	@python=$$(sh scripts/find-python) && exec "$$python" -m scripts.stack

test:
	@python=$$(sh scripts/find-python) && exec "$$python" -m scripts.check

check:
	@python=$$(sh scripts/find-python) && exec "$$python" -m scripts.check --quick

bench:
	.venv/bin/python -m bench --size $(or $(SIZE),1m) --clients $(or $(CLIENTS),2000) --json build/bench.json

chaos:
	.venv/bin/python -m chaos --kills $(or $(KILLS),100) $(if $(SEED),--seed $(SEED)) --port $(or $(VCONF_PORT),8000)

history:
	.venv/bin/python -m history --operations 20000 --database postgresql
	.venv/bin/python -m history --operations 5000 --database sqlite
	.venv/bin/python -m history --operations 2000 --door http
	VCONF_TEST_EXAMPLES=200 .venv/bin/python -m pytest --quiet -n 0 tests/bookings/test_stateful.py tests/doors/test_stateful.py \
		tests/integrations/imip/test_stateful.py
	VCONF_TEST_EXAMPLES=200 .venv/bin/python -m pytest --quiet -n 0 --database=postgresql tests/bookings/test_stateful.py \
		tests/doors/test_stateful.py tests/integrations/imip/test_stateful.py

fuzz:
	.venv/bin/python -m tests.integrations.ical.fuzz --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED))

compat:
	.venv/bin/python -m tests.compat

lock:
	@python=$$(sh scripts/find-python) && exec "$$python" -m scripts.lock

clean:
	rm -rf .venv .stamps .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build
	rm -rf frontend/node_modules frontend/dist frontend/test-results frontend/playwright-report
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find vconf -name '*.mo' -delete
