"""Finding case files: which operations there are, and the cases that paths and expressions select."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeVar

from conformance.cases.compiled import read_any_file, read_file, read_suite, stated_operation
from conformance.cases.load import refuse_duplicate_ids
from conformance.cases.suite import SDK_FOLDER, SIDE_FILES
from conformance.contract.catalogue import contract_files, workspace_contracts
from conformance.core.cache import NO_CACHE
from conformance.core.errors import CaseError, UsageError
from conformance.core.wording import near
from conformance.core.workspace import FILE as WORKSPACE_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite
    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Language
    from conformance.core.cache import Cache
    from conformance.core.errors import Location

_BASE: Final = "base.yaml"
_CASES: Final = "cases"
_KEY: Final = re.compile(rb"""^["']?(operation|base|cases)["']?[ \t]*:""", re.MULTILINE)
"""The keys of a case file: its schema demands all three."""
_ENOUGH_KEYS: Final = 2
"""So many of them make a file one of cases, so that what it lacks is told."""
_OF_PRODUCT: Final = re.compile(
    r"(?P<product>[A-Za-z][\w-]*(?:/\d{4}-\d{2}-\d{2})?)(?:(?<=\d)/|:)(?P<name>[A-Za-z0-9]+)(?=/|$)", re.ASCII
)
"""An operation with its product: `farm:CreateThing`, `farm/2020-01-02/CreateThing`."""
_ONE_WORD: Final = re.compile(r"[\w:+.\[\]\\/-]+")
_OPERATORS: Final = ("and", "or", "not")
"""What an expression of pytest takes for one word, and the words that join them."""
_MALFORMED: Final = (SyntaxError, RecursionError, MemoryError)


def case_files(folder: Path) -> list[Path]:
    """Return the case files of an operation's folder, in a stable order."""
    return sorted(path for path in folder.glob("*.yaml") if path.name not in SIDE_FILES)


def load_cases(suite: Suite, paths: Sequence[Path], cache: Cache = NO_CACHE) -> list[Case]:
    """Read case files; raises `CaseError` for a wrong file and for an id that two cases share."""
    cases = [case for path in paths for case in read_file(path, suite, cache)]
    refuse_duplicate_ids(cases)
    return cases


_NO_FILES: Final = "the folder has no case files of an operation that has a contract"


class SuiteFolder(NamedTuple):
    """Where the cases of an operation are, before they are read.

    Attributes:
        operation: The operation.
        folder: Its folder, `cases/<product>/<Operation>`.
        contracts: Its contract files by language.
        subject: What its case ids begin with: its name, after `<product>:` where another product has the same name.
    """

    operation: OperationId
    folder: Path
    contracts: Mapping[Language, Path]
    subject: str


def suite_folders(folders: Sequence[Path]) -> list[SuiteFolder]:
    """Return every operation that has both a contract and valid requests in one of the folders `cases/`.

    Args:
        folders: The folders; of an operation that several have, the first counts.

    Raises:
        CaseError: For an operation's folder that is not in the folder of its product.
    """
    found = {}
    for operation, contracts in contract_files().items():
        places = [folder / operation.product / operation.name for folder in folders]
        own = next((place for place in places if (place / _BASE).is_file()), None)
        if own is not None:
            found[operation] = own, contracts
            continue
        for folder in folders:
            if (folder / operation.name / _BASE).is_file():
                refuse_misplaced(folder / operation.name, operation)
    names = Counter(operation.name for operation in found)
    return [
        SuiteFolder(
            operation,
            own,
            contracts,
            operation.with_product if names[operation.name] > 1 else operation.name,
        )
        for operation, (own, contracts) in found.items()
    ]


def chosen_folders(folders: Sequence[Path], words: Sequence[str]) -> tuple[list[SuiteFolder], list[str]]:
    """Return the operations that a command line means, and its words with the operations as case ids have them.

    Files, and folders of them, mean the operations that they are of; other words that name none mean any. Without
    words, and with such as `sdk/model` alone, the workspace's own operations are meant, if it has any with cases: its
    owner did not write the others.

    Args:
        folders: As in `suite_folders`.
        words: Case ids or their beginnings, operations (`CreateThing`, `farm:CreateThing`,
            `farm/2020-01-02/CreateThing`), and paths.

    Raises:
        CaseError: As `suite_folders`.
        UsageError: For the name of operations of several products.
    """
    found = suite_folders(folders)
    meant = [_meant(word, found) for word in words]
    naming = [(each, word) for each, word in meant if not is_of_sdk_alone(word)]
    if not naming:
        # Checks of an SDK need a contract and no case: a workspace that has contracts alone means those.
        contracts = workspace_contracts() if words else {}
        has_cases = len(folders) > 1  # else the one folder is the project's
        own = [
            each
            for each in found
            if each.operation in contracts or (has_cases and each.folder.is_relative_to(folders[0]))
        ]
        return own if own or contracts else found, list(words)
    named: set[OperationId] = set()
    for each, word in naming:
        of_word = [each] if each is not None else _of_files(word, found)
        if not of_word:
            return found, [word for _, word in meant]
        named.update(which.operation for which in of_word)
    return [each for each in found if each.operation in named], [word for _, word in meant]


def _of_files(word: str, found: Sequence[SuiteFolder]) -> list[SuiteFolder]:
    """Return the operations that the files of a path are of, as far as they say so; none where one of them does not."""
    names = {stated_operation(path) for path in named_files([word])}
    return [each for each in found if each.operation.name in names] if None not in names else []


def is_of_sdk_alone(word: str) -> bool:
    """Whether a word names checks of an SDK that are about no operation, or about any: `sdk/model`, `sdk/wire`."""
    return word.partition("/")[0] == SDK_FOLDER and word.count("/") < _PARTS_OF_SDK and not Path(word).exists()


_PARTS_OF_SDK: Final = 2
"""From this part of an id on, an operation is named in it: `sdk/model/CreateThing`."""


def _meant(word: str, found: Sequence[SuiteFolder]) -> tuple[SuiteFolder | None, str]:
    """Return the operation that a word begins with, if it does, and the word with its subject instead."""
    for each in found:
        for name in (str(each.operation), each.operation.with_product, each.subject):
            if word == name or word.startswith(f"{name}/"):
                return each, each.subject + word[len(name) :]
    name = word.partition("/")[0]
    choices = [each.subject for each in found if each.operation.name == name]
    if choices:
        raise UsageError(f"several products have {name}", hint=f"say one of: {', '.join(choices)}")
    of_product = _OF_PRODUCT.match(word)
    having = [each.operation for each in found if of_product is not None and each.operation.name == of_product["name"]]
    if of_product is not None and having:
        raise UsageError(
            f"{of_product['product']} has no {of_product['name']} with cases",
            hint=f"say one of: {', '.join(map(str, having))}",
        )
    return None, word


def load_suites(folders: Sequence[Path], cache: Cache = NO_CACHE) -> list[Suite]:
    """Return the suites of every operation that `suite_folders` finds.

    Raises:
        CaseError: For a wrong file.
        ContractError: For a wrong contract.
    """
    return [load_found(found, cache) for found in suite_folders(folders)]


def load_found(found: SuiteFolder, cache: Cache = NO_CACHE) -> Suite:
    """Read the suite of an operation; raises `CaseError` for a wrong file, and `ContractError` for a wrong contract."""
    return read_suite(found.folder, found.contracts, cache, subject=found.subject)


def refuse_misplaced(folder: Path, operation: OperationId) -> None:
    """Raise `CaseError` for an operation's folder that is directly below `cases/`, as releases before 0.2 had it."""
    if (folder.parent / "states.yaml").is_file():
        raise CaseError(
            "case files of an operation belong into the folder of its product",
            where=folder,
            hint=f"move them to {folder.parent / operation.product / folder.name}",
        )


def named_files(words: Sequence[str]) -> list[Path]:
    """Return the case files among the words of a command line: names that end in `.yaml`, and those in folders.

    A folder is searched no deeper than `cases/` is. A workspace means its `cases/` too. In folders that hold no
    operation there are files of other kinds, such as targets: only what has the keys of a case file is meant.
    """
    files: list[Path] = []
    for word in words:
        path = Path(word)
        if path.suffix == ".yaml":
            files.append(path)
        elif word and path.is_dir():
            # No deeper than the folder `cases/` itself is: a slip of the finger must not search a whole disk.
            found: set[Path] = set()
            for root in (path, path / _CASES) if (path / WORKSPACE_FILE).is_file() else (path,):
                for pattern in ("*.yaml", "*/*.yaml", "*/*/*.yaml"):
                    with suppress(FileNotFoundError):  # another process may remove a folder that is searched
                        found.update(root.glob(pattern))
            of_operations = {folder for folder in {file.parent for file in found} if (folder / _BASE).is_file()}
            files += sorted(
                file
                for file in found
                if file.name not in SIDE_FILES
                and not _is_of_sdks(file)
                and (file.parent in of_operations or _looks_like_cases(file))
            )
    return files


def _looks_like_cases(path: Path) -> bool:
    """Whether a file has most of the keys that every case file has, or cannot be read, which is told then."""
    try:
        keys = set(_KEY.findall(path.read_bytes()))
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return len(keys) >= _ENOUGH_KEYS


def moved(path: Path) -> str | None:
    """Return a hint for a path that is one of releases before 0.2, `cases/<Operation>...` without a product."""
    for folder in (path, path.parent):
        with suppress(OSError):  # another process may remove a folder while it is looked at
            found = sorted(folder.parent.glob(f"*/{escape(folder.name)}")) if folder.name else []
            found = [each / path.relative_to(folder) for each in found if (each / "base.yaml").is_file()]
            if found and found[0].exists():
                return f"it is now {found[0]}"
    return None


def _is_of_sdks(path: Path) -> bool:
    """Whether a file is one of `cases/sdk/`, which holds cases of another kind and is no product."""
    folder = path.parent
    return folder.name == SDK_FOLDER and (folder.parent / "states.yaml").is_file()


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
    return {name: Path(name).resolve() for name in {case.where.file for case in cases}}


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
