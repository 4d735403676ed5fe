from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from contract_strategies import contract, error, parameter
from msgspec.structs import replace

from conformance.comparison.agreement import Agreement
from conformance.comparison.comparison_text import markdown, text_lines
from conformance.comparison.contract_comparison import compare
from conformance.comparison.sarif import sarif
from conformance.comparison.witness import Witnessed, ask

if TYPE_CHECKING:
    from conformance.contract.model import Contract


def said(left: Contract, right: Contract, witness: Contract) -> Witnessed | None:
    (finding,) = [item for item in compare(left, right).findings if item.verdict is not Agreement.AGREE]
    return ask(finding, witness)


def thing(**facts: Any) -> Contract:
    return contract(parameter("Ids[]", 5, **facts))


@pytest.mark.parametrize(
    ("witness", "words"),
    [
        (thing(maxItems=20), "as the left"),
        (thing(maxItems=50), "as the right"),
        (thing(maxItems=30), "as neither"),
        (thing(), "says nothing"),
        (contract(), "says nothing"),
        (contract(parameter("Ids", 5, maxItems=50)), "as the right"),
    ],
)
def test_a_third_document_beside_a_disagreement(witness: Contract, words: str) -> None:
    found = said(thing(maxItems=20), thing(maxItems=50), witness)
    assert found is not None
    assert found.words == words


def test_it_speaks_of_rows_and_codes_too() -> None:
    whole = contract(parameter("A", 3), errors=[error("Gone", "One.", 4)])
    row = said(contract(parameter("A")), contract(), whole)
    assert row is not None
    assert (row.words, row.fact.line) == ("as the left", 3)
    code = said(contract(errors=[error("Gone", "One.")]), contract(), whole)
    assert code is not None
    assert (code.words, code.fact.line) == ("as the left", 4)


def test_it_is_not_asked_of_another_operation_or_of_what_agrees() -> None:
    result = compare(thing(maxItems=20), thing(maxItems=50))
    assert all(ask(item, contract(operation="DeleteThing")) is None for item in result.findings)
    assert all(ask(item, thing(maxItems=20)) is None for item in result.of(Agreement.AGREE))


def test_every_form_shows_it_and_no_verdict_changes() -> None:
    result = compare(thing(maxItems=20), thing(maxItems=50))
    shown = replace(result, witness=thing(maxItems=50))
    assert "witness CreateThing.en.txt: 50  (line 5), as the right" in [line.text for line in text_lines(shown)]
    assert "| 50 (line 5), as the right |" in " ".join(markdown(shown).split()).replace("  ", " ")
    whole: Any = sarif([shown], version="1")
    (log,) = whole["runs"][0]["results"]
    assert log["relatedLocations"][-1]["message"]["text"] == "witness: 50, as the right"
    assert shown.findings == result.findings
