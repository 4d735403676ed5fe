#!/bin/sh
# Builds the driver in this folder. SDK_VERSION and CORE_VERSION are empty for the locked versions.
set -eu

sdk=github.com/alibabacloud-go/vpc-20160428
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

if [ -z "${SDK_VERSION:-}${CORE_VERSION:-}" ]; then
    build -mod=readonly
    exit
fi

locked=$(sed -n "s|^.*$sdk\(/v[0-9]*\)* v||p" go.mod)
version=${SDK_VERSION:-$locked}
version=${version#v}
sdk_module=$(module "$sdk" "$version")
sed "s|\"$sdk.*/client\"|\"$sdk_module/client\"|" sdk.go >sdk.go.new
mv sdk.go.new sdk.go

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
