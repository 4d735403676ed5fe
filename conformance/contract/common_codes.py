"""Error codes that any operation may answer with, though its document leaves them out: data of the project."""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from conformance.core.errors import ContractError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.resources import openapi_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

CommonClass = Literal["credentials", "permission", "throttle", "unavailable", "unserved"]
_CLASSES: Final[tuple[CommonClass, ...]] = ("credentials", "permission", "throttle", "unavailable", "unserved")
_FILE: Final = "common-codes.json"
_CODE: Final = lazy_pattern(r"[\w.*-]+")
_STATUS: Final = lazy_pattern("[45][0-9][0-9]")


class CommonCodes(Struct, frozen=True, dict=True):
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
    path = openapi_dir() / _FILE
    try:
        # JSON, which every run reads in no time: YAML and a validator would be loaded for this file alone.
        data = json.loads(path.read_text(encoding="utf-8"))
        patterns = {name: tuple(map(_code, data[name])) for name in _CLASSES}
        statuses = {_status(status): _CLASSES[_CLASSES.index(name)] for status, name in data["statuses"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as fault:
        raise ContractError(
            f"is no table of common codes: {fault}",
            where=path,
            hint=f"an object with {', '.join(_CLASSES)} (lists of codes) and statuses (HTTP status to class)",
        ) from None
    return CommonCodes(patterns, statuses)


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError(f"{text!r} is no code")
    return text


def _status(text: str) -> int:
    if not _STATUS.fullmatch(text):
        raise ValueError(f"{text!r} is no status of an error")
    return int(text)
