"""What an operation refuses by its contract: every stated constraint, and what its error rows speak of.

Each check answers with the documented row that names the parameter and the kind of fault, else with a documented row of
that kind, else with a plain one of `behaviours/words.yaml`.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.meanings.alternatives import alternatives
from conformance.cases.meanings.rows import (
    ALSO_OF_RULES,
    answering_rows,
    any_rows,
    leaf_of,
    meant_rows,
    naming_rows,
    paths_of_list,
    rows_for,
    told_by_code,
)
from conformance.cases.meanings.values import load_values
from conformance.cases.meanings.words import singular
from conformance.contract.encodings import is_readable, ruled_rows
from conformance.contract.wire import SYSTEM_PARAMETERS
from conformance.server.behaviour.conditions import missing, read_condition, violates
from conformance.server.checks import ORDERED_CHECK, Check, rules_of
from conformance.server.general.kept import comparable
from conformance.server.general.listing import wanted
from conformance.server.resources.placing import id_paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.cases.meanings.rows import MeantRow
    from conformance.cases.meanings.values import NamedValue
    from conformance.cases.meanings.words import Words
    from conformance.contract.model import Contract, ErrorCode
    from conformance.server.attempt import Attempt
    from conformance.server.behaviour.conditions import Condition
    from conformance.server.resources.kinds import ResourceKind

_STATUS_STATE: Final = "resource.status"
_RAM_USER_STATE: Final = "account.is-ram-user"
_QUOTA_STATE: Final = "account.quota-reached"
_PARAMETER: Final = "{parameter}"
_NEEDS_ITS_RESOURCE: Final = ("detail", "change", "delete", "attach", "detach")


class _Operation(Struct, frozen=True):
    """An operation, and all that its checks are made of.

    Attributes:
        documents: The contract of each document that is followed, with what its rows are about.
        groups: The paths that only hold others.
    """

    contract: Contract
    kind: ResourceKind | None
    role: str
    words: Words
    rows: tuple[MeantRow, ...]
    documents: tuple[tuple[Contract, tuple[MeantRow, ...]], ...]
    paths: frozenset[str]
    groups: frozenset[str]

    def codes(
        self, kind: str, parameter: str, rule: str = "", broken: Sequence[Contract] | None = None
    ) -> tuple[ErrorCode, ...]:
        """Return the rows for a fault of a parameter: documented ones, else the plain one of the kind, if any.

        Those of a document that states the rule which is broken come first: the rows of another say nothing of it.

        Args:
            kind: The kind of fault.
            parameter: The parameter.
            rule: The rule that is broken, if one is.
            broken: The documents whose rule a call breaks; those that state it as the server enforces it when left out.
        """
        paths = paths_of_list(parameter, self.contract.parameters) if rule == "maxItems" else (parameter,)
        also = ALSO_OF_RULES.get(rule, ())
        stating = [
            rows
            for document, rows in self.documents
            if rule
            and (
                self._states(document, parameter, rule) if broken is None else any(document is each for each in broken)
            )
        ]
        # Of a list that is too long, the row of any member may answer.
        found = [[answering_rows(kind, path, each, also) for path in paths] for each in stating]
        answers = [rows for each in found if (rows := next(filter(None, each), ()))]
        others = [{each.code for each in rows} for rows in answers[1:]]
        for row in answers[0] if answers else ():
            if all(row.code in codes for codes in others):
                return (row,)
        documented = answers[0] if answers else answering_rows(kind, parameter, self.rows, also)
        return documented or tuple(
            replace(row, message=row.message.replace(_PARAMETER, parameter))
            for of_kind, row in self.words.generic.items()
            if of_kind == kind
        )

    def naming(self, kind: str, parameter: str) -> list[ErrorCode]:
        """Return the rows of a kind that plainly name a parameter, in any document."""
        every = [*(rows for _, rows in self.documents), self.rows]
        return list(dict.fromkeys(row for rows in every for row in naming_rows(kind, parameter, rows)))

    def _states(self, document: Contract, parameter: str, rule: str) -> bool:
        """Whether a document states the rule as the server enforces it, or states it on a condition."""
        row, enforced = document.parameter(parameter), self.contract.parameter(parameter)
        if row is None or enforced is None:
            return False
        fact = row.fact(rule)
        alike = fact.stated and fact.value == enforced.fact(rule).value
        return alike or any(each.name == rule for each in row.conditional)


def refusals_of(
    contract: Contract,
    kind: ResourceKind | None,
    role: str,
    words: Words,
    documents: Sequence[Contract] = (),
) -> tuple[Check, ...]:
    """Return the checks of an operation in the order in which the server looks.

    Args:
        contract: What it promises.
        documents: The contracts that it was put together of, the one that takes precedence first.
        kind: The kind of resource that it is about, if any.
        role: What it does with it (`ResourceKind.roles`).
        words: What names and messages mean.

    Raises:
        BehaviourError: When a condition of the kind is wrong; with the line.
    """
    paths = frozenset(row.path for row in contract.parameters)
    ruled = {row.path for row in ruled_rows(contract.parameters)}
    own = tuple((each, meant_rows(each, words)) for each in documents)
    operation = _Operation(contract, kind, role, words, meant_rows(contract, words), own, paths, paths - ruled)
    return (
        ORDERED_CHECK,
        *_states(operation, ("identity",)),
        *_required(operation),
        *_alternatives(operation),
        *_constraints(operation),
        *_forms(operation),
        *_idempotency(operation),
        *_not_found(operation),
        *_exists(operation),
        *_of_the_kind(operation),
        *_status(operation),
        *_states(operation, ("quota",)),
    )


def _answering(name: str, row: ErrorCode, broken: Condition) -> Check:
    return Check(name, (), broken, lambda _rows, _attempt: row)


def _required(operation: _Operation) -> Iterator[Check]:
    for path, name in rules_of(operation.contract):
        if name == "required" and path:
            row = operation.codes("missing", path, name)[0]
            absent = partial(_absent, path) if path in operation.groups else partial(missing, path)
            if path.endswith("[]"):
                inner = "[]." in path
                absent = partial(_absent_inner_list, path) if inner else partial(_absent_list, path, absent)
            yield _answering(f"required.{path}", row, absent)


def _alternatives(operation: _Operation) -> Iterator[Check]:
    documents = [document for document, _ in operation.documents] or [operation.contract]
    every = (each for document in documents for each in alternatives(document, operation.words))
    for each in {frozenset(each.names): each for each in reversed(list(every))}.values():
        yield _answering(f"required.{'|'.join(each.names)}", each.row, partial(_has_none, each.names))


def _has_none(names: Sequence[str], attempt: Attempt) -> bool:
    sent = attempt.call.parameters
    return not any(sent.get(name) or any(other.startswith(f"{name}.") for other in sent) for name in names)


def _constraints(operation: _Operation) -> Iterator[Check]:
    for path, name in rules_of(operation.contract):
        if name != "required" and path and (path not in operation.groups or name == "maxItems"):
            choose = partial(_row_of_rule, operation, path, name)
            yield Check(f"constraint.{path}.{name}", (), partial(violates, path, name), choose)


def _forms(operation: _Operation) -> Iterator[Check]:
    """Yield a check for every address, and every text of JSON, of which the code of a row says that it is malformed."""
    table, documents = load_values(), [rows for _, rows in operation.documents] or [operation.rows]
    for parameter in operation.contract.parameters:
        path = parameter.path
        if (
            not path
            or "[]." in path
            or not any(told_by_code("malformed", path, rows, operation.words) for rows in documents)
        ):
            continue
        row, line = operation.codes("malformed", path)[0], table.of(path)
        if parameter.encoding == "json":
            yield _answering(f"form.{path}", row, partial(_is_no_json, path))
        elif line is not None and line.is_wrong(line.wrong):
            yield _answering(f"form.{path}", row, partial(_has_wrong_form, path, line))


def _is_no_json(path: str, attempt: Attempt) -> bool:
    text = attempt.call.value(path) or ""
    return text.startswith(("[", "{")) and not is_readable(text, "json")


def _has_wrong_form(path: str, line: NamedValue, attempt: Attempt) -> bool:
    values = attempt.call.values(path)
    return any(line.is_wrong(each.strip()) for value in values for each in (value or "").split(","))


def _row_of_rule(
    operation: _Operation, path: str, name: str, _rows: Sequence[ErrorCode], attempt: Attempt
) -> ErrorCode:
    """Return the row for a rule that a call breaks: of a document whose own rule it breaks, where one has such rows."""
    broken = [document for document, _ in operation.documents if attempt.violates_in(document, path, name)]
    return operation.codes("malformed", path, name, broken or None)[0]


def _absent_list(path: str, absent: Condition, attempt: Attempt) -> bool:
    """Whether a list was sent in no form, neither with indexes nor, as another document has it, as one text."""
    return absent(attempt) and not attempt.call.value(path.removesuffix("[]"))


def _absent_inner_list(path: str, attempt: Attempt) -> bool:
    """Whether an item of the outer list was sent without anything of a list that it must have."""
    outer, _, inner = path.removesuffix("[]").rpartition("[].")
    item = re.compile(re.escape(outer).replace(r"\[\]", r"\.\d+") + r"\.\d+\.")
    names = attempt.call.parameters
    items = {match[0] for name in names if (match := item.match(name))}
    lists = [f"{each}{inner}" for each in items]
    return any(not any(name == each or name.startswith(f"{each}.") for name in names) for each in lists)


def _absent(path: str, attempt: Attempt) -> bool:
    """Whether nothing was sent of a parameter that has members."""
    top = path.removesuffix("[]")
    if "[" in top:
        return False
    return not any(name == top or name.startswith(f"{top}.") for name in attempt.call.parameters)


def _states(operation: _Operation, kinds: Sequence[str]) -> Iterator[Check]:
    """Yield a check for every general state of the account that a documented row answers."""
    for state, kind in operation.words.states.items():
        rows = any_rows(kind, operation.rows)
        if state == _RAM_USER_STATE:
            rows = tuple(row for row in rows if operation.words.is_of_ram_user(row))
        if state == _QUOTA_STATE and operation.words.role_and_noun(operation.contract.operation)[0] != "create":
            continue  # nothing more of anything is asked for
        if kind in kinds and rows and state != _STATUS_STATE:
            yield _answering(state, rows[0], partial(_in_state, state, operation))


def _in_state(state: str, operation: _Operation, attempt: Attempt) -> bool:
    if operation.kind is not None and state == _QUOTA_STATE:
        _, noun = operation.words.role_and_noun(operation.contract.operation)
        names = {_plain(operation.kind.resource), _plain(noun)}
        asked = [_plain(str(setting["resource"])) for setting in attempt.view.settings(state)]
        return any(each in name or name in each for each in asked for name in names)
    return attempt.view.holds(state)


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _idempotency(operation: _Operation) -> Iterator[Check]:
    if any(operation.words.means("idempotent_by", path) for path in operation.paths):
        row = operation.codes("idempotency", "")[0]
        yield _answering("idempotency", row, lambda attempt: _repeats(operation.words, attempt) is False)


def _repeats(words: Words, attempt: Attempt) -> bool | None:
    """Return whether a call repeats an earlier one with its client token; `None` when no call had this token."""
    token = next((text for name, text in attempt.call.parameters.items() if words.means("idempotent_by", name)), "")
    earlier = attempt.view.own.answered.get((attempt.call.action, token)) if token else None
    return None if earlier is None else earlier.asked == comparable(attempt.call, words)


def _not_found(operation: _Operation) -> Iterator[Check]:
    """Yield a check for every id of which a row says that there is none such."""
    kind, words = operation.kind, operation.words
    own = id_paths(operation.paths, kind.id_field) if kind is not None and operation.role in _NEEDS_ITS_RESOURCE else ()
    for row in operation.contract.parameters:
        path = row.path
        new = kind is not None and kind.given and operation.role == "create" and path == kind.id_field
        if not path or "[]." in path or path in SYSTEM_PARAMETERS or new or words.means("apart", leaf_of(path)):
            continue
        named = operation.naming("not_found", path)
        if not named and words.known_values(path) is not None:
            # What there is for every account is as often called wrong as missing.
            named = operation.naming("malformed", path)
        rows = named or (rows_for("not_found", "", operation.rows) if path in own else ())
        if not rows or not (path in own or words.is_id(path) or _names_a_thing(path, operation)):
            continue
        yield _answering(f"not_found.{path}", rows[0], partial(_unknown, path, words))


def _names_a_thing(path: str, operation: _Operation) -> bool:
    """Whether a parameter names a resource by its name, and not the one that the operation creates."""
    role, noun = operation.words.role_and_noun(operation.contract.operation)
    name = singular(leaf_of(path))
    end = operation.words.ids[-1]
    return name.endswith(end) and not (role == "create" and name.removesuffix(end) == noun)


def _unknown(path: str, words: Words, attempt: Attempt) -> bool:
    if _repeats(words, attempt):
        return False
    known = words.known_values(path)
    for value in wanted(attempt.call, path):
        if known is not None:
            if not known.fullmatch(value):
                return True
        elif not (attempt.view.knows(value) or (not words.is_id(path) and _is_called(value, path, attempt))):
            return True
    return False


def _is_called(value: str, path: str, attempt: Attempt) -> bool:
    """Whether a resource of the account was given this name."""
    every = (each for kept in attempt.view.own.kept.values() for each in kept.values())
    return any(each.fields.get(path) == value for each in every)


def _exists(operation: _Operation) -> Iterator[Check]:
    kind = operation.kind
    if kind is None or operation.role != "create":
        return
    if not kind.given:
        yield from _name_taken(operation, kind)
        return
    named_by_id = kind.id_field.endswith(operation.words.ids[0])
    if named_by_id and not any(each.kind == "exists" for each in operation.rows):
        return  # an id that is sent may be of what there is: a document that refuses it would say so
    row = operation.codes("exists", kind.id_field)[0]

    def taken(attempt: Attempt) -> bool:
        named = attempt.call.value(kind.id_field)
        return bool(named and attempt.view.knows(named) and not _repeats(operation.words, attempt))

    yield _answering(f"exists.{kind.id_field}", row, taken)


def _name_taken(operation: _Operation, kind: ResourceKind) -> Iterator[Check]:
    """Yield a check for the name of what is created where every document has a row for one that is there already."""
    _, noun = operation.words.role_and_noun(operation.contract.operation)
    for path in sorted(operation.paths):
        own = "[" not in path and "." not in path and (path in operation.words.ids or path.startswith(noun))
        every = operation.documents or ((operation.contract, operation.rows),)
        if own and all(naming_rows("exists", path, rows) for _, rows in every):
            row = operation.naming("exists", path)[0]
            yield _answering(f"exists.{path}", row, partial(_alike, path, kind, operation.words))


def _alike(path: str, kind: ResourceKind, words: Words, attempt: Attempt) -> bool:
    named = attempt.call.value(path)
    every = attempt.view.own.kept.get(kind.key, {}).values()
    return bool(named) and any(each.fields.get(path) == named for each in every) and not _repeats(words, attempt)


def _status(operation: _Operation) -> Iterator[Check]:
    rows = any_rows("status", operation.rows)
    if rows and operation.role not in ("list", "detail"):
        usual = operation.kind.status_path[-1:] if operation.kind is not None else ()
        yield _answering(_STATUS_STATE, rows[0], partial(_in_another_status, usual))


def _in_another_status(usual: Sequence[str], attempt: Attempt) -> bool:
    """Whether a resource that the call names is in a status that it does not usually have."""
    sent = set(attempt.call.parameters.values())
    return any(
        setting["id"] in sent and setting["status"] not in usual for setting in attempt.view.settings(_STATUS_STATE)
    )


def _of_the_kind(operation: _Operation) -> Iterator[Check]:
    """Yield the checks that the file of the resource has for the operation, those whose code is documented."""
    kind = operation.kind
    for refusal in kind.refusals.get(operation.contract.operation, ()) if kind is not None else ():
        rows = next(filter(None, (operation.contract.rows(code) for code in refusal.codes)), ())
        if rows and refusal.when is not None:
            yield _answering(refusal.id, rows[0], read_condition(refusal.when))
