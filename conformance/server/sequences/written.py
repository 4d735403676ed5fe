"""The sequences of every operation of an API, as files of cases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.words import load_words
from conformance.contract.answer_trees import as_answered, way_to
from conformance.contract.encodings import WRITTEN, encoded
from conformance.contract.languages import BOTH, LANGUAGES
from conformance.core.errors import CaseError
from conformance.core.yamlfile import YamlFile
from conformance.core.yamlwriter import dump_line
from conformance.server.documents import follow_documents
from conformance.server.resources.inference import infer_kinds
from conformance.server.resources.nouns import noun_words
from conformance.server.resources.outline import outline_of
from conformance.server.sequences.attachments import cases_of_attachment
from conformance.server.sequences.changes import cases_of_change, cases_of_deletion
from conformance.server.sequences.creations import cases_of_creation, cases_of_tokens
from conformance.server.sequences.lists import cases_of_listing
from conformance.server.sequences.requests import KinOperations, ValidOperation, ValidRequest
from conformance.server.sequences.shown import looks_at
from conformance.server.sequences.steps import by_one_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.contract.languages import Docs, Language
    from conformance.contract.model import Contract
    from conformance.server.resources.kinds import ResourceKind

SEQUENCES: Final = "sequences.yaml"
"""The name of the file of an operation's sequences."""

_HEADER: Final = """\
# yaml-language-server: $schema=../../case.schema.json
#
# Written by `conformance scaffold` from the names and contracts of several operations. It is yours now.
# What operations do with a resource, as another request then shows it: by names and meaning, nothing is stated.
"""

Cases = list[dict[str, object]]


def operation_with(contracts: Mapping[Language, Contract], base: str) -> ValidOperation:
    """Return an operation with the valid request of its `base.yaml`.

    Args:
        contracts: Its contracts by language.
        base: The text of the file; its first request counts.
    """
    entry = next(iter(YamlFile(base, "base.yaml", CaseError).data["bases"].values()))
    parameters = {name: _as_text(name, value, contracts) for name, value in entry["parameters"].items()}
    return ValidOperation(as_answered(contracts), ValidRequest(parameters, list(entry.get("given") or ())))


def _as_text(name: str, value: object, contracts: Mapping[Language, Contract]) -> object:
    """Return a value as a step of another operation's case sends it: what is written as one text is that text."""
    rows = [row for each in contracts.values() if (row := each.parameter(name)) is not None]
    ways = {row.encoding for row in rows}
    if not isinstance(value, list | dict) or len(ways) != 1 or not ways <= {*WRITTEN}:
        return value
    return encoded(value, rows[0].encoding)


def sequence_files(operations: Iterable[ValidOperation]) -> dict[str, str]:
    """Return by operation its file of sequences; one that has none is left out.

    Args:
        operations: The operations of one version of an API that have a valid request.

    Raises:
        BehaviourError: When the table of words is wrong; with the line.
    """
    known = {each.name: each for each in operations if each.is_surely_valid}
    found: dict[str, Cases] = {}
    kins = [KinOperations(kind, known) for kind in _kinds(known.values())]
    for kin in kins:
        for name, role in kin.kind.roles():
            if name in known:
                own = list(_cases(kin, known[name], role, kins))
                found.setdefault(name, []).extend([*own, *_of_one_document(own, kin, known[name], role)])
    for operation in known.values():
        found.setdefault(operation.name, []).extend(cases_of_tokens(operation))
    return {name: _text(name, cases) for name, cases in found.items() if cases}


def _kinds(operations: Iterable[ValidOperation]) -> Iterator[ResourceKind]:
    """Yield the kinds of resources that all documents show alike: a server may follow any of them."""
    known = {each.name: each for each in operations}
    alone = {language: _inferred(list(known.values()), language) for language in LANGUAGES}
    for kind in _inferred(list(known.values()), BOTH).values():
        others = [(language, of_language.get(kind.id_field)) for language, of_language in alone.items()]
        if all(other is None or _alike(kind, other, language, known) for language, other in others):
            yield kind


def _inferred(operations: Sequence[ValidOperation], follow: Docs) -> dict[str, ResourceKind]:
    contracts = [
        follow_documents(each.contracts, follow) for each in operations if follow == BOTH or follow in each.contracts
    ]
    kinds = infer_kinds([outline_of(each) for each in contracts], load_words())
    return {kind.id_field: kind for kind in kinds if kind.id_field}


