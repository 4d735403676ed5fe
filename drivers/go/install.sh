#!/bin/sh
# Builds the driver in this folder. SDK_VERSION and CORE_VERSION are empty for the locked versions.
set -eu

own=github.com/alibabacloud-go/vpc-20160428
own_product="vpc 2016-04-28"
sdk=${SDK_NAME:-$own}
core=github.com/alibabacloud-go/darabonba-openapi
create=NewClient
makers_of() { :; } # a request is what the client's methods take
export GOWORK=off
. ./packages.sh

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

locked=$(sed -n "s|^.*$own\(/v[0-9]*\)* v||p" go.mod)
if [ -z "${SDK_VERSION:-}${CORE_VERSION:-}${MORE_PACKAGES:-}" ]; then
    write_packages "$own=$(module "$own" "$locked")/client"
    build -mod=readonly
    exit
fi

version=${SDK_VERSION:-$locked}
wanted=
set --
for package in "$sdk@${version#v}" ${MORE_PACKAGES:-}; do
    name=${package%@*}
    path=$(module "$name" "${package##*@}")
    wanted="$wanted $path@v${package##*@}"
    set -- "$@" "$name=$path/client"
done
write_packages "$@"

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
# shellcheck disable=SC2086 # modules, with blanks between them
go get $wanted
if [ -n "${CORE_VERSION:-}" ] && ! go mod graph | grep -q " $core_module@"; then
    echo "$sdk $version is not built on $core_module: ask for another version of one of them" >&2
    exit 1
fi
build -mod=mod
