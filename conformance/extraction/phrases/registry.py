"""The table of phrases of every language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.extraction.phrases import en, zh

if TYPE_CHECKING:
    from conformance.contract.languages import Language
    from conformance.extraction.phrases.table import Lexicon

LEXICONS: Final[dict[Language, Lexicon]] = {
    module.__name__.rpartition(".")[2]: module.LEXICON  # a module is named like the code of its language
    for module in (en, zh)
}
