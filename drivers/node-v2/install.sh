#!/bin/sh
# Installs the locked versions; or the SDK SDK_VERSION with the core CORE_VERSION, each of which may be empty.
set -eu
cd "$(dirname "$0")"

SDK_VERSION=${SDK_VERSION:-}
CORE_VERSION=${CORE_VERSION:-}
MORE_PACKAGES=${MORE_PACKAGES:-}
own=@alicloud/vpc20160428
sdk=${SDK_NAME:-$own}

if [ -z "$SDK_VERSION$CORE_VERSION$MORE_PACKAGES" ]; then
  exec npm ci --ignore-scripts --no-audit --no-fund
fi

if [ -n "$SDK_VERSION" ]; then
  npm pkg set "dependencies.$sdk=$SDK_VERSION"
fi
if [ "$sdk" != "$own" ]; then
  npm pkg delete "dependencies.$own"
fi
for package in $MORE_PACKAGES; do
  npm pkg set "dependencies.${package%@*}=${package##*@}"
done
if [ -n "$CORE_VERSION" ]; then
  # A release asks for one of the two, and npm ignores an override of a package that nobody asks for.
  npm pkg set "overrides.@alicloud/openapi-core=$CORE_VERSION" "overrides.@alicloud/openapi-client=$CORE_VERSION"
fi
# Without the lock npm takes what the SDK asks for today, as it does for a new caller.
rm -f package-lock.json
exec npm install --ignore-scripts --no-audit --no-fund
