"""From the parameters of a case, as its author wrote them, to the names and texts of the wire."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from conformance.cases.substitution import substitute
from conformance.contract.encodings import decoded, encoded
from conformance.contract.wire import KEY, folded_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.model import ProviderState
    from conformance.contract.model import Encoding

_NONE: Final[Mapping[str, Encoding]] = MappingProxyType({})


def wire_parameters(
    params: Mapping[str, object], values: Mapping[str, object], encodings: Mapping[str, Encoding] = _NONE
) -> dict[str, str]:
    """Flatten parameters to what travels: `{"Tag": [{"Key": "k"}]}` becomes `{"Tag.1.Key": "k"}`.

    Args:
        params: Text, numbers, booleans, lists, lists of mappings, `{repeat: text, times: n}` for a long text, and
            `{item: value, times: n}` for a long list, in which `${index}` counts from 1.
        values: The value of each `${name}`.
        encodings: By folded path, those that write a list or an object as one text; a text stays as it is.

    Returns:
        Wire name to text, in the order of the case file.
    """
    flat: dict[str, str] = {}
    for name, value in params.items():
        text = value
        if type(value) is str and "${" in value:
            # Nearly every parameter with a `${name}` is just that, and stands for a text.
            text = values.get(_between_braces(value))
        if type(text) is str and "${" not in name:
            flat[name] = text
        else:
            flat.update(_flatten(substitute({name: _written_out(value)}, values), encodings))
    return flat


@lru_cache(maxsize=1_000)
def _between_braces(text: str) -> str:
    """Return the name in a text that begins with `${` and ends with `}`; empty for any other, as no name is."""
    return text[2:-1] if text[:2] == "${" and text[-1] == "}" else ""


def sdk_parameters(
    params: Mapping[str, object], values: Mapping[str, object], encodings: Mapping[str, Encoding] = _NONE
) -> dict[str, object]:
    """Return parameters as an SDK takes them: nested, with everything filled in and long texts written out.

    Args:
        params: As for `wire_parameters`.
        values: The value of each `${name}`.
        encodings: By folded path, those of the lists and objects that an SDK's caller has to write as a text.

    A name of the wire that changes an entry of a list, such as `Tag.2.Key` beside `Tag`, is put into that list; one
    that has no such place stays as it is, because no SDK has a name for it.
    """
    filled = {name: _as_texts(value, folded_path(name), encodings) for name, value in fill_body(params, values).items()}
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


def _as_texts(value: object, path: str, encodings: Mapping[str, Encoding]) -> object:
    """Return a value in which each list or object that has an encoding is the text of it."""
    if not encodings or not isinstance(value, dict | list):
        return value
    if path in encodings:
        return encoded(value, encodings[path])
    if isinstance(value, dict):
        return {key: _as_texts(entry, f"{path}.{key}", encodings) for key, entry in value.items()}
    return [_as_texts(entry, f"{path}[]", encodings) for entry in value]


def mentioned_paths(params: Mapping[str, object], encodings: Mapping[str, Encoding] = _NONE) -> Iterator[str]:
    """Yield the folded path of everything in parameters as a case file has them: `Tag`, `Tag[]`, `Tag[].Key`.

    Args:
        params: The parameters, not yet written out.
        encodings: By folded path, those of the parameters whose text is read, too.
    """
    for name, value in params.items():
        yield from _mentioned(name, value, encodings)


def _mentioned(path: str, value: object, encodings: Mapping[str, Encoding]) -> Iterator[str]:
    yield path
    if isinstance(value, str) and path in encodings:
        value = decoded(value, encodings[path])
    if isinstance(value, dict) and "times" in value:
        value = [value["item"]] if "item" in value else value["repeat"]
    if isinstance(value, list):
        for entry in value:
            yield from _mentioned(f"{path}[]", entry, encodings)
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _mentioned(f"{path}.{key}", entry, encodings)
            yield f"{path}.{KEY}"


def _flatten(params: Mapping[str, object], encodings: Mapping[str, Encoding]) -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        yield from _flat(name, _as_texts(value, folded_path(name), encodings))


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _flat(f"{name}.{key}", entry)
    elif isinstance(value, list):
        for index, entry in enumerate(value, start=1):
            yield from _flat(f"{name}.{index}", entry)
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
