#!/bin/sh
# The SDK is that of the driver python-v2.
set -eu

own=alibabacloud-vpc20160428
core=alibabacloud-tea-openapi
. ./python.sh
