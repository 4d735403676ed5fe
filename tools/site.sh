#!/bin/sh
# Builds the site of the documents into site/, or into the folder that is named. Sphinx and what it needs are beside the
# environment of tools/install.sh, from their hashes; once they are there, nothing uses a network.
set -eu
cd "$(dirname "$0")/.."
beside=.venv/share/site
if ! cmp -s requirements/site.txt "$beside/site.txt"; then
    rm -rf "$beside"
    python3 -m uv pip install --quiet --python .venv --target "$beside" --no-deps --require-hashes -r requirements/site.txt
    cp requirements/site.txt "$beside"
fi
PYTHONPATH="$beside" exec .venv/bin/python tools/docs_site.py "$@"
