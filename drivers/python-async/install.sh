#!/bin/sh
# Installs the SDK into .venv of this folder: the locked versions, or SDK_VERSION and CORE_VERSION of the environment.
set -eu

SDK=${SDK_NAME:-alibabacloud-vpc20160428}
CORE=alibabacloud-tea-openapi

if command -v uv >/dev/null 2>&1; then
    with_uv() { uv "$@"; }
else
    with_uv() { python3 -m uv "$@"; }
fi

locked() {
    sed -n "s/^$1==//p" requirements.in
}

are_locked() {
    for package; do
        grep -q "^$package " products.txt || return 1
    done
}

rm -rf .venv
with_uv venv --quiet --no-project --no-python-downloads --python '>=3.11' .venv
if [ -z "${SDK_VERSION:-}${CORE_VERSION:-}${MORE_PACKAGES:-}" ]; then
    with_uv pip install --quiet --python .venv --require-hashes -r requirements.txt
    exit
fi
set -- "$SDK==${SDK_VERSION:-$(locked "$SDK")}"
for package in ${MORE_PACKAGES:-}; do set -- "$@" "${package%@*}==${package##*@}"; done
if [ -z "${CORE_VERSION:-}" ] && are_locked "$@"; then
    # Packages of other products, as they are locked.
    with_uv pip install --quiet --python .venv --require-hashes -r products.txt
    exit
fi
if [ -n "${CORE_VERSION:-}" ]; then set -- "$@" "$CORE==$CORE_VERSION"; fi
with_uv pip install --quiet --python .venv "$@"
