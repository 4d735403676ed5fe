"""Finding case files: which operations there are, and the cases that paths and expressions select."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cases.load import SIDE_FILES, case_schema, load_file, load_suite, parse_file, refuse_twins
from conformance.contract.catalogue import contracts_for, operations
from conformance.errors import CaseError, UsageError
from conformance.yamlfile import YamlFile, near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cases.load import Suite
    from conformance.cases.model import Case


def case_files(folder: Path) -> list[Path]:
    """Return the case files of an operation's folder, in a stable order."""
    return sorted(path for path in folder.glob("*.yaml") if path.name not in SIDE_FILES)


def load_cases(suite: Suite, paths: Sequence[Path]) -> list[Case]:
    """Read case files; raises `CaseError` for a wrong file and for an id that two cases share."""
    cases = [case for path in paths for case in load_file(path, suite)]
    refuse_twins(cases)
    return cases


def load_suites(folder: Path) -> list[Suite]:
    """Return the suites below the folder `cases/`: every operation that has both a contract and valid requests.

    Raises:
        CaseError: For a wrong file.
        ContractError: For a wrong contract.
    """
    names = [name for name in operations() if (folder / name / "base.yaml").is_file()]
    return [load_suite(name, contracts_for(name), folder) for name in names]


def named_files(words: Sequence[str]) -> list[Path]:
    """Return the case files among the words of a command line: names that end in `.yaml`, and folders of such files."""
    files: list[Path] = []
    for word in words:
        path = Path(word)
        if path.suffix == ".yaml":
            files.append(path)
        elif word and path.is_dir():
            # No deeper than the folder `cases/` itself is: a slip of the finger must not search a whole disk.
            found = [*path.glob("*.yaml"), *path.glob("*/*.yaml")]
            files += sorted(file for file in found if file.name not in SIDE_FILES)
    return files


def load_other(suites: Sequence[Suite], files: Sequence[Path], known: Sequence[Case]) -> list[Case]:
    """Read case files that a user names, each against the suite of its operation.

    Args:
        suites: Every suite.
        files: The files; those that `known` cases come from are passed over.
        known: The cases that have been read.

    Raises:
        CaseError: For a wrong file, an operation that has no suite, and an id that is taken.
    """
    own = {Path(case.where.file).resolve() for case in known}
    by_operation = {suite.operation: suite for suite in suites}
    found: list[Case] = []
    for path in files:
        if path.resolve() in own:
            continue
        file = YamlFile.read(path, CaseError)
        file.validate(case_schema())
        operation = file.data["operation"]
        if operation not in by_operation:
            raise file.fault(
                f"there are no valid requests for {operation!r}", ("operation",), hint=near(operation, by_operation)
            )
        found += parse_file(file, by_operation[operation])
    refuse_twins([*known, *found])
    return found


def select(cases: Sequence[Case], patterns: Sequence[str], expression: str | None) -> list[Case]:
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
        named = [_named(cases, pattern) for pattern in patterns]
        wanted = {case.id for found in named for case in found}
        chosen = [case for case in cases if case.id in wanted]
    if expression:
        chosen = [case for case in chosen if _matches(case, expression)]
    if not chosen:
        raise UsageError(f"no case matches -k {expression!r}", hint="conformance coverage lists the ids")
    return chosen


def _named(cases: Sequence[Case], pattern: str) -> list[Case]:
    files = {path.resolve() for path in named_files([pattern])}
    found = [case for case in cases if Path(case.where.file).resolve() in files] if files else []
    found = found or [case for case in cases if case.id == pattern or case.id.startswith(pattern.rstrip("/") + "/")]
    if not found:
        raise UsageError(f"no case is named {pattern!r}", hint=near(pattern, [case.id for case in cases]))
    return found


def _matches(case: Case, expression: str) -> bool:
    # Both faces of the runner read -k alike: this is what pytest itself evaluates it with.
    from _pytest.mark.expression import Expression  # noqa: PLC0415 - only who uses -k pays for the import

    name = case.id.lower()

    def holds(word: str, /, **arguments: object) -> bool:
        if arguments:
            raise SyntaxError("a word takes no arguments")
        return word.lower() in name

    try:
        return Expression.compile(expression).evaluate(holds)
    except (SyntaxError, RecursionError, MemoryError) as fault:
        reason = str(fault) or "nested too deeply"
        raise UsageError(f"-k {expression!r} is malformed: {reason}", hint="join words by and, or, not") from None
