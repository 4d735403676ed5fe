"""From the parameters of a case, as its author wrote them, to the names and texts of the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.substitution import substitute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.model import ProviderState


def wire_parameters(params: Mapping[str, object], values: Mapping[str, object]) -> dict[str, str]:
    """Flatten parameters to what travels: `{"Tag": [{"Key": "k"}]}` becomes `{"Tag.1.Key": "k"}`.

    Args:
        params: Text, numbers, booleans, lists, lists of mappings, `{repeat: text, times: n}` for a long text, and
            `{item: value, times: n}` for a long list, in which `${index}` counts from 1.
        values: The value of each `${name}`.

    Returns:
        Wire name to text, in the order of the case file.
    """
    flat: dict[str, str] = {}
    for name, value in params.items():
        text = _plain(value, values) if type(value) is str and "${" not in name else None
        if text is None:
            flat.update(_flatten("", substitute({name: _written_out(value)}, values)))
        else:
            flat[name] = text
    return flat


def _plain(text: str, values: Mapping[str, object]) -> str | None:
    """Return the value of a text that is plain or one whole `${name}`, which nearly every parameter is; else `None`."""
    if "${" not in text:
        return text
    found = values.get(text[2:-1]) if text[:2] == "${" and text[-1] == "}" else None
    return found if type(found) is str else None


def sdk_parameters(params: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    """Return parameters as an SDK takes them: nested, with everything filled in and long texts written out.

    A name of the wire that changes an entry of a list, such as `Tag.2.Key` beside `Tag`, is put into that list; one
    that has no such place stays as it is, because no SDK has a name for it.
    """
    filled = fill_body(params, values)
    nested = {name: value for name, value in filled.items() if "." not in name}
    for name, value in filled.items():
        if "." in name and not _put(nested, name.split("."), value):
            nested[name] = value
    return nested


def _put(holder: object, path: Sequence[str], value: object) -> bool:
    """Set the value at a path below `holder`, whose parents are there; return whether they are."""
    for part in path[:-1]:
        holder = _entry(holder, part)
    last = path[-1]
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list) and last.isdecimal() and 0 < int(last) <= len(holder):
        holder[int(last) - 1] = value
    else:
        return False
    return True


def _entry(holder: object, part: str) -> object:
    if isinstance(holder, list) and part.isdecimal() and 0 < int(part) <= len(holder):
        return holder[int(part) - 1]
    return holder.get(part) if isinstance(holder, dict) else None


def fill_state(state: ProviderState, values: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters of a provider state with the target's values filled in and long texts written out."""
    return fill_body(state.params, values)


def fill_body(body: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    """Return fields with `${...}` filled in, and long texts and lists written out.

    Only what a case file says is written out: what is filled in may come from an answer, and stays as it is.
    """
    return substitute({name: _written_out(value) for name, value in body.items()}, values)


def _written_out(value: object) -> object:
    if isinstance(value, dict):
        if "times" in value:
            return _written_out(_generate(value))
        return {name: _written_out(entry) for name, entry in value.items()}
    return [_written_out(entry) for entry in value] if isinstance(value, list) else value


def _flatten(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _flatten(f"{name}.{key}" if name else key, entry)
    elif isinstance(value, list):
        for index, entry in enumerate(value, start=1):
            yield from _flatten(f"{name}.{index}", entry)
    else:
        yield name, _text(value)


def _generate(value: Mapping[str, object]) -> str | list[object]:
    times = int(str(value["times"]))
    if "repeat" in value:
        return str(value["repeat"]) * times
    return [substitute(value["item"], {"index": str(index)}) for index in range(1, times + 1)]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
