#!/bin/sh
# Makes or renews .venv: every package from its hash in requirements/, and nothing resolved, also not to build.
set -eu
cd "$(dirname "$0")/.."
PIP_BREAK_SYSTEM_PACKAGES=1 python3 -m pip install --quiet --root-user-action ignore --require-hashes -r requirements/uv.txt
[ -x .venv/bin/python ] || python3 -m uv venv --quiet --python ">=3.11" .venv
python3 -m uv pip sync --quiet --python .venv --require-hashes requirements/dev.txt
python3 -m uv pip install --quiet --python .venv --no-deps --no-build-isolation --offline --editable .
