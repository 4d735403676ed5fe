"""The catalogue of provider states: which names a case may give, with which parameters (`cases/states.yaml`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.errors import CaseError
from conformance.core.wording import near, shorten
from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KINDS: Final[dict[str, type | tuple[type, ...]]] = {"text": str, "number": (int, float), "list": list}

ParameterKind = str | list[str]
"""What a parameter may be: a word of `_KINDS`, or the values allowed."""


class StateKind(Struct, frozen=True):
    """One provider state that a server can be put in.

    Attributes:
        name: The wire name, e.g. `resource.exists`.
        meaning: What then holds.
        params: Required parameters: name to `text`, `number`, `list`, or the values allowed.
        optional: The same for parameters that may be left out.
    """

    name: str
    meaning: str
    params: Mapping[str, ParameterKind]
    optional: Mapping[str, ParameterKind]

    def fault(self, params: Mapping[str, object]) -> str | None:
        """Return what is wrong with the parameters that a case gives, or `None`."""
        known = {**self.params, **self.optional}
        for name in params:
            if name not in known:
                return f"state {self.name} has no parameter {name!r} ({near(name, known)})"
        for name in self.params:
            if name not in params:
                return f"state {self.name} needs the parameter {name!r}"
        for name, value in params.items():
            kind = known[name]
            if isinstance(kind, list):
                if value not in kind:
                    return f"state {self.name}: {name} is {value!r}, one of {', '.join(kind)} is right"
            elif kind == "text" and isinstance(value, dict) and "repeat" in value:
                continue  # a long text, written short
            elif not isinstance(value, _KINDS[kind]):
                return f"state {self.name}: {name} must be a {kind}"
        return None


def load_states(path: Path) -> dict[str, StateKind]:
    """Read the catalogue; raises `CaseError` when the file is wrong."""
    file = YamlFile.read(path, CaseError)
    file.require_json()
    try:
        return {
            name: StateKind(name, _text(entry["meaning"]), _params(entry["params"]), _params(entry.get("optional")))
            for name, entry in file.data["states"].items()
        }
    except (LookupError, TypeError, ValueError, AttributeError) as fault:
        raise file.fault(
            f"is not a list of provider states: {fault}", hint="each state has a meaning and params"
        ) from None


def _text(meaning: object) -> str:
    if not isinstance(meaning, str):
        raise TypeError(f"the meaning {shorten(repr(meaning))} is no text")
    return meaning


def _params(entries: dict[str, ParameterKind] | None) -> dict[str, ParameterKind]:
    """Check parameters of a state: each is a kind of value, or the list of the values allowed."""
    for name, kind in (entries or {}).items():
        if not (isinstance(kind, str) and kind in _KINDS) and not (
            isinstance(kind, list) and all(isinstance(value, str) for value in kind)
        ):
            raise TypeError(f"{name} is {shorten(repr(kind))}, neither {', '.join(_KINDS)} nor a list of texts")
    return entries or {}
