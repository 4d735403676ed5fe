"""The values of targets that new cases refer to, for `cases/defaults.yaml` of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.values import invented_default
from conformance.cases.suite import DEFAULTS, load_defaults
from conformance.core.errors import CaseError
from conformance.core.yamlfile import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_HEAD: Final = """\
# The values that ${target.NAME} stands for where a target file gives none. A server with provider states is told
# them; a real account needs its own, in the target file.
"""


def defaults_text(folder: Path, targets: Iterable[str]) -> str:
    """Return the file of default values with those that are missing; nothing where none is.

    Args:
        folder: The folder `cases/` of the workspace.
        targets: The names that its cases refer to.

    Raises:
        CaseError: When the file that is there cannot be read.
    """
    known = load_defaults(folder)
    new = {name: invented_default(name) for name in sorted(targets) if name not in known}
    if not new:
        return ""
    path = folder / DEFAULTS
    there = read_text(path, CaseError).rstrip("\n") + "\n" if path.exists() else _HEAD
    return there + "".join(f"{name}: {value}\n" for name, value in new.items())
