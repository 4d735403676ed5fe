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
        if "\n" in code:
            return None  # no code, and nothing that `*` stands for
        return next((name for name, patterns in self._sorted.items() if patterns.fit(code)), None)

    @cached_property
    def _sorted(self) -> dict[CommonClass, _Patterns]:
        return {name: _Patterns(codes) for name, codes in self.patterns.items() if codes}


class _Patterns:
    """The patterns of one class, those that are compiled apart: in most the `*` is at the end, if there is one."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._whole = frozenset(each for each in patterns if "*" not in each)
        self._starts = tuple(each[:-1] for each in patterns if each.find("*") == len(each) - 1)
        others = [each for each in patterns if each not in self._whole and each.find("*") < len(each) - 1]
        self._others = lazy_pattern("|".join(map(_expression, others)) or "(?!)")

    def fit(self, code: str) -> bool:
        return code in self._whole or code.startswith(self._starts) or self._others.fullmatch(code) is not None


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
