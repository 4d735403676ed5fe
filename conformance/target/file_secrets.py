"""The secrets of a target file: what its variables hold, and what is written into it though it belongs into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.core.errors import TargetFileError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.redaction import Redactor, remember

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_GROUPS: Final = ("credentials", "profiles")
_NAME: Final = lazy_pattern("[A-Z][A-Z0-9]{0,19}(?:_[A-Z0-9]{1,19})*")
"""A name as people give variables: only such a one is shown where a secret could be."""
_WORD: Final = lazy_pattern(r"[^\s\"'{}\[\],]+")
_SECRET_FIELD: Final = lazy_pattern(r"(?i:key|secret|token|password|credential|_env)\w*[\"']?\s*:(?P<value>.*)")
_LEAST: Final = 6
_LEAST_ANYWHERE: Final = 12


def remember_variables(data: object, variables: Mapping[str, str]) -> None:
    """Have this process know as secrets what the variables hold that a target file names, even a wrong one."""
    if isinstance(data, dict):
        remember(variables[name] for group in _GROUPS for name in _texts(data.get(group)) if variables.get(name))


def without_secrets_of(text: str, fault: TargetFileError) -> TargetFileError:
    """Return a fault without what its message quotes of a target file that may be a secret.

    Args:
        text: The text of the file.
        fault: What is wrong with it.
    """
    redactor = Redactor(_suspects(text))
    hint = redactor.text(fault.hint) if fault.hint is not None else None
    return TargetFileError(redactor.text(fault.message), where=fault.where, hint=hint)


def _suspects(text: str) -> Iterator[str]:
    for line in text.splitlines():
        field = _SECRET_FIELD.search(line)
        for word in _WORD.findall(line):
            secret_field = field is not None and line.find(word, field.start("value")) >= 0
            if (secret_field and len(word) >= _LEAST and not _NAME.fullmatch(word)) or _looks_secret(word):
                yield word


def _looks_secret(word: str) -> bool:
    mixed = any(each.isdigit() for each in word) and any(each.isalpha() for each in word)
    return len(word) >= _LEAST_ANYWHERE and mixed and "://" not in word and not _NAME.fullmatch(word)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, str):
        yield value
