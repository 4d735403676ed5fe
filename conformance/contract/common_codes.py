"""Error codes that any operation may answer with, though its document leaves them out: data of the project."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, Literal

from conformance.core.errors import ContractError
from conformance.core.resources import openapi_dir
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Mapping

CommonClass = Literal["credentials", "permission", "throttle", "unavailable"]
_CLASSES: Final[tuple[CommonClass, ...]] = ("credentials", "permission", "throttle", "unavailable")
_FILE: Final = "common-codes.yaml"

_CODES: Final = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^[\w.*-]+$"},
    "description": "a list of codes, in which * stands for any text",
}
_SHAPE: Final = Schema(
    {
        "type": "object",
        "required": [*_CLASSES, "statuses"],
        "properties": {
            **{str(name): _CODES for name in _CLASSES},
            "statuses": {
                "type": "object",
                "propertyNames": {"pattern": "^[45][0-9][0-9]$"},
                "additionalProperties": {"enum": list(_CLASSES)},
                "description": "an HTTP status, and the class of the codes that come with it",
            },
        },
        "additionalProperties": False,
    }
)


@dataclass(frozen=True)
class CommonCodes:
    """What codes mean that no document of an operation has.

    Attributes:
        patterns: Per class, its codes; `*` stands for any text.
        statuses: What an HTTP status says of any other code.
    """

    patterns: Mapping[CommonClass, tuple[str, ...]]
    statuses: Mapping[int, CommonClass]

    def class_of(self, code: str) -> CommonClass | None:
        """Return the class of a code, or `None` for one that is not in the table."""
        return next((name for name, pattern in self._compiled.items() if pattern.fullmatch(code)), None)

    @cached_property
    def _compiled(self) -> dict[CommonClass, re.Pattern[str]]:
        return {name: re.compile("|".join(map(_expression, codes))) for name, codes in self.patterns.items() if codes}


def _expression(pattern: str) -> str:
    return ".*".join(map(re.escape, pattern.split("*")))


@cache
def common_codes() -> CommonCodes:
    """Return the table of common codes.

    Raises:
        ContractError: If its file cannot be read or is wrong.
    """
    file = YamlFile.read(openapi_dir() / _FILE, ContractError)
    file.validate(_SHAPE)
    patterns = {name: tuple(file.data[name]) for name in _CLASSES}
    return CommonCodes(patterns, {int(status): name for status, name in file.data["statuses"].items()})
