"""Which operations of a product must be read to know what one of them does: those that its name has to do with.

A product may have hundreds of operations, and reading a contract takes long.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.server.resources.nouns import may_be_about, noun_words
from conformance.server.resources.outline import steps
from conformance.server.resources.status_words import load_status_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.cases.meanings.words import Words
    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Language
    from conformance.server.resources.outline import Outline

_PARAMETER = re.compile(rb"\bname: ([A-Za-z][A-Za-z0-9]*)(?:\.1)?\s*$", re.MULTILINE)
_PROPERTY = re.compile(rb"^\s+([A-Z][A-Za-z0-9]*):", re.MULTILINE)


class Neighbours:
    """The operations of one product and version.

    Args:
        files: Their contracts by language.
        words: What names mean.
    """

    def __init__(self, files: Mapping[OperationId, Mapping[Language, Path]], words: Words) -> None:
        self._files = files
        self._words = words
        self._roles = {each: words.role_and_noun(each.name)[0] for each in files}
        self._nouns = {each: self._noun_of(each) for each in files}
        self._creates = [each for each, role in self._roles.items() if role == "create"]

    def of(self, operation: OperationId, outline: Outline) -> list[OperationId]:
        """Return the operations that may have to do with one, itself among them, in the order of their names."""
        noun = self._nouns[operation]
        names = {load_status_words().element_name(steps(path)[0]) for path in outline.parameters}
        stems = {noun_words(name.removesuffix(end)) for name in names for end in self._words.ids if name.endswith(end)}
        creates = [
            self._nouns[each]
            for each in self._creates
            if each == operation or may_be_about(noun, self._nouns[each]) or noun_words(self._nouns[each]) in stems
        ]
        own = noun_words(noun)
        return [
            each
            for each in self._files
            if each == operation
            or noun_words(self._nouns[each]) == own
            or (
                self._roles[each] in ("create", "show", "delete")
                and any(may_be_about(self._nouns[each], created) for created in creates)
            )
        ]

    def _noun_of(self, operation: OperationId) -> str:
        verb, noun = load_status_words().verb_and_noun(operation.name)
        return noun if verb else self._words.role_and_noun(operation.name)[1]

    def asked(self, name: str, but: str) -> int:
        """Count the operations, but one, that have a parameter of a name, by the text of their files."""
        return len(self._texts[0].get(name, frozenset()) - {but})

    def listed(self, name: str, but: str) -> int:
        """Count the operations, but one, that show a field of a name, by the text of their files."""
        return len(self._texts[1].get(name, frozenset()) - {but})

    @cached_property
    def _texts(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        asked: dict[str, set[str]] = {}
        listed: dict[str, set[str]] = {}
        for operation, files in self._files.items():
            text = next(iter(files.values())).read_bytes()
            for found in _PARAMETER.findall(text):
                name = found.decode()
                for each in {name, load_status_words().element_name(name)}:
                    asked.setdefault(each, set()).add(operation.name)
            if self._words.role_and_noun(operation.name)[0] == "show":
                for found in _PROPERTY.findall(text):
                    listed.setdefault(found.decode(), set()).add(operation.name)
        return asked, listed
