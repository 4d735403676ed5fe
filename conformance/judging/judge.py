"""Judging: one answer against the answers that a document allows. Pure: no network, no clock, no environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conformance.judging.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.promises import Answer, Field
    from conformance.contract.languages import Language
    from conformance.judging.results import Verdict
    from conformance.protocol.answer import Answered

MEDIA_TYPES: Final = {"JSON": ("application/json",), "XML": ("text/xml", "application/xml")}
_JSON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}

_NOTHING: Final = ("", None)


def envelope(answered: Answered, asked_format: str, *, request_id_seen: bool) -> Iterator[Finding]:
    """Yield what is wrong with the shape of any answer, whatever the case expects.

    Every answer has a RequestId, never the same twice; says in `Content-Type` what its body is, and is in the format
    asked for; an error has a code and a message and is never sent with a status of success.

    Args:
        answered: The answer.
        asked_format: What the `Format` parameter asked for.
        request_id_seen: Whether an earlier answer of the run had the same RequestId.
    """
    if answered.format != asked_format:
        yield Finding("response.format", (asked_format,), answered.format)
    elif answered.media_type not in MEDIA_TYPES[answered.format]:
        yield Finding("response.headers.Content-Type", MEDIA_TYPES[answered.format], answered.media_type or None)
    request_id = answered.body.get("RequestId")
    if not isinstance(request_id, str) or not request_id:
        yield Finding("response.body.RequestId", ("a text that is not empty",), request_id)
    elif request_id_seen:
        yield Finding("response.body.RequestId", ("a text never used before",), request_id)
    failed = not 200 <= answered.status < 300  # noqa: PLR2004 - RFC 9110: 2xx is success
    if answered.code is not None:
        yield from _error_envelope(answered, failed=failed)
    elif failed:
        yield Finding("response.body.Code", ("an error code",), None)


def _error_envelope(answered: Answered, *, failed: bool) -> Iterator[Finding]:
    if not failed:
        yield Finding("response.status", ("a status of failure beside an error code",), answered.status)
    for name in ("Code", "Message"):
        value = answered.body.get(name)
        if not isinstance(value, str) or not value:
            yield Finding(f"response.body.{name}", ("a text that is not empty",), value)
    if str(answered.body.get("Success")).lower() == "true":
        yield Finding("response.body.Success", (None, "false"), answered.body["Success"])


def judge(
    answered: Answered, answers: Sequence[Answer], sent: Mapping[str, str]
) -> tuple[list[Finding], Answer | None]:
    """Compare an answer with those that one document allows.

    Args:
        answered: The answer.
        answers: The answers allowed; any of them conforms.
        sent: The parameters sent, flat: a field of the answer that bears a parameter's name gives its value back.

    Returns:
        What differs, and the allowed answer that was compared (`None` when none has the observed code).
    """
    row = (answered.status, answered.code, answered.body.get("Message"))
    for answer in answers:
        if answer.row == row and not answer.body:
            return [], answer  # the very row of the document: there is nothing more to compare
    same = [answer for answer in answers if answer.code == answered.code]
    if not same:
        line = answers[0].line
        codes = _unique(answer.code for answer in answers)
        findings = [Finding("response.body.Code", codes, answered.code, line)]
        statuses = _unique(answer.status for answer in answers)
        if answered.status not in statuses:
            findings.append(Finding("response.status", statuses, answered.status, line))
        return findings, None
    judged = [(list(_compare(answered, answer, same, sent)), answer) for answer in same]
    return min(judged, key=lambda pair: len(pair[0]))


def _compare(answered: Answered, answer: Answer, same: Sequence[Answer], sent: Mapping[str, str]) -> Iterator[Finding]:
    if answered.status != answer.status:
        yield Finding("response.status", _unique(other.status for other in same), answered.status, answer.line)
    if answer.message is not None and answered.body.get("Message") != answer.message:
        messages = _unique(other.message for other in same)
        yield Finding("response.body.Message", messages, answered.body.get("Message"), answer.line)
    if answer.code is None:
        for field in answer.fields:
            yield from _judge_field(answered, field, sent)
    if answer.body:
        for finding in differences(answer.body, answered.body, "response.body"):
            yield finding.at(answer.line)


def _judge_field(answered: Answered, field: Field, sent: Mapping[str, str]) -> Iterator[Finding]:
    where = f"response.body.{field.name}"
    value = answered.body.get(field.name)
    if value in _NOTHING:
        # What gives a parameter back has nothing to give when that was not sent, or was empty.
        if not field.echoes or sent.get(field.name):
            yield Finding(where, ("a value",), value, field.line)
        return
    allowed = _JSON_TYPES.get(field.type or "")
    if answered.format == "JSON" and allowed and (not isinstance(value, allowed) or _is_odd_bool(value, field)):
        yield Finding(where, (f"of type {field.type}",), value, field.line)
    elif field.echoes and field.name in sent and value != sent[field.name]:
        yield Finding(where, (sent[field.name],), value, field.line)
    elif field.name == "Success" and value != "true":
        yield Finding(where, ("true",), value, field.line)


def _is_odd_bool(value: Any, field: Field) -> bool:
    """Python counts `True` as an integer; JSON does not."""
    return isinstance(value, bool) and field.type != "boolean"


def differences(expected: Any, observed: Any, where: str) -> Iterator[Finding]:
    """Yield where `observed` lacks what `expected` asks for.

    Mappings are subsets; lists have the same length and are compared by position, or with `{any_order: [...]}` in any
    order; `{not: value}` asks for another value; `None` asks that the field is not there. Scalars are compared as text,
    because XML has nothing else.
    """
    if isinstance(expected, dict) and expected.keys() == {"not"}:
        if not list(differences(expected["not"], observed, where)):
            yield Finding(where, (f"another value than {_text(expected['not'])}",), observed)
    elif isinstance(expected, dict) and expected.keys() == {"any_order"}:
        yield from _in_any_order(expected["any_order"], observed, where)
    elif isinstance(expected, dict):
        yield from _object_differences(expected, {} if observed in _NOTHING else observed, where)
    elif isinstance(expected, list):
        yield from _in_order(expected, observed, where)
    elif expected is None:
        if observed not in _NOTHING:
            yield Finding(where, (None,), observed)
    elif isinstance(observed, (dict, list)) or observed is None or _text(expected) != _text(observed):
        yield Finding(where, (expected,), observed)


def _items(observed: Any) -> list[Any]:
    # XML cannot tell an empty list from an empty text, nor a list of one from its only element.
    if observed in _NOTHING:
        return []
    return observed if isinstance(observed, list) else [observed]


def _in_order(expected: Sequence[Any], observed: Any, where: str) -> Iterator[Finding]:
    items = _items(observed)
    if len(items) != len(expected):
        yield Finding(f"{where}.length", (len(expected),), len(items))
        return
    for index, value in enumerate(expected):
        yield from differences(value, items[index], f"{where}[{index}]")


def _in_any_order(expected: Sequence[Any], observed: Any, where: str) -> Iterator[Finding]:
    items = _items(observed)
    fitting = [
        [place for place, item in enumerate(items) if not list(differences(value, item, where))] for value in expected
    ]
    taken: dict[int, int] = {}
    for index, value in enumerate(expected):
        if not _find_place(index, fitting, taken, set()):
            yield Finding(where, (value,), observed)
            return
    left = [item for place, item in enumerate(items) if place not in taken]
    if left:
        yield Finding(where, ("nothing more",), left)


def _find_place(index: int, fitting: Sequence[Sequence[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Give the expected value `index` a place that fits, moving others that fit elsewhere (bipartite matching)."""
    for place in fitting[index]:
        if place not in tried:
            tried.add(place)
            if place not in taken or _find_place(taken[place], fitting, taken, tried):
                taken[place] = index
                return True
    return False


def _object_differences(
    expected: dict[str, Any],
    observed: Any,
    where: str,
) -> Iterator[Finding]:
    if not isinstance(observed, dict):
        yield Finding(where, ("an object",), observed)
        return
    for name, value in expected.items():
        yield from differences(value, observed.get(name), f"{where}.{name}")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unique(values: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


def overall(verdicts: Mapping[Language, Verdict]) -> tuple[Verdict, tuple[Language, ...]]:
    """Return the verdict of a case and, when it is divergent, the documents that the server follows.

    A server that does what one document says and not what the other says is divergent; a document that says nothing
    decides nothing.
    """
    if set(verdicts.values()) == {"pass"}:
        return "pass", ()  # as in most cases
    for whole in ("error", "not_run"):
        if whole in verdicts.values():
            return whole, ()
    passing = tuple(language for language, verdict in verdicts.items() if verdict == "pass")
    failing = tuple(language for language, verdict in verdicts.items() if verdict == "mismatch")
    if passing and failing:
        return "divergent", passing
    if failing:
        return "mismatch", ()
    return ("pass", ()) if passing else ("not_applicable", ())
