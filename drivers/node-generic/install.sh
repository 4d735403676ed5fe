#!/bin/sh
# Installs the locked version; or the one of SDK_VERSION or CORE_VERSION, which are the same package here.
set -eu
cd "$(dirname "$0")"

SDK_VERSION=${SDK_VERSION:-}
CORE_VERSION=${CORE_VERSION:-}
version=${SDK_VERSION:-$CORE_VERSION}

if [ -z "$version" ]; then
  exec npm ci --ignore-scripts --no-audit --no-fund
fi
if [ "$version" != "${CORE_VERSION:-$version}" ]; then
  echo "node-generic: @alicloud/openapi-core is both SDK and core: ask for one version," \
    "not for $SDK_VERSION and $CORE_VERSION" >&2
  exit 2
fi

npm pkg set "dependencies.@alicloud/openapi-core=$version"
# Without the lock npm takes what the SDK asks for today, as it does for a new caller.
rm -f package-lock.json
exec npm install --ignore-scripts --no-audit --no-fund
