"""How fast secrets are removed, in MB a second: `uv run python benchmarks/redaction.py`.

Each text has four million characters: an ordinary answer, and what a hostile server may send to make the work long.
"""

from __future__ import annotations

import base64
import json
import random
import string
import time
from typing import Final

from conformance.core.redaction import Redactor

_SIZE: Final = 4_000_000
_RUNS: Final = 3
_RANDOM: Final = random.Random(20160428)  # noqa: S311 - the same texts each time


def _shown(size: int) -> str:
    return "".join(_RANDOM.choices(string.ascii_letters + string.digits, k=size))


def _texts(secret: str) -> dict[str, str]:
    ordinary = json.dumps({"RequestId": _shown(36), "Code": "ParameterInvalid", "Message": "The parameter is invalid."})
    encoded = base64.b64encode(f"{secret} ".encode()).decode()
    pieces = (secret[number % 20 : number % 20 + 9] for number in range(_SIZE // 10))
    return {
        "ordinary answers, one after another": ordinary,
        "random letters and digits": _shown(_SIZE),
        "base64 of text": base64.b64encode(b"hello, world. ").decode(),
        "hexadecimal of text": b"hello, world. ".hex(),
        "percent escapes": "%68%65%6C%6C%6F",
        "backslashes": "\\",
        "HTML entities": "&#104;&amp;&lt;",
        "elements without end": "<a",
        "pieces of the secret": "-".join(pieces),
        "the secret": f"{secret} ",
        "the secret in base64": f"{encoded} ",
    }


def main() -> None:
    """Print a line for each text."""
    secret = _shown(30)
    for name, text in _texts(secret).items():
        whole = (text * (_SIZE // len(text) + 1))[:_SIZE]
        redactor = Redactor([secret, _shown(24), _shown(60)])
        seconds = min(_timed(redactor, whole) for _ in range(_RUNS))
        print(f"{name}: {_SIZE / 1e6 / seconds:.1f} MB/s")


def _timed(redactor: Redactor, text: str) -> float:
    started = time.process_time()
    redactor.text(text)
    return time.process_time() - started


if __name__ == "__main__":
    main()
