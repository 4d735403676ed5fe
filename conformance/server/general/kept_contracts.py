"""Contracts as a run keeps them: read once, and found again by their bytes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from conformance.cases.compiled import read_contracts
from conformance.core.cache import user_cache

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.core.cache import Cache


def kept_contracts(files: Mapping[Language, Path]) -> Mapping[Language, Contract]:
    """Return the contracts of files by language; raises `ContractError` if one is faulty."""
    return read_contracts(files, _cache())


@cache
def _cache() -> Cache:
    return user_cache("cases")
