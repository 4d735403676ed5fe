#!/bin/sh
# Builds the driver in this folder. SDK_VERSION and CORE_VERSION are empty for the locked versions.
set -eu

core=com.aliyun:aliyun-java-sdk-core
sdk=${SDK_NAME:-com.aliyun:aliyun-java-sdk-vpc}
. ./maven.sh

if [ -z "${SDK_VERSION:-}${CORE_VERSION:-}${MORE_PACKAGES:-}" ]; then
    build_locked
    exit
fi
locked=$(sed -n 's|.*<sdk.version>\(.*\)</sdk.version>.*|\1|p' pom.xml)
version=${SDK_VERSION:-$locked}
if [ -z "${CORE_VERSION:-}" ]; then
    # A package only recommends a core to its callers, who name one: the newest that it is for.
    CORE_VERSION=$(asked_by "$sdk:$version" "$core")
fi
# shellcheck disable=SC2086 # NAME@VERSION, with blanks between them
build_with "$core@${CORE_VERSION:-[0,)}" "$sdk@$version" ${MORE_PACKAGES:-}