def _alike(
    kind: ResourceKind, other: ResourceKind, language: Language, operations: Mapping[str, ValidOperation]
) -> bool:
    """Whether one document shows a kind as all do together; what it does not show it does not show otherwise."""
    both = {name for name, _ in other.roles()}
    silent = {name for name, how in kind.lists.items() if _shows_nothing_in(how.path, operations[name], language)}
    same_roles = all(other.role_of(name) == role for name, role in kind.roles() if name in both - silent)
    return same_roles and all(
        other.lists[name].path == how.path for name, how in kind.lists.items() if name in other.lists
    )


def _shows_nothing_in(path: str, operation: ValidOperation, language: Language) -> bool:
    """Whether a document says of a list no more than that there is one."""
    contract, way = operation.contracts.get(language), way_to(path)
    return contract is None or not any(
        (inner := way_to(row.path))[: len(way)] == way and len(inner) > len(way) for row in contract.responses
    )


def _of_one_document(
    common: Cases, kin: KinOperations, operation: ValidOperation, role: str
) -> Iterator[dict[str, object]]:
    """Yield the cases of what one document alone says of an operation, by that document: the others say nothing of it.

    Args:
        common: The cases of what all documents say.
        kin: The operations of the resource.
        operation: The operation.
        role: What it does.
    """
    known = {str(each["id"]): _sent(each) for each in common}
    for language, contract in operation.contracts.items() if len(operation.contracts) > 1 else ():
        if not all(contract.names(name) for name in operation.valid.parameters):
            continue  # it does not say whether the request is valid
        own = kin.by(language)
        for each in _cases(own, operation.by(language), role, [own]):
            name = str(each["id"])
            if name.endswith(_OF_FIELDS) and (name not in known or len(_sent(each)) > len(known[name])):
                yield by_one_document(each, language)


_OF_FIELDS: Final = ("-then-shown", "-chooses", "-token", "another-stays", "renamed", "name-taken")
"""How the ids of cases end that are about parameters and fields, which one document may have alone."""


def _sent(case: Mapping[str, object]) -> frozenset[str]:
    """Return the names of all parameters that the steps of a case set."""
    steps = case.get("steps")
    every = [case, *(steps if isinstance(steps, list) else [])]
    sets = [own for each in every if isinstance(own := each.get("set"), dict)]
    return frozenset(name for own in sets for name in own)


def _cases(
    kin: KinOperations, operation: ValidOperation, role: str, kins: Sequence[KinOperations]
) -> Iterator[dict[str, object]]:
    looks = [each for each in looks_at(kin) if each.operation.name != operation.name]
    match role:
        case "create":
            yield from cases_of_creation(kin, operation, looks)
        case "list":
            yield from cases_of_listing(kin, operation)
        case "change":
            yield from cases_of_change(kin, operation, looks)
        case "attach":
            # Its parameters say what is attached, or how much more: none is a new value of the resource.
            yield from cases_of_attachment(operation, role, operation, kins, looks)
        case "detach":
            attach = _opposite(kin, operation)
            if attach is not None:
                yield from cases_of_attachment(operation, role, attach, kins, looks)
        case "delete":
            yield from cases_of_deletion(kin, operation, looks)


def _opposite(kin: KinOperations, detach: ValidOperation) -> ValidOperation | None:
    """Return the operation that attaches what another one detaches: `AddRoof` for `RemoveRoof`; `None` for none."""
    words = load_words()
    noun = noun_words(words.role_and_noun(detach.name)[1])
    attaches = (*kin.having(kin.kind.attaches),)
    return next((each for each in attaches if _is_opposite(noun_words(words.role_and_noun(each.name)[1]), noun)), None)


def _is_opposite(attached: Sequence[str], detached: Sequence[str]) -> bool:
    """Whether two names of operations speak of the same things: `UserToGroup` and `UserFromGroup`."""
    return [word for word in attached if word != "to"] == [word for word in detached if word != "from"]


def _text(operation: str, cases: Cases) -> str:
    lines = [f"operation: {_line(operation)}", "base: plain", "cases:"]
    for case in cases:
        # Copied, for YAML would write as a reference what is there twice.
        fields = json.loads(json.dumps(case))
        lines += [f"{'    ' if number else '  - '}{name}: {_line(fields[name])}" for number, name in enumerate(fields)]
    return _HEADER + "\n".join(lines) + "\n"


def _line(value: object) -> str:
    return dump_line(value, CaseError)
