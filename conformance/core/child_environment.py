"""The environment of a child process that needs no secret: without the variables that hold one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from conformance.core.redaction import has_known_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

_SDK: Final = ("ALIBABA_CLOUD_", "ALIBABACLOUD_")
"""What the names of variables begin with that SDKs read credentials from."""


def without_secrets(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables but for those that hold a secret of the target, and those of SDKs.

    Which variables a target file names does not matter: a copy under another name holds the secret as well.

    Args:
        environment: The variables; those of the process unless given.
    """
    variables = os.environ if environment is None else environment
    return {
        name: value
        for name, value in variables.items()
        if not name.upper().startswith(_SDK) and not has_known_secret(value)
    }
