"""The file of `conformance mock --states`: the provider states that hold when the server starts, and after a reset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.core.errors import CaseError
from conformance.core.yamlfile import YamlFile
from conformance.server.provider_states import StateCallError, check_code, provider_states, read_setting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.server.provider_states import Setting

_HINT: Final = "write a list of states, each with state and params as in a provider-state call"
_FIELDS: Final = frozenset({"state", "params"})


def read_start_states(path: Path, has_code: Callable[[str, str], bool]) -> tuple[Setting, ...]:
    """Return the states of a file, YAML or JSON: a list of `{state, params}`.

    Args:
        path: The file. A state without `access_key_id` among its params holds for every account.
        has_code: Tells whether a document that the server follows has an error code.

    Raises:
        CaseError: When the file is wrong, with line and column.
    """
    file = YamlFile.read(path, CaseError)
    file.require_json()
    if not isinstance(file.data, list):
        raise file.fault("is no list", hint=_HINT)
    return tuple(_setting(file, index, entry, has_code) for index, entry in enumerate(file.data))


def _setting(file: YamlFile, index: int, entry: object, has_code: Callable[[str, str], bool]) -> Setting:
    if not isinstance(entry, dict) or "state" not in entry:
        raise file.fault("is no state", (index,), hint=_HINT)
    unknown = sorted(entry.keys() - _FIELDS)
    if unknown:
        raise file.fault(f"a state has no field {unknown[0]!r}", (index, unknown[0]), hint=_HINT, key=True)
    # What is wrong with a state that there is, is among its params.
    of_params = "params" in entry and entry["state"] in [*provider_states()]
    try:
        setting = read_setting(entry["state"], entry.get("params"))
    except StateCallError as fault:
        raise file.fault(str(fault), (index, "params" if of_params else "state")) from None
    try:
        check_code(setting, has_code)
    except StateCallError as fault:
        raise file.fault(str(fault), (index, "state")) from None
    return setting
