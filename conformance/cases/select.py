"""The cases that words and expressions select."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from conformance.cases.choosing.named_files import moved, named_files
from conformance.cases.compiled import read_any_file, read_file
from conformance.cases.load import refuse_duplicate_ids
from conformance.core.cache import NO_CACHE
from conformance.core.errors import CaseError, UsageError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.wording import near

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite
    from conformance.core.cache import Cache
    from conformance.core.errors import Location

_NO_FILES: Final = "the folder has no case files of an operation that has a contract"
_ONE_WORD: Final = lazy_pattern(r"[\w:+.\[\]\\/-]+")
_OPERATORS: Final = ("and", "or", "not")
"""What an expression of pytest takes for one word, and the words that join them."""
_MALFORMED: Final = (SyntaxError, RecursionError, MemoryError)


def load_cases(suite: Suite, paths: Sequence[Path], cache: Cache = NO_CACHE) -> list[Case]:
    """Read case files; raises `CaseError` for a wrong file and for an id that two cases share."""
    cases = [case for path in paths for case in read_file(path, suite, cache)]
    refuse_duplicate_ids(cases)
    return cases


def load_other(
    suites: Sequence[Suite], files: Sequence[Path], known: Sequence[Case], cache: Cache = NO_CACHE
) -> list[Case]:
    """Read case files that a user names, each against the suite of its operation.

    Args:
        suites: Every suite.
        files: The files; those that `known` cases come from are skipped, and so is a file that is named twice.
        known: The cases that have been read.
        cache: Where cases that were read before are kept.

    Raises:
        CaseError: For a wrong file, an operation that has no suite, and an id that is taken.
    """
    if not files:
        return []
    read = set(_real_paths(known).values())
    found: list[Case] = []
    for path in files:
        real = path.resolve()
        if real not in read:
            read.add(real)
            if not path.exists() and (hint := moved(path)):
                raise CaseError("there is no such file", where=path, hint=hint)
            found += read_any_file(path, _suites_of(path, suites), cache)
    refuse_duplicate_ids([*known, *found])
    return found


def _suites_of(path: Path, suites: Sequence[Suite]) -> dict[str, Suite]:
    """Return the suites by operation that a file may be of: where two products have a name, that of its folder."""
    names = Counter(suite.operation for suite in suites)
    product = path.absolute().parent.parent.name
    return {suite.operation: suite for suite in suites if names[suite.operation] == 1 or suite.product == product}


def _real_paths(cases: Sequence[Selectable]) -> dict[str, Path]:
    """Return the files that cases come from: as the cases name them, and as they are."""
    found: dict[str, Path] = {}
    folders: dict[Path, Path] = {}
    for name in {case.where.file for case in cases}:
        path = Path(name)
        folder = path.parent
        if folder not in folders:
            folders[folder] = folder.resolve()  # which looks at each folder above: once for all files of this one
        found[name] = path.resolve() if path.is_symlink() else folders[folder] / path.name
    return found


class Selectable(Protocol):
    """What can be chosen on a command line: by its id, and by its file."""

    @property
    def id(self) -> str:
        """Its full id."""

    @property
    def where(self) -> Location:
        """Its place in its file."""


Chosen = TypeVar("Chosen", bound=Selectable)


def select(cases: Sequence[Chosen], patterns: Sequence[str], expression: str | None) -> list[Chosen]:
    """Return the cases that any of `patterns` names and that `expression` matches.

    Args:
        cases: The cases to choose from.
        patterns: Full ids or their beginnings up to a `/`, and case files or folders; none: every case.
        expression: As pytest's `-k`: parts of an id joined by `and`, `or`, `not` and brackets, in any letter case.

    Raises:
        UsageError: When a pattern names no case, the expression is malformed, or nothing is left.
    """
    chosen = list(cases)
    if patterns:
        wanted = _wanted(cases, patterns)
        chosen = [case for case in cases if case.id in wanted]
    if expression:
        holds = _compiled(expression)
        chosen = [case for case in chosen if holds(case.id)]
    if not chosen:
        raise UsageError(f"no case matches -k {expression!r}", hint="conformance run --list lists the ids")
    return chosen


def _wanted(cases: Sequence[Selectable], patterns: Sequence[str]) -> set[str]:
    """Return the ids that any of the patterns names."""
    real = _real_paths(cases)
    below: dict[str, list[str]] = {}
    wanted: set[str] = set()
    for pattern in patterns:
        files = {path.resolve() for path in named_files([pattern])}
        named = {name for name, path in real.items() if path in files}
        found = [case.id for case in cases if case.where.file in named] if named else []
        if not found:
            below = below or _by_beginning(cases)
            found = below.get(pattern.rstrip("/"), [])
            if pattern.endswith("/"):
                found = [name for name in found if name.startswith(pattern)]
        if not found:
            depth = pattern.rstrip("/").count("/")
            alike = [name for name in below if name.count("/") == depth]
            hint = moved(Path(pattern)) or (_NO_FILES if _is_folder(pattern) else near(pattern, alike or below))
            raise UsageError(f"no case is named {pattern!r}", hint=hint)
        wanted.update(found)
    return wanted


def _is_folder(pattern: str) -> bool:
    return pattern != "" and Path(pattern).is_dir()


def _by_beginning(cases: Sequence[Selectable]) -> dict[str, list[str]]:
    """Return the ids by every beginning that ends before a `/`, and by the whole id."""
    found: dict[str, list[str]] = {}
    for case in cases:
        beginning = ""
        for part in case.id.split("/"):
            beginning = f"{beginning}/{part}" if beginning else part
            found.setdefault(beginning, []).append(case.id)
    return found


def _compiled(expression: str) -> Callable[[str], bool]:
    """Return what tells whether an id matches; raises `UsageError` for an expression that is malformed."""
    if _ONE_WORD.fullmatch(expression) and expression not in _OPERATORS:
        word = expression.lower()
        return lambda name: word in name.lower()
    # The command line and pytest read -k the same way: pytest itself evaluates it with this class.
    from _pytest.mark.expression import Expression  # noqa: PLC0415 - only who joins words pays for the import

    def matches(name: str) -> bool:
        def holds(word: str, /, **arguments: object) -> bool:
            if arguments:
                raise SyntaxError("a word takes no arguments")
            return word.lower() in name.lower()

        try:
            return compiled.evaluate(holds)
        except _MALFORMED as fault:
            raise _malformed(expression, fault) from None

    try:
        compiled = Expression.compile(expression)
    except _MALFORMED as fault:
        raise _malformed(expression, fault) from None
    return matches


def _malformed(expression: str, fault: BaseException) -> UsageError:
    reason = str(fault) or "nested too deeply"
    return UsageError(f"-k {expression!r} is malformed: {reason}", hint="join words by and, or, not")
