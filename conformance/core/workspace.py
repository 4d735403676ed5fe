"""`conformance.yaml`: the file that marks the root of a workspace, and what options have when nobody gives them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "conformance.yaml"
VARIABLE: Final = "CONFORMANCE_WORKSPACE"
"""The environment variable that names the folder of the workspace, as `--workspace` does."""
_PRODUCTS: Final = "products"
_PLAIN: Final = bytes(range(32, 127)) + b"\r\n"
SCHEMA: Final = Path(__file__).with_name("workspace.schema.json")
"""The JSON Schema of the file."""


class Workspace(Struct, frozen=True):
    """The root of a workspace.

    Attributes:
        root: Its folder.
        options: Values of options by their long names without the dashes, as the file has them.
        products: The versions of products' APIs, for pages that name the product alone.
    """

    root: Path
    options: Mapping[str, object] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)

    def place_of(self, option: str) -> str:
        """Return where the file has the value of an option: file, line and column."""
        from conformance.core.yamlfile import YamlFile  # noqa: PLC0415 - who has no such file pays for nothing

        return str(YamlFile.read(self.root / FILE, UsageError).locate((option,)))


def find_workspace(start: Path, unread: list[UsageError] | None = None) -> Workspace | None:
    """Return the workspace of a folder: the nearest one upwards that has the file; `None` when none has.

    Args:
        start: The folder to begin with.
        unread: What the file has that nothing reads is added here, and left out; without it, that is a fault.

    Raises:
        UsageError: When the file is wrong, with line and column.
    """
    path = workspace_file(start)
    return None if path is None else read_workspace(path, unread)


def read_workspace(path: Path, unread: list[UsageError] | None = None) -> Workspace:
    """Read the file of a workspace; see `find_workspace`."""
    options = _content(path, unread)
    products = options.pop(_PRODUCTS, None)
    return Workspace(path.parent, options, dict(products) if isinstance(products, dict) else {})


def workspace_file(start: Path) -> Path | None:
    """Return the file of the workspace of a folder, which is not read; `None` when there is none.

    The workspace that the environment names comes before the nearest one upwards.

    Raises:
        UsageError: When the environment names a folder without the file.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not (Path(named) / FILE).is_file():
            raise UsageError(f"is no workspace: it has no {FILE}", where=named, hint=f"conformance init {named}")
        return Path(named) / FILE
    return next((folder / FILE for folder in (start, *start.parents) if (folder / FILE).is_file()), None)


def workspace_root() -> Path | None:
    """Return the folder of the workspace that the process is called in; `None` outside every one.

    Raises:
        UsageError: When the environment names a folder without the file.
    """
    try:
        path = workspace_file(Path.cwd())
    except OSError:  # the folder is gone, or may not be looked into
        return None
    return None if path is None else path.parent


def _only_comments(content: bytes) -> bool:
    """Whether a file has nothing but plain comments, so that nobody has to wait until PyYAML is loaded to say so."""
    return not content.translate(None, _PLAIN) and all(
        line.startswith(b"#") or not line.strip(b" ") for line in content.splitlines()
    )


def _content(path: Path, unread: list[UsageError] | None) -> dict[str, object]:
    from conformance.core.yamlfile import Schema, YamlFile, read_bytes  # noqa: PLC0415 - as above

    raw = read_bytes(path, UsageError)
    if _only_comments(raw):
        return {}
    file = YamlFile.of(raw, path, UsageError)
    if file.data is None:  # it may be there only to mark the root
        return {}
    schema = Schema.read(SCHEMA)
    if unread is None or not isinstance(file.data, dict):
        file.validate(schema)
        return dict(file.data)
    content = {}
    for key, value in file.data.items():
        try:
            file.validate(schema, {key: value})
        except UsageError as fault:
            if fault.message.startswith("unknown field"):
                unread.append(fault)
                continue
            raise
        content[key] = value
    return content
