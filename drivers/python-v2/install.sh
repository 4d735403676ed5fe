#!/bin/sh
set -eu

own=alibabacloud-vpc20160428
core=alibabacloud-tea-openapi
. ./python.sh
