"""How the files of `behaviours/` are read: by a definition of their schema."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from conformance.core.errors import InputError
from conformance.core.yamlfile import Schema
from conformance.core.yamlparts import Part

SCHEMA_FILE: Final = Path(__file__).with_name("behaviour.schema.json")
SHORT_SCHEMA_FILE: Final = Path(__file__).parent.parent / "resources" / "resource.schema.json"
"""The schema of the short form, and of the table of what names set."""


class BehaviourError(InputError):
    """A file that says what the reference server does, or does wrong, is wrong."""


@cache
def _schema(definition: str, file: Path) -> Schema:
    return Schema.read(file).definition(definition)


def read_part(path: Path, definition: str, schema: Path = SCHEMA_FILE) -> Part:
    """Read a file and check it.

    Args:
        path: The file.
        definition: What it must be: the name of a definition in the schema.
        schema: The file of the schema.

    Raises:
        BehaviourError: When it cannot be read, or is not as the schema has it; with the line.
    """
    return Part.read(path, _schema(definition, schema), BehaviourError)
