# Installs an SDK of Node.js into node_modules of this folder. Read by install.sh.

SDK_VERSION=${SDK_VERSION:-}
CORE_VERSION=${CORE_VERSION:-}
MORE_PACKAGES=${MORE_PACKAGES:-}

# What package-lock.json has.
install_locked() {
  exec npm ci --ignore-scripts --no-audit --no-fund
}

# What package.json asks for. Without the lock npm takes what the SDK asks for today, as it does for a new caller.
install_asked() {
  rm -f package-lock.json
  exec npm install --ignore-scripts --no-audit --no-fund
}

# PACKAGE, which is both SDK and core: the version asked for, under either name, or the locked one.
install_one() {
  version=${SDK_VERSION:-$CORE_VERSION}
  if [ -z "$version" ]; then
    install_locked
  fi
  if [ "$version" != "${CORE_VERSION:-$version}" ]; then
    echo "$1 is both SDK and core: ask for one version, not for $SDK_VERSION and $CORE_VERSION" >&2
    exit 2
  fi
  npm pkg set "dependencies.$1=$version"
  install_asked
}
