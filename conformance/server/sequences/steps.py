"""Parts that cases of several kinds of sequences have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.rows import meant_rows, rows_for
from conformance.cases.meanings.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.server.sequences.requests import ValidOperation
    from conformance.server.sequences.shown import Look

CaseFields = dict[str, object]
"""A case, or a step of one, as a case file has it."""

SUCCESS: Final[CaseFields] = {"success": True}


def case(name: str, title: str, steps: Sequence[Mapping[str, object]], given: Sequence[object] = ()) -> CaseFields:
    """Return a case of some steps."""
    found: CaseFields = {"id": name, "title": title, "group": "success"}
    if given:
        found["given"] = list(given)
    return {**found, "steps": list(steps), "trigger": "inferred"}


def title_of_shown(names: Iterable[str], how: str) -> str:
    """Return the title of a case in which some fields are shown as they were `sent` or `changed`."""
    fields = list(names)
    return f"{' and '.join(fields)} {'is shown as it was' if len(fields) == 1 else 'are shown as they were'} {how}"


def by_one_document(found: Mapping[str, object], language: Language) -> CaseFields:
    """Return a case of which one document alone says something."""
    own: CaseFields = {**found, "id": f"{found['id']}-{language}"}
    if "expect" in own:
        own["expect"] = {language: own["expect"]}
    if isinstance(steps := own.get("steps"), list):
        own["steps"] = [{**step, "expect": {language: step["expect"]}} for step in steps]
    return own


def codes_of(operation: ValidOperation, kind: str, parameter: str) -> list[str]:
    """Return the codes of the documented rows that speak of a kind of fault of a parameter."""
    words = load_words()
    found = [rows_for(kind, parameter, meant_rows(each, words)) for each in operation.contracts.values()]
    return list(dict.fromkeys(row.code for rows in found for row in rows))


def refused(codes: Sequence[str]) -> CaseFields:
    """Return the outcome of one of some codes."""
    return {"error": {"one_of": list(codes)} if len(codes) > 1 else codes[0]}


def telling(looks: Sequence[Look]) -> list[Look]:
    """Return the looks by which what is there is told from what is not: the first that lists, the first that shows one.

    A list tells it. An answer about one resource does where it has its id, for then there is nothing to answer of one
    that is not there, or where a document says what is answered then.
    """
    listing = [look for look in looks if look.path][:1]
    alone = [
        look
        for look in looks
        if not look.path and (codes_of(look.operation, "not_found", look.parameter) or _sees(look))
    ]
    return [*listing, *alone[:1]]


def given_for(operation: ValidOperation, looks: Iterable[Look]) -> list[Mapping[str, object]]:
    """Return the states that looks need beside those of an operation, but for those of the resource itself."""
    found: list[Mapping[str, object]] = []
    for look in looks:
        for state in look.kin.others(look.operation):
            if state not in operation.valid.given and state not in found:
                found.append(state)
    return found


def _sees(look: Look) -> bool:
    """Whether a look shows one resource with its id, and is told nothing else that its creation was not told."""
    words, kin = load_words(), look.kin
    creations = [kin.creation(each) for each in kin.having(kin.kind.creates)]
    asked = {
        name: value
        for name, value in look.operation.valid.parameters.items()
        if name != look.parameter and not any(words.means(each, name) for each in ("apart", "page_size", "limit"))
    }
    return look.has_id and any(all(made.get(name) == value for name, value in asked.items()) for made in creations)
