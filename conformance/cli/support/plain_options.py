"""Commands whose options are read without pydantic.

Typer hands every option to pydantic, also those that were not given. To import that and to set it up for twenty options
takes longer than running a case. Texts, numbers and paths are read here; everything else, and every fault, is left to
Typer, so that its messages stay the same.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from typer import BadParameter, Exit
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from conformance.cli.support.option_defaults import OptionOf, option_defaults
from conformance.cli.support.reader import LANG, use_language_of_workspace
from conformance.cli.support.standard_streams import say_fault
from conformance.core.errors import ConformanceError, ExitStatus, UsageError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.option_sources import OptionSource, name_source, variable_of
from conformance.core.sentences.sentence import translates
from conformance.core.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    TyperParameter = TyperOption | TyperArgument

_NUMBERS: Final[dict[object, re.Pattern[str]]] = {
    int: lazy_pattern(r"[0-9]{1,9}", re.ASCII),
    float: lazy_pattern(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII),
}
_ASKED: Final = ("exists", "writable", "resolve_path", "allow_dash", "parser", "min", "max", "path_type")
"""Attributes that make Typer check or convert a value."""

_WRITTEN: Final = ("report_dir", "output", "save_cases", "html", "accept")
"""Options that name what is written."""

_SENDS: Final = frozenset({"endpoint", "target"})
"""Options that a command has that sends requests."""

_NEVER_PROPOSED: Final = frozenset({"--live"})
"""Options that nobody is to take by following a hint: what they allow may cost money."""

_KINDS: Final[dict[object, str]] = {str: "<text>", int: "<number>", float: "<number>", Path: "<path>"}
"""What the help calls values of a type."""

_HELP: Final = frozenset({"--help", "-h"})
_NOT_FROM_ELSEWHERE: Final = _HELP | {"--version"}

_LEFT: Final = object()
"""Marks a value that is left to Typer."""

_P = TypeVar("_P", TyperOption, TyperArgument)


class PlainOption(TyperOption):
    """An option whose plain values are read here."""

    def display_type(self, ctx: Any) -> str:
        """Return what kind of value the help says it has, in a word that no programming language is needed for."""
        if self.type_descriptor.is_choice or self.type_descriptor.is_path:
            return str(super().display_type(ctx))
        annotation = self.type_descriptor.annotation
        kind = next(iter(get_args(annotation)), annotation)
        return _KINDS.get(kind) or str(super().display_type(ctx))

    def _get_number_range_help_str(self) -> str | None:
        given = self.type_descriptor.parameter_info
        least, most = getattr(given, "min", None), getattr(given, "max", None)
        if least is None or most is None:
            return None if least is None else f"no less than {least}"
        return f"from {least} to {most}"

    def process_value(self, ctx: Any, value: object) -> object:
        """Return the value as the type of the option; raises Typer's faults."""
        _refuse_empty_path(self, ctx, value)
        found = _read(self, value)
        if found is _LEFT:
            return super().process_value(ctx, value)
        return found if self.callback is None else self.callback(ctx, self, found)


class PlainArgument(TyperArgument):
    """An argument whose plain values are read here."""

    def display_type_rich(self, ctx: Any) -> str | None:  # noqa: ARG002 - Typer's own
        """Return nothing: what its help says is enough."""
        return None

    def process_value(self, ctx: Any, value: object) -> object:
        """Return the value as the type of the argument; raises Typer's faults."""
        _refuse_empty_path(self, ctx, value)
        found = _read(self, value)
        if found is _LEFT:
            return super().process_value(ctx, value)
        return found if self.callback is None else self.callback(ctx, self, found)


class _Spoken:
    """What a command says of itself, in the language of the reader."""

    def get_help(self, ctx: Any) -> str:
        """Return the help of the command."""
        if not translates():
            return str(super().get_help(ctx))  # type: ignore[misc]  # it comes before a command of Typer
        from conformance.cli.support.spoken_help import spoken_help  # noqa: PLC0415 - only where help is shown

        return spoken_help(self, ctx)

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - Typer's own
        """Return what the list of commands says of it: its whole first sentence."""
        from conformance.cli.support.spoken_help import first_sentence  # noqa: PLC0415 - as above

        return first_sentence(getattr(self, "help", None) or "")


@contextmanager
def _spoken_faults() -> Iterator[None]:
    """Have usage errors of Typer say what they say in the language of the reader."""
    try:
        yield
    except Exception as fault:
        if hasattr(fault, "format_message") and translates():
            from conformance.cli.support.spoken_help import show_fault  # noqa: PLC0415 - as above

            if hasattr(fault, "show") and not type(fault).__name__.startswith("NoArgs"):
                vars(fault)["show"] = partial(show_fault, fault)
        raise


