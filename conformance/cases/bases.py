"""The valid requests of an operation that cases start from, and how what they create is deleted (`base.yaml`)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.model import Cleanup, Find, ProviderState
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.wording import near
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from conformance.cases.raw import RawCleanup, RawState
    from conformance.cases.state_catalogue import StateKind
    from conformance.core.yamlfile import KeyPath


_VALUES: Final = frozenset({"set", "extra", "parameters", "given", "body"})
"""The fields of case files whose values are sent or expected."""


class Base(Struct, frozen=True):
    """A valid request that cases start from."""

    name: str
    given: tuple[ProviderState, ...]
    parameters: Mapping[str, object]


def changed_names(base: Base, params: Mapping[str, object], extra: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names of what a request leaves out of a base, has otherwise, or sends beside it.

    Args:
        base: The valid request.
        params: The parameters of the other request, as a case file has them.
        extra: The names of parameters beside those.
    """
    differs = [name for name, value in base.parameters.items() if name not in params or params[name] != value]
    return (*differs, *(name for name in params if name not in base.parameters), *extra)


def holds_values(at: KeyPath) -> bool:
    """Whether what is at a place of a case file is sent, or expected in an answer, as it is written."""
    return not _VALUES.isdisjoint(at)


def _refuse_null(file: YamlFile, sent: object, at: KeyPath) -> None:
    """Raise `CaseError` for a parameter without a value: there is no way to send null."""
    if isinstance(sent, dict | list):
        for name, value in sent.items() if isinstance(sent, dict) else enumerate(sent):
            _refuse_null(file, value, (*at, name))
    elif sent is None:
        raise file.fault("null cannot be sent", at, hint="write '' for an empty value, or leave it out")


def load_bases(path: Path, states: Mapping[str, StateKind]) -> tuple[dict[str, Base], Cleanup | None]:
    """Read the valid requests of one operation, and its `cleanup`; raises `CaseError` when the file is wrong."""
    file = YamlFile.read(path, CaseError)
    file.refuse_changed(holds_values)
    file.require_json()
    file.validate(_base_schema())
    bases: dict[str, Base] = {}
    for name, entry in file.data["bases"].items():
        given = read_given(file, entry.get("given", ()), ("bases", name, "given"), states)
        _refuse_null(file, entry["parameters"], ("bases", name, "parameters"))
        bases[name] = Base(name, given, dict(entry["parameters"]))
    cleanup = file.data.get("cleanup")
    return bases, _cleanup(cleanup) if cleanup else None


@cache
def _base_schema() -> Schema:
    return Schema.read(cases_dir() / "base.schema.json")


def _cleanup(raw: RawCleanup) -> Cleanup:
    find = raw.get("find")
    return Cleanup(
        raw["operation"],
        dict(raw["set"]),
        Find(find["operation"], dict(find["set"]), find["items"], find.get("page", "")) if find else None,
        _marks(raw.get("mark", [])),
    )


def _marks(raw: str | list[str]) -> tuple[str, ...]:
    return (raw,) if isinstance(raw, str) else tuple(raw)


def read_given(
    file: YamlFile, entries: Sequence[RawState], at: KeyPath, states: Mapping[str, StateKind]
) -> tuple[ProviderState, ...]:
    """Read a list of provider states; raises `CaseError` for one that there is not, or with wrong parameters."""
    found = []
    for index, entry in enumerate(entries):
        given: tuple[str, dict[str, object]] = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        name, params = given
        if name not in states:
            raise file.fault(f"unknown provider state {name!r}", (*at, index), hint=near(name, states))
        wrong = states[name].fault(params)
        if wrong:
            raise file.fault(wrong, (*at, index))
        found.append(ProviderState(name, params))
    return tuple(found)
