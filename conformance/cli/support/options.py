"""Commands whose options are read without pydantic.

Typer hands every option to pydantic, also those that were not given. To import that and to set it up for twenty options
takes longer than running a case. Texts, numbers and paths are read here; everything else, and every fault, is left to
Typer, which then words it as ever.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

_NUMBERS: Final[dict[Any, re.Pattern[str]]] = {
    int: re.compile(r"[0-9]{1,9}", re.ASCII),
    float: re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII),
}
_ASKED: Final = ("exists", "writable", "resolve_path", "allow_dash", "parser", "min", "max", "path_type")
"""What Typer may have been asked to see to."""


class Command(TyperCommand):
    """A command of the command line."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options and arguments, `--help` included."""
        return _lightened(super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options and arguments, `--help` included."""
        return _lightened(super().get_params(ctx))


def _lightened(params: list[Any]) -> list[Any]:
    for param in params:
        # Typer makes what reads the values when it is first needed, unless there is something already.
        if getattr(param, "_runtime_param", None) is None:
            setattr(param, "_runtime_param", _Plain())  # noqa: B010
    return params


class _Plain:
    """Stands where Typer keeps what reads the values of one option."""

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:
        """Return the value as its type, or leave it to Typer."""
        many = param.multiple or param.nargs == -1
        if value is None:
            return () if many else None
        kind = param.type_descriptor.annotation
        if many and kind == list[str] and all(type(entry) is str for entry in value):
            return list(value)
        if not many and not any(_asked(param, name) for name in _ASKED):
            if type(value) is kind and kind in (str, int, float, bool):
                return value
            if type(value) is str and _is_plain(value, kind):
                return kind(value)
        setattr(param, "_runtime_param", None)  # noqa: B010
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _is_plain(text: str, kind: Any) -> bool:
    """Whether a text is nothing but a value of its kind."""
    if kind is Path:
        # Typer refuses what is there and cannot be read.
        return "\0" not in text and (not os.path.exists(text) or os.access(text, os.R_OK))  # noqa: PTH110 - no Path yet
    return kind in _NUMBERS and _NUMBERS[kind].fullmatch(text) is not None


def _asked(param: Any, name: str) -> bool:
    return getattr(param.type_descriptor.parameter_info, name, None) not in (None, False)
