"""The languages that documents are read in: one registry, so that a further language is one entry here.

Its phrases are the module of `conformance.extraction.phrases` that is named like its code.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from conformance.core.errors import UsageError

Language = str
"""The code of a language in the registry, as file names and reports have it."""
Docs = str
"""What `--docs` takes: the code of one language, or `BOTH`."""


class LanguageEntry(Struct, frozen=True):
    """One language of the registry.

    Attributes:
        code: As file names, options and reports have it.
        name: Its English name.
        precedence: The place of its documents where one document's word has to win, the lowest first.
        own_name: What its readers call it.
        tag: Its language tag (BCP 47), as web pages and locales have it; `--docs` takes it too.
        script: The characters that only its texts have, as the inside of a character class; `None` for a language in
            Latin letters, which texts of every language have.
    """

    code: Language
    name: str
    precedence: int
    own_name: str
    tag: str
    script: str | None = None

    @property
    def document(self) -> str:
        """What a message calls the document in this language."""
        return f"the {self.name} document"

    def count(self, text: str) -> int:
        """Return how many characters of its own script a text has."""
        return len(re.findall(f"[{self.script}]", text)) if self.script else 0


# The Chinese documents are the newer: that of the first operation has seventeen codes more.
REGISTRY: Final = (
    LanguageEntry("en", "English", precedence=2, own_name="English", tag="en"),
    LanguageEntry("zh", "Chinese", precedence=1, own_name="中文", tag="zh-CN", script="\u3400-\u9fff"),
)
LANGUAGES: Final[tuple[Language, ...]] = tuple(entry.code for entry in REGISTRY)
BOTH: Final = "both"
"""The word for all languages of the registry."""
DOCS: Final[tuple[Docs, ...]] = (*LANGUAGES, BOTH)
"""Every word that `--docs` takes."""
BY_PRECEDENCE: Final[tuple[Language, ...]] = tuple(
    entry.code for entry in sorted(REGISTRY, key=lambda entry: entry.precedence)
)
"""The languages in the order of whose document has the last word where two differ."""
SDK_LANGUAGE: Final[Language] = "en"
"""The language of the descriptions in the models of SDKs."""
_BY_CODE: Final = {entry.code: entry for entry in REGISTRY}


def entry_of(language: Language) -> LanguageEntry:
    """Return the entry of a language; raises `KeyError` for a code that is not in the registry."""
    return _BY_CODE[language]


def language_of(tag: str) -> Language | None:
    """Return the language that a code, a language tag or a locale names: `zh`, `zh-CN`, `zh_CN.UTF-8`; else `None`."""
    primary = re.split(r"[-_.@]", tag.strip().lower(), maxsplit=1)[0]
    return primary if primary in _BY_CODE else None


def check_docs(docs: str) -> Docs:
    """Return `--docs` as `DOCS` have it; raises `UsageError` for a word that it does not take."""
    known = docs if docs == BOTH else language_of(docs)
    if known is None:
        raise UsageError(f"--docs {docs!r} is unknown", hint=f"one of: {', '.join(DOCS)}")
    return known


def languages_of(docs: str) -> tuple[Language, ...]:
    """Return the languages that `--docs` names; raises `UsageError` for a word that it does not take."""
    known = check_docs(docs)
    return LANGUAGES if known == BOTH else (known,)
