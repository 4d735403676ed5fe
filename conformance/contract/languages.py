"""The languages that documents are read in: one registry, so that a further language is one entry here.

Its phrases and headings are a module of `conformance.extraction.phrases`, its prose in reports an entry of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.core.errors import UsageError

Language = str
"""The code of a language in the registry, as file names and reports have it."""
Docs = str
"""What `--docs` takes: the code of one language, or `BOTH`."""


@dataclass(frozen=True, slots=True)
class LanguageEntry:
    """One language of the registry.

    Attributes:
        code: As file names, options and reports have it.
        name: Its English name.
        precedence: The place of its documents where one document's word has to win, the lowest first.
    """

    code: Language
    name: str
    precedence: int

    @property
    def document(self) -> str:
        """What a message calls the document in this language."""
        return f"the {self.name} document"


# The Chinese documents are the newer: that of the first operation has seventeen codes more.
REGISTRY: Final = (LanguageEntry("en", "English", precedence=2), LanguageEntry("zh", "Chinese", precedence=1))
LANGUAGES: Final[tuple[Language, ...]] = tuple(entry.code for entry in REGISTRY)
BOTH: Final = "both"
"""The word for all languages of the registry."""
DOCS: Final[tuple[Docs, ...]] = (*LANGUAGES, BOTH)
"""Every word that `--docs` takes."""
BY_PRECEDENCE: Final[tuple[Language, ...]] = tuple(
    entry.code for entry in sorted(REGISTRY, key=lambda entry: entry.precedence)
)
"""The languages in the order of whose document has the last word where two differ."""
_BY_CODE: Final = {entry.code: entry for entry in REGISTRY}


def entry_of(language: Language) -> LanguageEntry:
    """Return the entry of a language; raises `KeyError` for a code that is not in the registry."""
    return _BY_CODE[language]


def check_docs(docs: str) -> Docs:
    """Return `--docs`; raises `UsageError` for a word that it does not take."""
    if docs not in DOCS:
        raise UsageError(f"--docs {docs!r} is unknown", hint=f"one of: {', '.join(DOCS)}")
    return docs


def languages_of(docs: str) -> tuple[Language, ...]:
    """Return the languages that `--docs` names; raises `UsageError` for a word that it does not take."""
    known = check_docs(docs)
    return LANGUAGES if known == BOTH else (known,)
