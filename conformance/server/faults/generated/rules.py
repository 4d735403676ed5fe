"""Faults of what a contract states about parameters: limits moved, values added or missing, requirements.

A limit is moved by one to both sides: then a server takes the first value that it should refuse, or refuses the last
that it should take. What is stated otherwise is not looked at.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.meanings.rows import ALSO_OF_RULES, answering_rows, meant_rows
from conformance.cases.scaffold.rules import slug
from conformance.cases.scaffold.values import broken_facts, pair
from conformance.contract.wire import SYSTEM_PARAMETERS, wire_text
from conformance.server.checks import Check
from conformance.server.documents import with_facts
from conformance.server.faults.generated.fault import Flaw
from conformance.server.faults.mutations import Mutation, NotThere, answering, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.contract.model import Contract, FactValue, Parameter
    from conformance.server.attempt import Attempt
    from conformance.server.faults.generated.fault import Subject
    from conformance.server.server_plan import ServerPlan

_LAX: Final[Mapping[str, int]] = {"minLength": -1, "maxLength": 1, "minimum": -1, "maximum": 1, "maxItems": 1}
"""By how much a limit moves until it takes one value more."""
_UNDOCUMENTED: Final = "Fault.NotDocumented"
_KINDS: Final = {"required": "missing"}
"""By fact, the kind of error rows that speak of it; `malformed` of all others."""


def flaws_of_rules(subject: Subject) -> Iterator[Flaw]:
    """Yield what a server can do wrong with the parameters of an operation."""
    followed = subject.plan.followed
    checks = {check.id for check in subject.plan.checks.get(subject.operation.name, ())}
    for row in followed.parameters:
        if not row.path or row.path.partition(".")[0] in SYSTEM_PARAMETERS:
            continue
        names = dict.fromkeys(name for parameter, name, _ in followed.constraints() if parameter.path == row.path)
        for name in names:
            if _check_id(row.path, name) in checks:
                yield from _flaws_of(subject, row, name)
        for name in dict.fromkeys(each.name for each in row.conditional if each.name not in names):
            yield _conditional(row, name)
        if not names.keys() & {"required"} and _may_be_left_out(row):
            yield _requirement_added(subject, row)


def _check_id(path: str, name: str) -> str:
    return f"required.{path}" if name == "required" else f"constraint.{path}.{name}"


def _flaws_of(subject: Subject, row: Parameter, name: str) -> Iterator[Flaw]:
    place = f"{row.path}.{name}"
    check = _check_id(row.path, name)
    base, facts = slug(row.path) + "-" + slug(name), (place,)
    hidden = _hidden(row, name)
    what = f"{row.path} is not required" if name == "required" else f"{name} of {row.path} is not looked at"
    yield Flaw(f"{base}-ignored", "requirement" if name == "required" else "rule", what, without(check), hidden, facts)
    if name in _LAX:
        lax, strict = _LAX[name], -_LAX[name]
        yield Flaw(
            f"{base}-one-further",
            "limit",
            f"{name} of {row.path} is off by one: too much is taken",
            _moved(row.path, name, lax),
            hidden,
            facts,
        )
        yield Flaw(
            f"{base}-one-short",
            "limit",
            f"{name} of {row.path} is off by one: too much is refused",
            _moved(row.path, name, strict),
            "",
            facts,
        )
    values = row.fact(name).value
    if name == "enum" and isinstance(values, tuple) and len(values) > 1:
        for word, value in {"first": values[0], "last": values[-1]}.items():
            yield Flaw(
                f"{base}-without-{word}",
                "enum",
                f"{wire_text(value)} is refused as {row.path}",
                _changed(row.path, name, partial(_without, value)),
                "",
                facts,
            )
    yield Flaw(
        f"{base}-other-code",
        "code",
        f"what breaks {name} of {row.path} is answered with a code of no document",
        answering(check, lambda row: replace(row, code=_UNDOCUMENTED)),
        _codeless(subject, row.path, name) or hidden,
        facts,
    )


def _hidden(row: Parameter, name: str) -> str:
    """Return why a rule that is not looked at cannot be seen: other rules refuse whatever breaks it."""
    if name in ("required", "maxItems"):
        return ""
    if name == "minLength" and row.fact(name).value == 1 and row.fact("required").value is True:
        return "what breaks it is an empty text, which is refused as missing"
    bad = pair(row, name).bad
    if bad is None:
        return "no value that a case can send breaks it"
    others = [each for each in broken_facts(row, bad) if each != name]
    return f"what breaks it also breaks {', '.join(others)}, and is refused for that" if others else ""


def _codeless(subject: Subject, path: str, name: str) -> str:
    """Return why any code is right: no error row speaks of such a fault."""
    kind, also = _KINDS.get(name, "malformed"), ALSO_OF_RULES.get(name, ())
    rows = [meant_rows(each, subject.words) for each in subject.contracts.values() if _states(each, path, name)]
    known = any(answering_rows(kind, path, each, also) for each in rows)
    return "" if known else "no document says with which code it is refused"


def _states(contract: Contract, path: str, name: str) -> bool:
    row = contract.parameter(path)
    return row is not None and (row.fact(name).stated or any(each.name == name for each in row.conditional))


def _conditional(row: Parameter, name: str) -> Flaw:
    known = [each for each in row.conditional if each.name == name and each.when.known]
    silent = "" if known else "it holds on a condition that could not be read"
    what = f"{name} of {row.path} is not looked at where its condition is met"
    base = f"{slug(row.path)}-{slug(name)}-on-condition-ignored"
    return Flaw(base, "condition", what, without(_check_id(row.path, name)), silent, (f"{row.path}.{name}",))


def _may_be_left_out(row: Parameter) -> bool:
    """Whether a document says that a request may lack a parameter; nothing is said of members of lists here."""
    required = row.fact("required")
    plain = "[" not in row.path.removesuffix("[]") and "." not in row.path
    return plain and required.stated and required.value is False


def _requirement_added(subject: Subject, row: Parameter) -> Flaw:
    top, action = row.path.removesuffix("[]"), subject.operation.name
    refused = replace(subject.words.generic["missing"], code="MissingParameter")

    def absent(attempt: Attempt) -> bool:
        return not any(name == top or name.startswith(f"{top}.") for name in attempt.call.parameters)

    check = Check(f"fault.required.{row.path}", (), absent, lambda _rows, _attempt: refused)

    def apply(plan: ServerPlan) -> ServerPlan:
        return replace(plan, checks={**plan.checks, action: (*plan.checks.get(action, ()), check)})

    about = f"{row.path} is required, which a request may lack"
    return Flaw(
        f"{slug(row.path)}-required", "requirement", about, Mutation(check.id, apply), "", (f"{row.path}.required",)
    )


# --- Facts that are changed against what the server's own documents state --------------------------------------------


def _changed(path: str, name: str, change: Callable[[FactValue], FactValue]) -> Mutation:
    """Change a fact by what it is for the server at hand: the documents may state different values."""

    def apply(plan: ServerPlan) -> ServerPlan:
        value = _stated(plan.followed, path, name)
        return replace(plan, followed=with_facts(plan.followed, path, **{name: change(value)}))

    return Mutation(f"{path}.{name}", apply)


def _stated(followed: Contract, path: str, name: str) -> FactValue:
    row = followed.parameter(path)
    fact = row.fact(name) if row is not None else None
    if fact is None or not fact.stated or fact.value is None:
        raise NotThere(f"{path}.{name}")
    return fact.value


def _moved(path: str, name: str, step: int) -> Mutation:
    def moved(value: FactValue) -> FactValue:
        return value + step if isinstance(value, int | float) and not isinstance(value, bool) else value

    return _changed(path, name, moved)


def _without(value: object, values: FactValue) -> FactValue:
    return tuple(each for each in values if each != value) if isinstance(values, tuple) else values
