#!/bin/sh
# Builds the driver in this folder. SDK_VERSION and CORE_VERSION are empty for the locked versions.
set -eu

build() {
    mvn -q -B -Dstyle.color=never "$@" compiler:compile dependency:copy-dependencies
}

if [ -n "${MORE_PACKAGES:-}" ]; then
    echo "java: a program has one product: name operations of one" >&2
    exit 2
fi
if [ -z "${SDK_VERSION:-}${CORE_VERSION:-}" ]; then
    build -Dlocked
    (cd target/lib && sha256sum -- *.jar) | diff jars.sha256 - || {
        echo "what Maven installed is not what jars.sha256 locks" >&2
        exit 1
    }
    exit
fi

set --
if [ -f packages.json ]; then
    # Of another product: which one, and the version of its API, as in `"slb/2014-05-15": "..."`.
    artifact=${SDK_NAME#com.aliyun:}
    product=$(sed -n 's|^ *"\(.*\)/[0-9-]*": ".*|\1|p' packages.json)
    version_of_api=$(sed -n 's|^ *".*/\([0-9-]*\)": ".*|\1|p' packages.json)
    file=src/main/java/driver/Sdk.java
    sed -e "s|vpc20160428|$artifact|" -e "s|PRODUCT = .*|PRODUCT = \"$product\";|" \
        -e "s|API_VERSION = .*|API_VERSION = \"$version_of_api\";|" $file >Sdk.java.new
    mv Sdk.java.new $file
    set -- "-Dsdk.artifact=$artifact"
fi
if [ -n "${SDK_VERSION:-}" ]; then
    set -- "$@" "-Dsdk.version=$SDK_VERSION"
fi
if [ -n "${CORE_VERSION:-}" ]; then
    set -- "$@" "-Dcore.version=$CORE_VERSION"
fi
build "$@"
