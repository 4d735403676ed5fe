#!/bin/sh
# Builds the driver in this folder. SDK_VERSION is empty for the locked version; CORE_VERSION is the same one.
set -eu

module=github.com/aliyun/alibaba-cloud-sdk-go
own=$module/services/vpc
service=$own
export GOWORK=off

if [ -n "${MORE_PACKAGES:-}" ]; then
    echo "go-v1: a program has one product: name operations of one" >&2
    exit 2
fi
if [ -f packages.json ]; then
    # Of another product: which one, and the version of its API, as in `"slb/2014-05-15": "..."`.
    service=$SDK_NAME
    product=$(sed -n 's|^ *"\(.*\)/[0-9-]*": ".*|\1|p' packages.json)
    version_of_api=$(sed -n 's|^ *".*/\([0-9-]*\)": ".*|\1|p' packages.json)
    sed -e "s|\"$own\"|\"$service\"|" -e "s|ownProduct = .*|ownProduct = \"$product\"|" \
        -e "s|apiVersion = .*|apiVersion = \"$version_of_api\"|" sdk.go >sdk.go.new
    mv sdk.go.new sdk.go
fi

locked=$(sed -n "s|^.*$module v||p" go.mod)
if [ "${SDK_VERSION:-$locked}" = "$locked" ]; then
    mod=readonly
else
    mod=mod
    rm -f go.sum
    go mod edit -require="$module@v${SDK_VERSION#v}"
    go get "$module@v${SDK_VERSION#v}"
fi

# The functions of the SDK that make a request, by operation: they cannot be found when the driver runs.
{
    echo "package main"
    echo
    echo "import service \"$service\""
    echo
    echo "var makers = map[string]func() any{"
    folder=$(go list -mod="$mod" -f '{{.Dir}}' "$service")
    sed -n 's/^func Create\([A-Za-z0-9]*\)Request() (request .*/\t"\1": func() any { return service.Create\1Request() },/p' "$folder"/*.go
    echo "}"
} >makers.go
go build -mod="$mod" -trimpath -buildvcs=false -o driver .