class PlainCommand(_Spoken, TyperCommand):
    """A command of the command line."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._unread: list[UsageError] = []

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the words of the command line, with what options have that nobody gives; see `option_defaults`."""
        if not _HELP & set(args):
            options = self._options()
            # A misspelt option must not let requests go somewhere else, or faster; what sends none goes on.
            unread = None if not _SENDS.isdisjoint(options) else self._unread
            defaults = option_defaults(args, {**options, LANG: OptionOf(LANG, is_path=False)}, unread)
            use_language_of_workspace(defaults.pop(LANG, None))
            extra.setdefault("default_map", defaults)
            for fault in self._unread:
                say_fault(fault)
        return super().make_context(info_name, args, parent, **extra)

    def _options(self) -> dict[str, OptionOf]:
        return {
            word.removeprefix("--"): OptionOf(
                param.name or "", is_path=param.type_descriptor.annotation in (Path, list[Path])
            )
            for param in self.params
            if isinstance(param, TyperOption)
            for word in param.opts
            if word.startswith("--")
        }

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of the command line; raises Typer's faults, of which none proposes what needs a decision."""
        try:
            return super().parse_args(ctx, args)
        except Exception as fault:
            proposed = getattr(fault, "possibilities", None)
            if proposed:
                vars(fault)["possibilities"] = [name for name in proposed if name not in _NEVER_PROPOSED]
            if isinstance(fault, BadParameter):
                source = next(_sources(ctx, [fault.param]), None)
                if source is not None:
                    raise UsageError(_line_of(fault), where=source.place) from None
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a message about a value that its words do not have says where that is from."""
        try:
            found: object = super().invoke(ctx)
        except ConformanceError as fault:
            name_source(fault, _sources(ctx, self.params))
            raise
        except Exit as end:
            if end.exit_code or not self._unread:
                raise
        if self._unread:
            raise Exit(int(ExitStatus.BAD_INPUT))
        return found

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options and arguments, `--help` included."""
        return list(map(_plain, super().get_params(ctx)))


def _sources(ctx: Any, params: Iterable[object]) -> Iterator[OptionSource]:
    """Yield the values of options that the command line does not have: those of the environment, then of the file."""
    options = [param for param in params if isinstance(param, TyperOption)]
    origins = {param.name: getattr(ctx.get_parameter_source(param.name), "name", "") for param in options}
    for param in options:
        if origins[param.name] == "ENVIRONMENT":
            variable = variable_of(_long_name(param))
            yield OptionSource(_long_name(param), os.environ.get(variable, ""), variable)
    if "DEFAULT_MAP" not in origins.values():
        return
    workspace = find_workspace(Path.cwd(), [])
    for param in options:
        name = _long_name(param)
        if workspace is not None and origins[param.name] == "DEFAULT_MAP" and name in workspace.options:
            yield OptionSource(name, workspace.options[name], workspace.place_of(name))


def _long_name(param: TyperOption) -> str:
    return next((word.removeprefix("--") for word in param.opts if word.startswith("--")), "")


def _line_of(fault: BadParameter) -> str:
    """Return the message of Typer on one line."""
    return " ".join(fault.format_message().split())


class PlainGroup(_Spoken, TyperGroup):
    """A group of commands."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the words of the command line."""
        with _spoken_faults():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that is named."""
        with _spoken_faults():
            return super().invoke(ctx)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its options and arguments, `--help` included."""
        return list(map(_plain, super().get_params(ctx)))


def _plain(param: object) -> TyperParameter:
    """Return a parameter with its plain values read here; all else of it stays as it is."""
    if isinstance(param, TyperOption):
        option = _like(param, PlainOption)
        name = next((word for word in option.opts if word.startswith("--")), "")
        if name and name not in _NOT_FROM_ELSEWHERE and option.envvar is None:
            option.envvar = variable_of(name)
            option.show_envvar = False
        return option
    assert isinstance(param, TyperArgument)  # noqa: S101 - Typer makes no others
    return _like(param, PlainArgument)


def _like(param: _P, kind: type[_P]) -> _P:
    copied = kind.__new__(kind)
    vars(copied).update(vars(param))
    return copied


def _refuse_empty_path(param: TyperParameter, ctx: Any, value: object) -> None:
    """Refuse to write to a path without a character, which would mean the folder that the command is called in."""
    if value == "" and param.name in _WRITTEN:
        raise BadParameter("the path is empty", ctx=ctx, param=param)


def _read(param: TyperParameter, value: object) -> object:
    """Return a plain value as its type, or `_LEFT`."""
    many = param.multiple or param.nargs == -1
    if value is None:
        found: object = () if many else None
    elif many:
        found = _texts(value) if param.type_descriptor.annotation == list[str] else _LEFT
    else:
        found = _LEFT if any(_asked(param, name) for name in _ASKED) else _one(value, param.type_descriptor.annotation)
    # What is missing is Typer's to say.
    return _LEFT if found is not _LEFT and param.required and param.value_is_missing(found) else found


def _texts(value: object) -> object:
    if isinstance(value, (list, tuple)) and all(type(entry) is str for entry in value):
        return list(value)
    return _LEFT


def _one(value: object, kind: object) -> object:
    if type(value) is kind and kind in (str, int, float, bool):
        return value
    if type(value) is not str:
        return _LEFT
    if kind is Path:
        # Typer refuses what is there and cannot be read.
        fits = "\0" not in value and (not os.path.exists(value) or os.access(value, os.R_OK))  # noqa: PTH110 - no Path yet
        return Path(value) if fits else _LEFT
    if kind in _NUMBERS and _NUMBERS[kind].fullmatch(value):
        return int(value) if kind is int else float(value)
    return _LEFT


def _asked(param: TyperParameter, name: str) -> bool:
    return getattr(param.type_descriptor.parameter_info, name, None) not in (None, False)
