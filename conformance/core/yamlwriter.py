"""YAML that reads back as it was written, whatever the texts in it hold.

PyYAML folds what YAML takes for an end of line (NEL, LS and PS among them) where a text is not between double quotes,
so every such text is put there, escaped. The only texts that YAML cannot hold, halves of surrogate pairs, are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from conformance.core.errors import InputError

_ESCAPED: Final = re.compile("[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Control characters, tabs, ends of lines and the byte order mark: readable only as escapes."""
_BLANK_EDGE: Final = re.compile(r"[^\S ]|.*[^\S ]\Z", re.DOTALL)
"""A blank at either end that is no space, which an editor would remove."""
_HALF: Final = re.compile("[\ud800-\udfff]")
_OTHER_NUMBER: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+")
"""What only YAML 1.2 takes for a number; PyYAML puts those of YAML 1.1 between quotes itself."""
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
    return _dump(data, error, flow=True, width=float("inf")).removesuffix("\n").removesuffix("\n...")


def comment_text(text: str) -> str:
    """Return a text so that it stays on the line of its comment."""
    return _ESCAPED.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _dump(data: object, error: type[InputError], *, flow: bool, width: float) -> str:
    class Dumper(yaml.SafeDumper):
        def represent_text(self, text: str) -> yaml.ScalarNode:
            return text_node(text, error)

    Dumper.add_representer(str, Dumper.represent_text)
    text: str = yaml.dump(
        data, Dumper=Dumper, allow_unicode=True, sort_keys=False, default_flow_style=flow, width=width
    )
    return text
