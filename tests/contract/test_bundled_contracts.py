"""The contracts that travel with the project are what the program makes of their documents."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.contract.files import load_contract
from conformance.core.resources import openapi_dir

if TYPE_CHECKING:
    from commands import Command

COMMITTED = sorted(openapi_dir().resolve().glob("*/*/*.yaml"))
DOCUMENTS = Path(os.environ.get("CONFORMANCE_DOCUMENTS", openapi_dir().resolve().parents[1] / "shared" / "docs"))
FAMILY = (
    "ActiveFlowLog",
    "CreateFlowLog",
    "DeactiveFlowLog",
    "DeleteFlowLog",
    "DescribeFlowLogs",
    "ModifyFlowLogAttribute",
)


def test_every_operation_has_a_contract_in_each_language() -> None:
    names = {path.stem for path in COMMITTED}
    operations = {name.partition(".")[0] for name in names}
    assert operations >= set(FAMILY)
    assert names == {f"{operation}.{language}" for operation in operations for language in ("en", "zh")}
    assert len(operations) == 14


def test_the_documents_say_what_their_contracts_say(conformance: Command, tmp_path: Path) -> None:
    folders = [DOCUMENTS, DOCUMENTS / "corpus", *(DOCUMENTS.parent / name for name in ("metadata", "metadata-more"))]
    files = [file for folder in folders for file in folder.glob("*.txt" if folder == DOCUMENTS else "**/*.*")]
    if not files:
        pytest.skip(f"no documents are at {DOCUMENTS}; CONFORMANCE_DOCUMENTS names the folder of documents")
    by_digest = {sha256(file.read_bytes()).hexdigest(): file for file in files}
    for path in COMMITTED:
        contract = load_contract(path.read_text(encoding="utf-8"), path.name)
        copies = []
        for source in (contract.source, *contract.also):
            shutil.copy(by_digest[source.sha256], tmp_path / source.file)
            copies.append(str(tmp_path / source.file))
        given = ("--product", contract.product, "--api-version", contract.version, "--language", contract.language)
        done = conformance("derive", "--check", *given, *copies, "-o", str(path))
        assert (done.status, done.out.count("differs")) == (0, 0), done.out
