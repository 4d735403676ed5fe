#!/bin/sh
# Builds the driver in this folder. SDK_VERSION is empty for the locked version; CORE_VERSION is the same one.
set -eu

module=github.com/aliyun/alibaba-cloud-sdk-go
own=$module/services/vpc
own_product="vpc 2016-04-28"
create=NewClientWithOptions
export GOWORK=off
. ./packages.sh

# The functions of the SDK that make a request, by operation: they cannot be found when the driver runs.
makers_of() {
    folder=$(go list -mod="$mod" -f '{{.Dir}}' "$1")
    sed -n "s/^func Create\([A-Za-z0-9]*\)Request() (request .*/\t\t\"\1\": func() any { return package$2.Create\1Request() },/p" \
        "$folder"/*.go
}

# The services are packages of one module, and so have one version.
locked=$(sed -n "s|^.*$module v||p" go.mod)
version=${SDK_VERSION:-${CORE_VERSION:-$locked}}
if [ "$version" = "$locked" ]; then
    mod=readonly
else
    mod=mod
    rm -f go.sum
    go mod edit -require="$module@v${version#v}"
    go get "$module@v${version#v}"
fi

set --
for package in "${SDK_NAME:-$module}" ${MORE_PACKAGES:-}; do
    name=${package%@*}
    service=$name
    if [ "$name" = "$module" ]; then service=$own; fi
    set -- "$@" "$name=$service"
done
write_packages "$@"
go build -mod="$mod" -trimpath -buildvcs=false -o driver .
