"""YAML that reads back as it was written, whatever the texts in it hold.

PyYAML folds what YAML takes for an end of line (NEL, LS and PS among them) where a text is not between double quotes,
so every such text is put there, escaped. The only texts that YAML cannot hold, halves of surrogate pairs, are refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import yaml

from conformance.core.errors import InputError

_ESCAPED: Final = re.compile("[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Control characters, tabs, ends of lines and the byte order mark: readable only as escapes."""
_BLANK_EDGE: Final = re.compile(r"[^\S ]|.*[^\S ]\Z", re.DOTALL)
"""A blank at either end that is no space, which an editor would remove."""
_HALF: Final = re.compile("[\ud800-\udfff]")
_OTHER_NUMBER: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+")
"""What only YAML 1.2 takes for a number; PyYAML puts those of YAML 1.1 between quotes itself."""
_SIMPLE: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./ -]{0,98}[A-Za-z0-9_./-])?")
"""What needs no quotes anywhere, but for the words that are no texts; keys that are longer are written otherwise."""
_WORDS: Final = frozenset({"yes", "no", "true", "false", "on", "off", "null", "y", "n"})
_DUMPERS: Final[dict[type[InputError], type[yaml.SafeDumper]]] = {}
_STRING: Final = "tag:yaml.org,2002:str"


def text_node(text: str, error: type[InputError]) -> yaml.ScalarNode:
    """Return the node of a text, quoted so that it stays this text.

    Raises:
        InputError: As `error`, for a text that holds half of a surrogate pair.
    """
    if _HALF.search(text):
        raise error(f"{text!r} holds half of a surrogate pair, which is no text", hint="remove the character")
    if _ESCAPED.search(text) or _BLANK_EDGE.match(text):
        return yaml.ScalarNode(_STRING, text, style='"')
    return yaml.ScalarNode(_STRING, text, style="'" if _OTHER_NUMBER.fullmatch(text) else None)


def dump_block(data: object, error: type[InputError], *, width: int) -> str:
    """Return data as the lines of a YAML file, keys in their order.

    Args:
        data: JSON data.
        error: The exception for a text that YAML cannot hold.
        width: The length at which lines are folded, where that changes no text.

    Raises:
        InputError: As `error`, for a text that holds half of a surrogate pair.
    """
    return _dump(data, error, flow=False, width=width)


def dump_line(data: object, error: type[InputError]) -> str:
    """Return data as YAML on one line, without its end; raises like `dump_block`."""
    if isinstance(data, str):
        return _line_of_text(data) if _HALF.search(data) is None else _on_one_line(data, error)
    return _line(data) or _on_one_line(data, error)


def _on_one_line(data: object, error: type[InputError] = InputError) -> str:
    return _dump(data, error, flow=True, width=float("inf")).removesuffix("\n").removesuffix("\n...")


def _line(data: object) -> str | None:
    """Return what PyYAML writes for a value inside data on one line; `None` for what is rare.

    A file of cases has thousands of such lines, and PyYAML takes longer for each than for all that leads to it.
    """
    if isinstance(data, str):
        return _item_of_text(data) if _HALF.search(data) is None else None
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int):
        return str(data)
    if isinstance(data, list):
        items = [_line(item) for item in data]
        return None if None in items else f"[{', '.join(map(str, items))}]"
    if isinstance(data, dict):
        pairs = [(name, _line(value)) for name, value in data.items()]
        if all(isinstance(name, str) and _is_simple(name) and value is not None for name, value in pairs):
            return "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"
    return None


def _is_simple(text: str) -> bool:
    return _SIMPLE.fullmatch(text) is not None and text.lower() not in _WORDS


@lru_cache(maxsize=16_384)
def _line_of_text(text: str) -> str:
    return text if _is_simple(text) else _on_one_line(text)


@lru_cache(maxsize=16_384)
def _item_of_text(text: str) -> str:
    return text if _is_simple(text) else _on_one_line([text]).removeprefix("[").removesuffix("]")


def comment_text(text: str) -> str:
    """Return a text so that it stays on the line of its comment."""
    return _ESCAPED.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _dump(data: object, error: type[InputError], *, flow: bool, width: float) -> str:
    text: str = yaml.dump(
        data, Dumper=_dumper(error), allow_unicode=True, sort_keys=False, default_flow_style=flow, width=width
    )
    return text


def _dumper(error: type[InputError]) -> type[yaml.SafeDumper]:
    """Return the class that raises `error`: it is made once."""
    if error in _DUMPERS:
        return _DUMPERS[error]

    class Dumper(yaml.SafeDumper):
        def represent_text(self, text: str) -> yaml.ScalarNode:
            return text_node(text, error)

    Dumper.add_representer(str, Dumper.represent_text)
    _DUMPERS[error] = Dumper
    return Dumper
