"""The other names by which a caller catches what an SDK raised: from the driver to the report."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from commands import REPOSITORY, environment

from conformance.core.exchange import SdkCall
from conformance.core.redaction import Redactor
from conformance.judging.exchange_entries import caller_entry
from conformance.sdk.messages import MessageError, answer_of, read_answer

ERROR: Any = {
    "id": 1,
    "outcome": "service_error",
    "status": 400,
    "code": "A",
    "message": "m",
    "request_id": "R",
    "body": None,
    "exception": "core.Narrow",
}
NODE = shutil.which("node")
SCRIPT = """
import { failure } from %s;
class Wide extends Error {}
class Narrow extends Wide {}
const named = Object.assign(new Error('m'), { name: 'QuotaError', code: 'Quota', data: {} });
const seen = { status: 400, owner: { name: 'core', exports: { Narrow } } };
const told = [new Narrow('m'), named, new Error('m'), 'text', null].map((each) => failure(each, seen));
process.stderr.write(JSON.stringify(told.map(({ exception, exception_bases: bases }) => [exception, bases])));
"""


def entry_of(**changed: Any) -> Any:
    line = json.dumps({**ERROR, **changed}).encode()
    call = SdkCall({}, answer_of(read_answer(line, 1, "call")), None, ())
    return caller_entry(call, Redactor({"secret-of-somebody"}))


def test_what_a_driver_reports_stands_in_the_report() -> None:
    found = entry_of(exception_bases=["core.Wide", "Exception: secret-of-somebody"])
    assert found["exception_bases"] == ["core.Wide", "Exception: ***"]
    empty: tuple[list[str] | None, ...] = ([], None)
    for none in empty:
        assert "exception_bases" not in entry_of(exception_bases=none)
    assert "exception_bases" not in entry_of()


def test_what_nothing_was_sent_for_stands_in_the_report() -> None:
    nothing: dict[str, None] = dict.fromkeys(("status", "code", "message", "request_id", "exception"))
    unsupported = {"parameter": "Thing", "why": "unknown"}
    found = entry_of(**nothing, outcome="client_error", unsupported=unsupported)
    assert found["unsupported"] == unsupported
    assert "unsupported" not in entry_of(unsupported=None)


@pytest.mark.parametrize("bases", ["core.Wide", [1], [""], ["x"] * 101])
def test_what_is_no_list_of_names_is_refused(bases: Any) -> None:
    with pytest.raises(MessageError, match="exception_bases"):
        entry_of(exception_bases=bases)


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_what_the_drivers_of_node_report() -> None:
    assert NODE is not None
    protocol = json.dumps(str(REPOSITORY / "drivers" / "shared" / "protocol.mjs"))
    words = [NODE, "--input-type=module", "--eval", SCRIPT % protocol]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=30, check=True, env=environment())
    assert json.loads(done.stderr) == [
        ["core.Narrow", ["Wide", "Error"]],
        ["QuotaError", ["Error"]],
        ["Error", []],
        ["string", ["String"]],
        ["object", []],
    ]
