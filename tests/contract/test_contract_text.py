"""The text of a contract file is letter for letter what PyYAML writes of the same nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from contract_strategies import contracts, thing
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.contract_text import contract_text, serialized
from conformance.contract.openapi.writer import shared_openapi
from conformance.core.errors import ContractError

if TYPE_CHECKING:
    from conformance.contract.model import Contract


@given(contracts)
def test_a_contract_is_written_as_pyyaml_writes_it(contract: Contract) -> None:
    try:
        data = shared_openapi(contract)
    except ContractError:
        return
    assert contract_text(data) == serialized(data)


def test_a_contract_with_one_of_everything_is_too() -> None:
    data = shared_openapi(thing())
    text = contract_text(data)
    assert text == serialized(data)
    assert "&" in text


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10) | st.sampled_from(
    [
        "yes",
        "Null",
        "on",
        "1.10",
        "0x1",
        "a: b",
        "- a",
        "# a",
        "a,b",
        "[a]",
        "~",
        "",
        " a",
        "a ",
        "x" * 130,
        "=",
        "<<",
        "0123",
        "12:30",
    ]
)
values = st.recursive(
    texts | st.integers() | st.booleans() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(texts, values, max_size=4), st.lists(values, max_size=2))
def test_any_data_is_too_and_reads_back(data: dict[str, object], shared: list[object]) -> None:
    whole = {**data, "a": shared, "b": {"info": shared, "c": [shared, {"d": data, "e": data}]}}
    text = contract_text(whole)
    assert text == serialized(whole)
    assert yaml.safe_load(text) == yaml.safe_load(serialized(whole))


def test_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ContractError, match="surrogate"):
        contract_text({"a": "\ud800"})
