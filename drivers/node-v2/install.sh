#!/bin/sh
# Installs the locked versions; or the SDK SDK_VERSION with the core CORE_VERSION, each of which may be empty.
set -eu
cd "$(dirname "$0")"
. ./npm.sh

own=@alicloud/vpc20160428
sdk=${SDK_NAME:-$own}

if [ -z "$SDK_VERSION$CORE_VERSION$MORE_PACKAGES" ]; then
  install_locked
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
install_asked
