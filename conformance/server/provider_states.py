"""The provider-state call (docs/provider-states.md): which states there are, and whether a call names one rightly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from conformance.cases.suite import load_all_states
from conformance.core.resources import case_dirs
from conformance.core.wording import near

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cases.state_catalogue import StateKind

ParamValue: TypeAlias = "str | int | float | tuple[str, ...]"
Params: TypeAlias = Mapping[str, ParamValue]

EVERY_ACCOUNT: Final = ""
"""The name of the account whose states hold for all: a state that was set without an `access_key_id`."""


class StateCallError(ValueError):
    """A provider-state call that cannot be carried out; its text is the answer."""


class Setting(Struct, frozen=True):
    """One state of one account.

    Attributes:
        access_key_id: The account; `EVERY_ACCOUNT` for all.
        state: The name of the state.
        params: Its parameters.
        key: What tells this setting from others of the same state: every required parameter that is no number.
    """

    access_key_id: str
    state: str
    params: Params
    key: tuple[ParamValue, ...]

    @property
    def digest(self) -> str:
        """Hexadecimal digits that are the same for the same setting, for the id of what comes with the state."""
        return sha256(repr((self.state, self.key)).encode()).hexdigest()


@cache
def provider_states() -> Mapping[str, StateKind]:
    """Return every provider state by name, as the cases' catalogue lists them.

    Raises:
        CaseError: When the catalogue cannot be read.
    """
    return load_all_states(case_dirs()[0])


def read_setting(state: object, params: object) -> Setting:
    """Condition what a provider-state call names.

    Args:
        state: Its `state`, whatever was sent.
        params: Its `params`, whatever was sent; none at all is none.

    Raises:
        StateCallError: For an unknown state, or parameters that it does not have or has in another type.
    """
    kinds = provider_states()
    kind = kinds.get(state) if isinstance(state, str) else None
    if kind is None:
        raise StateCallError(f"there is no state {state!r} ({near(str(state), kinds)})")
    given = {} if params is None else params
    if not isinstance(given, Mapping):
        raise StateCallError(f"the params of {kind.name} must be an object")
    rest = {str(name): value for name, value in given.items() if value is not None}
    access_key_id = rest.pop("access_key_id", EVERY_ACCOUNT)
    if not isinstance(access_key_id, str):
        raise StateCallError("access_key_id must be a text")
    fault = kind.fault(rest)
    if fault is not None:
        raise StateCallError(fault)
    read = {name: _value(kind.name, name, value) for name, value in rest.items()}
    return Setting(
        access_key_id, kind.name, read, tuple(read[name] for name, of in kind.params.items() if of != "number")
    )


def check_code(setting: Setting, has_code: Callable[[str, str], bool]) -> None:
    """Raise `StateCallError` when a state names an error code that no document that the server follows has.

    Args:
        setting: The state.
        has_code: Tells whether the documents of an operation, of any where it is empty, have a code.
    """
    code, operation = setting.params.get("code"), setting.params.get("operation", "")
    if isinstance(code, str) and not has_code(code, str(operation)):
        raise StateCallError(f"the documents that the server follows have no code {code!r}")


def _value(state: str, name: str, value: object) -> ParamValue:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    raise StateCallError(f"state {state}: {name} cannot be {value!r}")
