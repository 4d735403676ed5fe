#!/bin/sh
# Installs the client into .venv of this folder: the locked version, or SDK_VERSION of the environment.
set -eu

SDK=alibabacloud-tea-openapi

if command -v uv >/dev/null 2>&1; then
    with_uv() { uv "$@"; }
else
    with_uv() { python3 -m uv "$@"; }
fi

rm -rf .venv
with_uv venv --quiet --no-project --no-python-downloads --python '>=3.11' .venv
if [ -z "${SDK_VERSION:-}" ]; then
    with_uv pip install --quiet --python .venv --require-hashes -r requirements.txt
else
    with_uv pip install --quiet --python .venv "$SDK==$SDK_VERSION"
fi
