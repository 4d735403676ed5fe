#!/bin/sh
set -eu

own=alibabacloud-tea-openapi
core=$own
. ./python.sh
