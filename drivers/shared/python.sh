# Installs an SDK of Python into .venv of this folder: the locked versions, or SDK_VERSION and CORE_VERSION of the
# environment. Read by install.sh, which says `own`, the driver's own package, `core`, the library below it (the same for
# a client that is its own core), and if need be `first`, the version of Python that is tried before any other.

sdk=${SDK_NAME:-$own}
if [ "$core" = "$sdk" ]; then
    SDK_VERSION=${SDK_VERSION:-${CORE_VERSION:-}}
    CORE_VERSION=
fi

if command -v uv >/dev/null 2>&1; then
    with_uv() { uv "$@"; }
else
    with_uv() { python3 -m uv "$@"; }
fi

new_venv() {
    with_uv venv --quiet --no-project --no-python-downloads --python "$1" .venv
}

locked() {
    sed -n "s/^$1==//p" requirements.in
}

are_locked() {
    [ -f products.txt ] || return 1
    for package; do
        grep -q "^$package " products.txt || return 1
    done
}

rm -rf .venv
{ [ -n "${first:-}" ] && new_venv "$first" 2>/dev/null; } || new_venv '>=3.11'
if [ -z "${SDK_VERSION:-}${CORE_VERSION:-}${MORE_PACKAGES:-}" ]; then
    with_uv pip install --quiet --python .venv --require-hashes -r requirements.txt
    exit
fi
set -- "$sdk==${SDK_VERSION:-$(locked "$sdk")}"
for package in ${MORE_PACKAGES:-}; do set -- "$@" "${package%@*}==${package##*@}"; done
if [ -z "${CORE_VERSION:-}" ] && are_locked "$@"; then
    # Packages of other products, as they are locked.
    with_uv pip install --quiet --python .venv --require-hashes -r products.txt
    exit
fi
if [ -n "${CORE_VERSION:-}" ]; then set -- "$@" "$core==$CORE_VERSION"; fi
with_uv pip install --quiet --python .venv "$@"
