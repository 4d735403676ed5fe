#!/bin/sh
# All that gates a change: style, rules of import, types and tests; its words go to pytest. Types take one processor for
# half a minute, and tests wait for half of their time: they run at once, and what mypy finds is shown after the tests.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/ruff check
.venv/bin/ruff format --check
.venv/bin/lint-imports
found=$(mktemp)
.venv/bin/mypy > "$found" 2>&1 &
types=$!
trap 'kill "$types" 2> /dev/null || true; rm -f "$found"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tests=0
.venv/bin/pytest "$@" || tests=$?
wait "$types" || { cat "$found" >&2; exit 1; }
exit "$tests"
