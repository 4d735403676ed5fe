"""The table of what names and messages mean, `behaviours/words.yaml`: no name of a product is in the program."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.contract.model import ErrorCode, State
from conformance.core.errors import InputError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.resources import data_dir
from conformance.core.yamlfile import Schema
from conformance.core.yamlparts import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS_FILE: Final = "words.yaml"
VALUES_FILE: Final = "named-values.yaml"
"""The file beside the cases that `values` reads."""
_SCHEMA_FILE: Final = Path(__file__).with_name("words.schema.json")
_WORD: Final = lazy_pattern(r"[A-Z][a-z0-9]*")


class WordsError(InputError):
    """The table of what names and messages mean is wrong."""


class RowWords(Struct, frozen=True):
    """The words of one kind of error row; `None` for a part that never tells."""

    kind: str
    code: re.Pattern[str] | None
    message: re.Pattern[str] | None


class Words(Struct, frozen=True):
    """What names mean.

    Attributes:
        verbs: By what an operation does with a resource, the first words of the names of such operations.
        ids: How the names of ids end.
        names: By meaning, the names of parameters and fields.
        rows: What tells the kind of an error row, the first that fits.
        generic: By kind, the row that a server answers with where no document has one.
        states: By provider state, the kind of row that it leads to.
        known: By name of a parameter whose values are no resources of an account, the form of those that there are.
        wrong: What may follow the name of a parameter in a code, and says what is wrong with it.
        one_of: The words by which a message says that one of several parameters is enough.
        general: The codes by which an error row speaks of parameters as such, and not of one.
        ram_user: The words by which an error row speaks of the users of an account.
        built_in: The values by which a filter tells what comes with the service from what an account has made.
        renewed: How a parameter of a change begins that has the new value of a field.
    """

    verbs: Mapping[str, tuple[str, ...]]
    ids: tuple[str, ...]
    names: Mapping[str, frozenset[str]]
    rows: tuple[RowWords, ...]
    generic: Mapping[str, ErrorCode]
    states: Mapping[str, str]
    known: Mapping[str, re.Pattern[str]]
    wrong: re.Pattern[str]
    one_of: re.Pattern[str]
    general: re.Pattern[str]
    ram_user: re.Pattern[str]
    built_in: re.Pattern[str]
    renewed: str

    def role_and_noun(self, operation: str) -> tuple[str, str]:
        """Return what an operation does by its name, empty where no verb fits, and the rest of its name in singular."""
        for role, verbs in self.verbs.items():
            for verb in verbs:
                rest = operation.removeprefix(verb)
                if rest != operation and _WORD.match(rest):
                    return role, singular(rest)
        return "", singular(operation)

    def means(self, meaning: str, name: str) -> bool:
        """Whether a parameter or field has a meaning by its name; some products begin names with a small letter."""
        names = self.names.get(meaning, frozenset())
        return name in names or capitalised(name) in names

    def also(self, meaning: str, name: str) -> Words:
        """Return the same words with one more name that has a meaning; an empty name adds nothing."""
        if not name or self.means(meaning, name):
            return self
        return replace(self, names={**self.names, meaning: self.names.get(meaning, frozenset()) | {name}})

    def changed_field(self, name: str) -> str:
        """Return the field that a parameter of a change has the new value of: its name, but for `New` before it."""
        rest = name.removeprefix(self.renewed)
        return rest if _WORD.match(rest) else name

    def is_id(self, path: str) -> bool:
        """Whether a parameter names something by its id, as far as its own name tells."""
        name = re.split(r"[.\[]", path)[0]
        return any(word.endswith(self.ids[0]) for word in (name, singular(name)))

    def is_of_ram_user(self, row: ErrorCode) -> bool:
        """Whether an error row speaks of the users of an account."""
        return bool(self.ram_user.search(row.code) or self.ram_user.search(row.message))

    def known_values(self, path: str) -> re.Pattern[str] | None:
        """Return the form of the values of a parameter that there are, where they are no resources of an account."""
        name = capitalised(re.split(r"[.\[]", path.removesuffix("[]"))[-1])
        return self.known.get(name, self.known.get(singular(name)))


def capitalised(name: str) -> str:
    """Return a name as most products write it, with a capital letter at the beginning."""
    return name[:1].upper() + name[1:]


def singular(noun: str) -> str:
    """Return an English noun in singular, as names of operations and fields form the plural."""
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    if noun.endswith(("sses", "ches", "shes", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case: `red`, `barn` of `RedBarn`."""
    return tuple(word.lower() for word in _WORD.findall(name))


@cache
def load_words() -> Words:
    """Return the table of the project.

    Raises:
        WordsError: When its file is missing or wrong; with the line.
    """
    top = Part.read(data_dir("behaviours") / WORDS_FILE, Schema.read(_SCHEMA_FILE), WordsError)
    return Words(
        verbs={role: part.texts() for role, part in top["verbs"].members()},
        ids=top.texts("ids"),
        names={meaning: frozenset(part.texts()) for meaning, part in top["names"].members()},
        rows=tuple(
            RowWords(part.text("kind"), _pattern(part, "code"), _pattern(part, "message"))
            for part in top["rows"].items()
        ),
        generic={
            kind: ErrorCode(
                part.whole("status"), part.text("code"), part.text("message"), 0, State.NOT_STATED, "syntax"
            )
            for kind, part in top["generic"].members()
        },
        states=top.pairs("states"),
        known={name: part.pattern() for name, part in top["known"].members()},
        wrong=top["wrong"].pattern(),
        one_of=top["one_of"].pattern(),
        general=top["general"].pattern(),
        ram_user=top["ram_user"].pattern(),
        built_in=top["built_in"].pattern(),
        renewed=top.text("renewed"),
    )


def _pattern(part: Part, name: str) -> re.Pattern[str] | None:
    found = part.get(name)
    return None if found is None else found.pattern()
