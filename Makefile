# Everything a person needs to type. `make run` and `make test` install what they need by themselves.
.PHONY: run test lint types messages e2e bench soak lock format

PORT ?= 8000

run:            ## serve the demo company on http://127.0.0.1:8000 (another port: make run PORT=8001)
	@scripts/setup run
	@KIZUKI_HOME="$${KIZUKI_HOME:-$(CURDIR)/var/demo}" exec .venv/bin/kizuki demo --port $(PORT)

test:           ## every check and every test, on SQLite, on PostgreSQL and in a browser
	@scripts/setup test
	@.venv/bin/python scripts/test

lint types e2e:       ## one part of `make test`
	@scripts/setup test
	@.venv/bin/python scripts/test $@

messages:       ## gather the texts of the pages and make the Japanese catalogue
	@scripts/setup test
	@.venv/bin/python scripts/messages

bench:          ## the speeds that are promised, measured here
	@scripts/setup test
	@for file in benchmarks/[a-z]*.py; do .venv/bin/python -m benchmarks.$$(basename $$file .py) || exit 1; done

soak:           ## kill the server 200 times under eight writers, on both databases: is anything lost or doubled?
	@scripts/setup test
	@.venv/bin/python scripts/soak
	@scripts/postgres .venv/bin/python scripts/soak

lock:           ## choose the newest versions that fit and write them down
	@scripts/lock

format:         ## put the code and the templates into their one shape
	@scripts/setup test
	@.venv/bin/ruff check --quiet --fix . || true
	@.venv/bin/ruff format --quiet .
	@git ls-files -z '*.html' | xargs -0 .venv/bin/djade --target-version 5.2; [ $$? = 123 ] || [ $$? = 0 ]
