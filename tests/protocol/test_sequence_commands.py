"""The command lines of a sequence give what an answer has to the lines that need it."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from conformance.protocol.sequence_commands import chained


@pytest.mark.parametrize(
    "answer",
    [
        '{"RequestId": "r-by-hand", "ThingId": "th-by-hand"}',
        '{"RequestId":"r-by-hand","ThingId":"th-by-hand"}',
        "<A><RequestId>r-by-hand</RequestId><ThingId>th-by-hand</ThingId></A>",
    ],
)
def test_an_id_is_taken_from_the_answer_that_comes_by_hand(answer: str) -> None:
    lines = [shlex.join(["printf", "%s\\n", answer]), shlex.join(["echo", "a=1&Id=th-in-run&b=2"])]
    shown = chained(lines, {0: {"RequestId": "r-in-the-run", "ThingId": "th-in-run"}, 1: {"Other": "xxxxxxxx"}})
    done = subprocess.run(["sh", "-c", shown], capture_output=True, encoding="utf-8", timeout=20, check=True)
    assert done.stdout == "a=1&Id=th-by-hand&b=2\n"
    assert answer in done.stderr


def test_what_needs_nothing_stays_as_it_is() -> None:
    lines = ["curl 'a?Name=my-name'", "curl 'b?Name=my-name'"]
    assert chained(lines, {0: {"Name": "my-name", "Short": "b", "Odd": "it's; odd"}}) == " && ".join(lines)
    assert chained([], {}) == ""
