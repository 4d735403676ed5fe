#!/bin/sh
set -eu

own=aliyun-python-sdk-vpc
core=aliyun-python-sdk-core
# Cores before 2.14 cannot be imported by Python 3.12 and up.
first=3.11
. ./python.sh
