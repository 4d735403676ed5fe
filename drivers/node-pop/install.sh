#!/bin/sh
set -eu
cd "$(dirname "$0")"
. ./npm.sh

install_one @alicloud/pop-core
