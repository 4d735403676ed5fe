"""The table of values by the names of parameters, `cases/named-values.yaml`: what a request sends.

Things that must exist in an account have the value of a target, so that a real account can name its own.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.meanings.rows import leaf_of
from conformance.cases.meanings.words import VALUES_FILE, capitalised, load_words, singular
from conformance.core.errors import CaseError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.resources import case_dirs
from conformance.core.yamlfile import Schema
from conformance.core.yamlparts import Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.cases.meanings.words import Words

EXISTS: Final = "resource.exists"
"""The provider state that says that a thing exists: its type and its id."""

_SCHEMA_FILE: Final = Path(__file__).with_name("named-values.schema.json")
_LIKE_ADDRESS: Final = lazy_pattern(r"(?=.*\d)[0-9a-z]*[.:][0-9a-z.:]*(/\d+)?")
"""A text that is made as addresses are."""
_REFERENCE: Final = lazy_pattern(r"\$\{target\.(\w+)\}")
_CAPITAL: Final = lazy_pattern(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class NamedValue(Struct, frozen=True):
    """What is known of a parameter by its name.

    Attributes:
        name: The names.
        thing: The type of what must exist with this id; empty where nothing must.
        state: The provider state that says so.
        target: The name of the target's value; empty where it is none.
        form: How a good example looks; `None` where any may be good.
        values: Invented values, by preference.
        wrong: A malformed value; empty where none is known.
    """

    name: re.Pattern[str]
    thing: str = ""
    state: str = EXISTS
    target: str = ""
    form: re.Pattern[str] | None = None
    values: tuple[str, ...] = ()
    wrong: str = ""

    def is_wrong(self, text: str) -> bool:
        """Whether a text looks like a value of the form, an address or a range of them, and has not that form."""
        looks = _LIKE_ADDRESS.fullmatch(text) is not None
        return bool(self.wrong) and looks and self.form is not None and self.form.fullmatch(text) is None


class ValueTable(Struct, frozen=True):
    """The lines of all tables in the order in which they are asked."""

    lines: tuple[NamedValue, ...]
    words: Words

    def of(self, path: str) -> NamedValue | None:
        """Return what is known of a parameter by its own name, in singular or as it is; `None` where nothing is."""
        name = capitalised(leaf_of(path))
        names = (name, singular(name))
        found = next((line for line in self.lines if any(line.name.fullmatch(each) for each in names)), None)
        if found is not None and (found.thing or found.target or not self.words.is_id(name)):
            return found
        return self._thing(names[-1]) if self._may_be_thing(names[-1]) else found

    def named_thing(self, path: str) -> NamedValue:
        """Return a thing of the account that goes by its name, as `UserName`."""
        return self._thing(singular(capitalised(leaf_of(path))))

    def _may_be_thing(self, name: str) -> bool:
        end = self.words.ids[0]
        apart = ("never_ids", "idempotent_by", "apart")
        return name.endswith(end) and name != end and not any(self.words.means(each, name) for each in apart)

    def _thing(self, name: str) -> NamedValue:
        end = next((end for end in self.words.ids if name.endswith(end) and name != end), "")
        stem = name.removesuffix(end)
        target = "_".join(word.lower() for word in _CAPITAL.split(stem) if word)
        return NamedValue(re.compile(re.escape(name)), thing=stem, target=f"{target}_{end.lower()}")


def invented_default(target: str) -> str:
    """Return the value of a target that no file gives: always the same for the same name, `load_balancer_id`.

    An id begins with the first letters of the words of what it is of, as ids do.
    """
    *words, end = target.split("_")
    if end == "name":
        return "-".join((*words, "conformance"))
    start = "".join(word[:1] for word in words) if len(words) > 1 else "".join(words)
    return f"{start}-conformance00001"


def targets_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the names of the values of targets that case files refer to."""
    return frozenset(name for text in texts for name in _REFERENCE.findall(text))


def load_values(folders: Sequence[Path] | None = None) -> ValueTable:
    """Return the tables of the workspace and of the project, the former first.

    Args:
        folders: The folders `cases/`; those of the workspace and the project when left out.

    Raises:
        CaseError: When a file of them is wrong; with the line.
    """
    return _table(tuple(folder / VALUES_FILE for folder in (case_dirs() if folders is None else folders)))


@cache
def _table(paths: tuple[Path, ...]) -> ValueTable:
    present = (path for path in paths if path.is_file())
    return ValueTable(tuple(line for path in present for line in _lines(path)), load_words())


def _lines(path: Path) -> tuple[NamedValue, ...]:
    top = Part.read(path, Schema.read(_SCHEMA_FILE), CaseError)
    return tuple(
        NamedValue(
            part["name"].pattern(),
            part.text("thing", ""),
            part.text("state", EXISTS),
            part.text("target", ""),
            None if part.get("form") is None else part["form"].pattern(),
            part.texts("values"),
            part.text("wrong", ""),
        )
        for part in top["names"].items()
    )
