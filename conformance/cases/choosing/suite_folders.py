"""The folders of operations that have cases, and which of them the words of a command line mean."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.choosing.named_files import named_files
from conformance.cases.compiled import read_suite, stated_operation
from conformance.cases.suite import SDK_FOLDER
from conformance.contract.catalogue import contract_files, workspace_contracts
from conformance.core.cache import NO_CACHE
from conformance.core.errors import CaseError, UsageError
from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.suite import Suite
    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Language
    from conformance.core.cache import Cache

_BASE: Final = "base.yaml"

_OF_PRODUCT: Final = lazy_pattern(
    r"(?P<product>[A-Za-z][\w-]*(?:/\d{4}-\d{2}-\d{2})?)(?:(?<=\d)/|:)(?P<name>[A-Za-z0-9]+)(?=/|$)", re.ASCII
)
"""An operation with its product: `farm:CreateThing`, `farm/2020-01-02/CreateThing`."""


class SuiteFolder(Struct, frozen=True):
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
