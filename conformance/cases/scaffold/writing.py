"""Cases and valid requests of a skeleton as the text of a YAML file, for people to read and change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.core.errors import CaseError
from conformance.core.yamlwriter import comment_text, dump_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

BASE: Final = "plain"
"""The name of the valid request that the cases start from."""

CaseDraft = dict[str, object]
"""A case with the fields of the case format, and under `COMMENT` a remark."""

COMMENT: Final = "#"
"""The key of a case under which a remark for people is, which is written above its expectation."""

_HEADER: Final = """\
# yaml-language-server: $schema=../../case.schema.json
#
# Written by `conformance scaffold` from {sources}. It is yours now.
# {about}
operation: {operation}
base: {base}
cases:
"""


def base_text(
    contracts: Mapping[Language, Contract],
    request: Mapping[str, object],
    states: Sequence[object],
    remarks: Sequence[str],
) -> str:
    """Return `base.yaml`: the valid request, the states that it needs, and remarks on its values."""
    operation = next(iter(contracts.values())).operation
    lines = [
        f"# Written by `conformance scaffold` from {_sources(contracts)}. It is yours now.",
        "# Values are the documents' examples, or of the target where the account must have what they name.",
        f"operation: {line_of(operation)}",
        "bases:",
        f"  {BASE}:",
        f"    title: {line_of(f'The parameters that {operation} requires, and no others')}",
    ]
    if states:
        lines += ["    given:", *(f"      - {line_of(state)}" for state in states)]
    lines += [f"    # {comment_text(remark)}" for remark in remarks]
    if not request:
        return "\n".join([*lines, "    parameters: {}"]) + "\n"
    lines.append("    parameters:")
    lines += [f"      {line_of(name)}: {line_of(value)}" for name, value in request.items()]
    return "\n".join(lines) + "\n"


def cases_text(
    contracts: Mapping[Language, Contract],
    cases: Iterable[Mapping[str, object]],
    about: str,
    remarks: Sequence[str] = (),
) -> str:
    """Return a file of cases; nothing at all where there is no case.

    Args:
        contracts: The contracts of the operation by language.
        cases: The cases, with the fields of the case format; under `COMMENT` a remark.
        about: What the file has, for its head.
        remarks: What is said at its end.
    """
    operation = next(iter(contracts.values())).operation
    body = _unique(cases)
    if not body:
        return ""
    text = _HEADER.format(sources=_sources(contracts), about=about, operation=line_of(operation), base=BASE)
    for case in body:
        lead = "  - "
        for name, value in case.items():
            if name == COMMENT:
                continue
            if name == "expect" and case.get(COMMENT):
                text += f"    # {comment_text(str(case[COMMENT]))}\n"
            text += f"{lead}{name}: {line_of(value)}\n"
            lead = "    "
    return text + "".join(f"# {comment_text(remark)}\n" for remark in remarks)


def line_of(value: object) -> str:
    """Return a value as YAML on one line."""
    return dump_line(value, CaseError)


def _sources(contracts: Mapping[Language, Contract]) -> str:
    # A line end in a file's name must not end the comment.
    sources = [source for contract in contracts.values() for source in (contract.source, *contract.also)]
    return ", ".join(dict.fromkeys(source.file.encode("unicode_escape").decode() for source in sources))


def _unique(cases: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Number the ids that more than one case would have; the group is a part of the full id, but need not be."""
    seen: dict[str, int] = {}
    found: list[Mapping[str, object]] = []
    for case in cases:
        name = str(case["id"])
        seen[name] = seen.get(name, 0) + 1
        found.append(case if seen[name] == 1 else {**case, "id": f"{name}-{seen[name]}"})
    return found
