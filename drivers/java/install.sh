#!/bin/sh
# Builds the driver in this folder. SDK_VERSION and CORE_VERSION are empty for the locked versions.
set -eu

build() {
    mvn -q -B -Dstyle.color=never "$@" compiler:compile dependency:copy-dependencies
}

if [ -z "${SDK_VERSION:-}${CORE_VERSION:-}" ]; then
    build -Dlocked
    (cd target/lib && sha256sum -- *.jar) | diff jars.sha256 - || {
        echo "what Maven installed is not what jars.sha256 locks" >&2
        exit 1
    }
    exit
fi

set --
if [ -n "${SDK_VERSION:-}" ]; then
    set -- "$@" "-Dsdk.version=$SDK_VERSION"
fi
if [ -n "${CORE_VERSION:-}" ]; then
    set -- "$@" "-Dcore.version=$CORE_VERSION"
fi
build "$@"
