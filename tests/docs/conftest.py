from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def documents_folder() -> Path:
    return Path(os.environ.get("CONFORMANCE_DOCUMENTS", REPOSITORY.parent / "shared" / "docs"))


@pytest.fixture(scope="session")
def documents() -> Path:
    folder = documents_folder()
    if not (folder / "CreateFlowLog.en.txt").is_file():
        pytest.skip(f"the captured documents are not in {folder}; set CONFORMANCE_DOCUMENTS")
    return folder
