"""What error rows are about, by the words of their codes and messages."""

from __future__ import annotations

import pytest
from contract_strategies import parameter

from conformance.cases.meanings.rows import MeantRow, meant_rows, told_by_code
from conformance.cases.meanings.words import load_words
from conformance.contract.model import Contract, ErrorCode, Source, State

PARAMETERS = ("KeyRingName", "Tag[].Key", "Size", "Zone", "BarnId", "Roof")


def meant(code: str, message: str = "%s") -> MeantRow:
    row = ErrorCode(400, code, message, 9, State.STATED, "syntax")
    rows = tuple(parameter(path, 1, type="string") for path in PARAMETERS)
    contract = Contract("CreateKeyRing", "en", Source("x", "0", "flat"), rows, (), (row,))
    return meant_rows(contract, load_words())[0]


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("QuotaExceed.KeyRing", "KeyRingName", "quota"),
        ("KeyRing.AlreadyExist", "KeyRingName", "exists"),
        ("InvalidTagKey.Malformed", "Tag[].Key", "malformed"),
        ("InvalidKey.TooLong", "Tag[].Key", "malformed"),
        ("SizeExceeded", "Size", "quota"),
        ("InvalidSizeParam", "Size", "malformed"),
        ("InvalidSizeOrHeight", "Size", "malformed"),
        ("InvalidZoneId.NotFound", "Zone", "not_found"),
        ("InvalidSizeUnit.NotSupported", "", "malformed"),
        ("KeyRingId.Unauthorized", "", "identity"),
        ("RoofCountLimited", "Roof", "quota"),
        ("IncorretBarnStatus", "", "status"),
    ],
)
def test_a_name_of_one_word_is_no_part_of_a_longer_name(code: str, name: str, kind: str) -> None:
    found = meant(code)
    assert (found.parameter, found.kind) == (name, kind)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("The barns reach its limit.", "quota"),
        ("The maximum number of barns is exceeded.", "quota"),
        ("The specified barn doesn't exist.", "not_found"),
        ("Some barn status blocked this operation.", "status"),
        ("The name has already been used.", "exists"),
    ],
)
def test_a_message_says_what_a_row_is_about_where_its_code_does_not(message: str, kind: str) -> None:
    assert meant("Refused", message).kind == kind


def test_a_row_whose_code_is_of_something_else_speaks_of_no_form() -> None:
    words = load_words()
    for code, told in (("InvalidSize.Malformed", True), ("DependencyViolation", False)):
        row = meant(code, "The specified parameter Size is not valid.")
        assert (row.kind, row.parameter) == ("malformed", "Size")
        assert bool(told_by_code("malformed", "Size", [row], words)) == told
