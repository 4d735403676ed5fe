"""The environment of a driver: nothing of the caller's that changes what an SDK sends, or which libraries it finds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.core.child_environment import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HARNESS: Final = ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT", "__PYVENV_LAUNCHER__")

_NEEDED: Final = re.compile(
    "PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA"
    "|PROGRAMDATA|PROGRAMFILES|USERPROFILE|HOMEDRIVE|HOMEPATH|WINDIR|CI|NO_COLOR|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE"
    "|CC|CXX|CFLAGS|LDFLAGS|LD_LIBRARY_PATH|SOURCE_DATE_EPOCH|.*_PROXY"
    "|(?:LC|XDG|SSL_CERT|PIP|UV|NPM|NODE|YARN|CGO|MAVEN|MVN|M2|JAVA|JDK|GIT|NVM|VOLTA|ASDF|MISE|PYENV|REGISTRY)_.*"
    "|GO(?!OGLE)[A-Z0-9_]*",
    re.IGNORECASE,
)
"""What package managers and compilers read. Nothing else reaches them: any other name may be that of a secret."""


def environment_to_install(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for installing a driver: only what package managers and compilers are known to need.

    Proxies stay: the package manager may need them.
    """
    return {name: value for name, value in _without_harness(environment).items() if _NEEDED.fullmatch(name)}


def environment_to_run(environment: Mapping[str, str] | None = None, secrets: Iterable[str] = ()) -> dict[str, str]:
    """Return the environment for running a driver: without proxies, which SDKs use even for this machine.

    Args:
        environment: The variables; those of the process unless given.
        secrets: Texts that no variable may hold: a driver is given its credentials with each call.
    """
    withheld = [secret for secret in secrets if secret]
    return {
        name: value
        for name, value in _without_harness(environment).items()
        # DEBUG has SDKs print their requests, signatures included.
        if not name.upper().endswith("_PROXY") and name != "DEBUG" and not any(each in value for each in withheld)
    }


def _without_harness(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Return the variables without the harness's own Python, and without secrets."""
    return {
        name: value
        for name, value in without_secrets(environment).items()
        if name not in _HARNESS and not name.startswith("PYTHON")
    }
