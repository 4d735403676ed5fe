#!/bin/sh
# Builds the driver in this folder. SDK_VERSION and CORE_VERSION are empty for the locked versions.
set -eu

core=com.aliyun:tea-openapi
sdk=${SDK_NAME:-com.aliyun:vpc20160428}
. ./maven.sh

if [ -z "${SDK_VERSION:-}${CORE_VERSION:-}${MORE_PACKAGES:-}" ]; then
    build_locked
    exit
fi
locked=$(sed -n 's|.*<sdk.version>\(.*\)</sdk.version>.*|\1|p' pom.xml)
set -- "$sdk@${SDK_VERSION:-$locked}" ${MORE_PACKAGES:-}
if [ -n "${CORE_VERSION:-}" ]; then
    # Another core comes first: a newer one does not run on the libraries that the SDK was made with.
    set -- "$core@$CORE_VERSION" "$@"
elif [ -n "${MORE_PACKAGES:-}" ]; then
    # Each package asks for a core of its time; Maven would take that of the first, not the newest.
    set -- "$core@[0,)" "$@"
fi
build_with "$@"
