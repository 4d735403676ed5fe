#!/bin/sh
# Builds the driver in this folder. SDK_VERSION and CORE_VERSION are empty for the locked versions.
set -eu

own=github.com/alibabacloud-go/vpc-20160428
sdk=${SDK_NAME:-$own}
core=github.com/alibabacloud-go/darabonba-openapi
export GOWORK=off

build() {
    go build "$1" -trimpath -buildvcs=false -o driver .
}

# The path of a module has its major version from 2 on.
module() {
    case ${2%%.*} in
        0 | 1) echo "$1" ;;
        *) echo "$1/v${2%%.*}" ;;
    esac
}

if [ -n "${MORE_PACKAGES:-}" ]; then
    echo "go: a program has one product: name operations of one" >&2
    exit 2
fi
if [ -z "${SDK_VERSION:-}${CORE_VERSION:-}" ]; then
    build -mod=readonly
    exit
fi

locked=$(sed -n "s|^.*$sdk\(/v[0-9]*\)* v||p" go.mod)
version=${SDK_VERSION:-$locked}
version=${version#v}
sdk_module=$(module "$sdk" "$version")
sed "s|\"$own.*/client\"|\"$sdk_module/client\"|" sdk.go >sdk.go.new
mv sdk.go.new sdk.go
if [ -f packages.json ]; then
    # Of another product: which one, and the version of its API, as in `"slb/2014-05-15": "..."`.
    product=$(sed -n 's|^ *"\(.*\)/[0-9-]*": ".*|\1|p' packages.json)
    version_of_api=$(sed -n 's|^ *".*/\([0-9-]*\)": ".*|\1|p' packages.json)
    sed -e "s|ownProduct = .*|ownProduct = \"$product\"|" -e "s|apiVersion = .*|apiVersion = \"$version_of_api\"|" sdk.go >sdk.go.new
    mv sdk.go.new sdk.go
fi

# A new go.mod: what the locked release asks for must not raise what this one gets.
go_version=$(sed -n 's/^go //p' go.mod)
rm -f go.mod go.sum
go mod init driver 2>/dev/null
go mod edit -go="$go_version"
if [ -n "${CORE_VERSION:-}" ]; then
    core_version=${CORE_VERSION#v}
    core_module=$(module "$core" "$core_version")
    # "replace", because "require" could not go below the version that the SDK asks for.
    go mod edit -replace="$core_module=$core_module@v$core_version"
fi
go get "$sdk_module@v$version"
if [ -n "${CORE_VERSION:-}" ] && ! go mod graph | grep -q " $core_module@"; then
    echo "$sdk_module v$version is not built on $core_module: ask for another version of one of them" >&2
    exit 1
fi
build -mod=mod
