"""The environment of a driver: nothing of the caller's that changes what an SDK sends, or which libraries it finds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_HARNESS: Final = ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT", "__PYVENV_LAUNCHER__")
# DEBUG has SDKs print their requests, signatures included.
_SDK: Final = ("ALIBABA_CLOUD_", "ALIBABACLOUD_")


def environment_to_install(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for installing a driver: without the harness's own Python, and without credentials.

    Proxies stay: the package manager may need them.
    """
    variables = os.environ if environment is None else environment
    return {
        name: value
        for name, value in variables.items()
        if name not in _HARNESS and not name.startswith("PYTHON") and not name.upper().startswith(_SDK)
    }


def environment_to_run(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for running a driver: also without proxies, which SDKs use even for this machine."""
    return {
        name: value
        for name, value in environment_to_install(environment).items()
        if not name.upper().endswith("_PROXY") and name != "DEBUG"
    }
