"""How an asynchronous operation ends, from the prose of its usage notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.contract.model import AsyncBehaviour
from conformance.extraction.plain_text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.extraction.page import Text

_ASYNCHRONOUS: Final = re.compile(r"\basynchronous\b|异步", re.IGNORECASE)
_POLL: Final = re.compile(r"(?:call|通过|调用)\s*(?:the\s+)?(?P<name>(?:Describe|Get|List|Query)[A-Za-z0-9]+)")
_STATE: Final = re.compile(
    r"\b(?:in|enters|changes to|is)\s+(?:the\s+)?(?P<plain>[A-Z]\w+)\s+(?:state|status)\b"
    r"|^(?P<head>[A-Z]\w+)\s*(?::\s*|indicates)"
    r"|处于\s*(?P<inside>[A-Za-z]\w+)\s*状态|状态为\s*(?P<named>[A-Za-z]\w+)"
)
_GOING_ON: Final = re.compile(r"\bis (?:still )?being\b|\bsystem is \w+ing\b|\bis \w+ing\b|正在|中[,。]|中$")
_DONE: Final = re.compile(r"\bis (?:\w+ed)\b|\bhas been \w+|\bcomplete\b|完成|成功|已")


def async_behaviour(prose: Iterable[Text]) -> AsyncBehaviour | None:
    """Read the pending state, the final state and the operation that shows them; `None` unless all three are there.

    Args:
        prose: The lines outside the tables, cleaned of markup.
    """
    lines = tuple(prose)
    start = next((index for index, line in enumerate(lines) if _ASYNCHRONOUS.search(line.text)), None)
    if start is None:
        return None
    pending = final = poll = None
    pending_line = None
    for line in lines[start:]:
        named = _POLL.search(line.text)
        poll = poll or (named["name"] if named else None)
        for sentence in sentences(line.text):
            match = _STATE.search(sentence)
            if match is None:
                continue
            state = match[match.lastgroup or 0]
            if pending is None and _GOING_ON.search(sentence):
                pending, pending_line = state, line.line
            elif final is None and state != pending and _DONE.search(sentence):
                final = state
    if pending is None or final is None or poll is None:
        return None
    return AsyncBehaviour(pending, final, poll, pending_line)
