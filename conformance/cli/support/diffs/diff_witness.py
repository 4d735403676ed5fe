"""The third witness of `conformance diff`: contracts by operation, from whatever file or folder is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cli.support.diffs.diff_input import read_diff_input
from conformance.cli.support.sdk_model import read_models
from conformance.core.errors import DocumentError, UsageError
from conformance.core.yamlfile import read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from conformance.contract.model import Contract


def read_witnesses(word: str, operations: Collection[str]) -> dict[str, Contract]:
    """Return what a witness has of some operations.

    Args:
        word: A contract's name, or the path of a contract, a document, a Python SDK's model file, or a folder of them.
        operations: The operations that are compared.

    Raises:
        InputError: If it cannot be read, or is about none of the operations. In a folder, files that are none of these
            are passed over.
    """
    path = Path(word)
    if path.is_dir():
        found = dict(_models_in(path, operations))
        documents = read_diff_input(word, "witness").side.documents if not found else ()
        found |= {document.contract.operation: document.contract for document in documents}
    elif path.suffix == ".py":
        found = read_models(read_text(path, DocumentError), path.name, operations)
    else:
        contract = read_diff_input(word, "witness").contract
        found = {contract.operation: contract}
    found = {operation: contract for operation, contract in found.items() if operation in operations}
    if not found:
        what = next(iter(operations)) if len(operations) == 1 else "any operation that was compared"
        raise UsageError(f"the witness says nothing of {what}", where=path, hint="give another --witness")
    return found


def _models_in(folder: Path, operations: Collection[str]) -> Iterator[tuple[str, Contract]]:
    """Yield the request models of an SDK's folder: one file a model, or one `models.py` for all."""
    wanted = {f"_{operation}Request".lower().replace("_", ""): operation for operation in operations}
    for path in sorted(folder.rglob("*.py")):
        if path.name == "models.py" or path.stem.lower().replace("_", "") in wanted:
            yield from read_models(read_text(path, DocumentError), path.name, operations).items()
