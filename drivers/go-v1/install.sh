#!/bin/sh
# Builds the driver in this folder. SDK_VERSION is empty for the locked version; CORE_VERSION is the same one.
set -eu

module=github.com/aliyun/alibaba-cloud-sdk-go
service=$module/services/vpc
export GOWORK=off

if [ -z "${SDK_VERSION:-}" ]; then
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
