"""Command lines of a sequence: what an answer gives, such as the id of what was created, goes to the next line. Pure.

By hand a server makes another id than in the run, so the lines must not have that of the run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SHORTEST: Final = 6
"""Characters of a value that is looked for in later lines; a shorter one may stand there by chance."""
_PLAIN: Final = lazy_pattern(r"[A-Za-z0-9_.-]+")


def chained(lines: Sequence[str], answers: Mapping[int, object]) -> str:
    """Return lines of a shell as one, each given what it needs of the answers to those before.

    Args:
        lines: The lines, in their order; their words are in single quotes where they have to be.
        answers: The bodies of the answers, by the places of their lines.
    """
    shown = list(lines)
    for place, body in sorted(answers.items()):
        for number, (name, value) in enumerate(_texts(body)):
            if value in lines[place] or not any(value in line for line in lines[place + 1 :]):
                continue
            variable = f"id{place}_{number}"
            # Both forms of an answer: "Name":"value" and <Name>value.
            pattern = rf's/.*{re.escape(name)}"*[:>] *"*\([A-Za-z0-9_.-]\{{1,\}}\).*/\1/p'
            shown[place] = f"{variable}=$({shown[place]} | tee /dev/stderr | sed -n '{pattern}' | head -n 1)"
            shown[place + 1 :] = [line.replace(value, f"'\"${variable}\"'") for line in shown[place + 1 :]]
            break
    return " && ".join(shown)


def _texts(body: object) -> Iterator[tuple[str, str]]:
    """Yield the texts of a body that can stand in a line as they are, each with the name of its field."""
    for name, value in body.items() if isinstance(body, dict) else ():
        if isinstance(value, str) and len(value) >= _SHORTEST and _PLAIN.fullmatch(value) and _PLAIN.fullmatch(name):
            yield name, value
        elif isinstance(value, list):
            for entry in value:
                yield from _texts(entry)
        else:
            yield from _texts(value)
