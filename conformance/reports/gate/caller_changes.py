"""What the caller of an SDK saw, in one report against another. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.core.terminal import printable
from conformance.judging.texts.varying_texts import masked
from conformance.reports.formats.text import value_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.judging.report_entries import CallerEntry


_SERVICE_ERROR: Final = "service_error"


class CallerChange(NamedTuple):
    """One thing that a caller sees otherwise.

    Attributes:
        where: `caller.exception`, `caller.fields.Name`.
        text: The change in words, without anything that differs from run to run.
        worse: Whether code written for the first release may fail with the second.
    """

    where: str
    text: str
    worse: bool


def caller_changes(was: CallerEntry | None, now: CallerEntry | None) -> Iterator[CallerChange]:
    """Yield what a caller sees otherwise than before; nothing when either report has no caller.

    Outcome, exception class, code and status are the same in every run, so they are compared as they are; the message
    without ids and numbers; of a request id whether it is there, and its type; of the result its fields. What is there
    now and was not is no harm.
    """
    if was is None or now is None or (was.get("unsupported") and now.get("unsupported")):
        return
    if was.get("outcome") != now.get("outcome"):
        # The other differences are what this one brings along.
        yield CallerChange("caller.outcome", f"outcome: {_outcome(was)} -> {_outcome(now)}", worse=True)
        return
    yield from _exception(was, now)
    yield from _field("code", was.get("code"), now.get("code"))
    yield from _field("status", was.get("status"), now.get("status"))
    yield from _messages(was, now)
    yield from _field("request_id", _kind(was.get("request_id")), _kind(now.get("request_id")))
    before, after = _fields(was), _fields(now)
    for name in (name for name in before if name not in after):
        yield CallerChange(f"caller.fields.{name}", f"the result has no field {printable(name)} any more", worse=True)
    for name in (name for name in after if name not in before):
        yield CallerChange(f"caller.fields.{name}", f"the result has a field {printable(name)} now", worse=False)


def _field(name: str, was: object, now: object) -> Iterator[CallerChange]:
    if json.dumps(was) == json.dumps(now):
        return
    where = f"caller.{name}"
    if was is None:
        yield CallerChange(where, f"{name} is reported now: {_shown(now)}", worse=False)
    elif now is None:
        yield CallerChange(where, f"{name} is no longer reported, was {_shown(was)}", worse=True)
    else:
        yield CallerChange(where, f"{name}: {_shown(was)} -> {_shown(now)}", worse=True)


def _exception(was: CallerEntry, now: CallerEntry) -> Iterator[CallerChange]:
    """Yield that another exception is raised: code that catches the old one catches a subclass of it too."""
    old, new = was.get("exception"), now.get("exception")
    if None not in (old, new) and old != new and old in (now.get("exception_bases") or ()):
        text = f"exception: {_shown(old)} -> {_shown(new)}, which is one of it"
        yield CallerChange("caller.exception", text, worse=False)
    else:
        yield from _field("exception", old, new)


def _messages(was: CallerEntry, now: CallerEntry) -> Iterator[CallerChange]:
    """Yield that another message is reported; how it differs is the same in many cases, the message is not.

    The message of the service may stand in any words of the SDK, and what it says of its own failures nobody promises.
    """
    ids = [each for each in (was.get("request_id"), now.get("request_id")) if isinstance(each, str) and each]
    old, new = _message(was, ids), _message(now, ids)
    own = was.get("outcome") != _SERVICE_ERROR
    if not (isinstance(old, str) and isinstance(new, str)) or old == new:
        yield from _field("message", old, new)
    elif old and old in new:
        yield CallerChange("caller.message", "message: more is said with it than before", worse=False)
    elif new and new in old:
        yield CallerChange("caller.message", "message: only a part of it is left", worse=not own)
    else:
        yield CallerChange("caller.message", f"message: {_shown(old)} -> {_shown(new)}", worse=not own)


def _outcome(caller: CallerEntry) -> str:
    # Without the code, which is another in each case.
    outcome, exception = _shown(caller.get("outcome")), caller.get("exception")
    if unsupported := caller.get("unsupported"):
        return f"{outcome} (it has no way to send {_shown(unsupported['parameter'])})"
    return outcome if exception is None else f"{outcome} ({_shown(exception)})"


def _shown(value: object) -> str:
    return printable(value) if isinstance(value, str) else value_text(value)


def _message(caller: CallerEntry, ids: Sequence[str]) -> object:
    """Return the message without request ids, other ids and numbers.

    An id that one of the two does not report may stand in its message all the same.
    """
    message = caller.get("message")
    if not isinstance(message, str):
        return message
    for each in ids:
        message = message.replace(each, "<uuid>")
    return masked(printable(message), numbers=True)


def _kind(value: object) -> str | None:
    """Return the JSON type of a value; an empty text is no value."""
    if value is None or value == "":
        return None
    return {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}.get(type(value), "object")


def _fields(caller: CallerEntry) -> list[str]:
    fields: object = caller.get("fields")
    return [str(name) for name in fields] if isinstance(fields, (list, dict)) else []
