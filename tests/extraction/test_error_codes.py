"""Error codes: where a message ends, and what kind of fault a code tells of."""

from __future__ import annotations

import pytest

from conformance.extraction.facts.error_classes import error_class
from conformance.extraction.facts.error_codes import split_message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("The sheep is gone. The flock has lost a sheep.", "The sheep is gone."),
        ("It is out. Wait for it. The sheep is not at home. Try again later.", "It is out. Wait for it."),
        ("No such sheep. The sheep does not exist. Check the name.", "No such sheep."),
        ("No such sheep The sheep does not exist.", "No such sheep"),
        ("Missing a sheep Required sheep are not there. Count them all.", "Missing a sheep"),
        ("The specified Name is not valid. Choose another name.", "The specified Name is not valid."),
        ("%s The error message returned because the sheep is ill.", "%s"),
        ("Sheep not found. 找不到羊。", "Sheep not found."),
        ("Sheep not found. SLS羊圈不存在。", "Sheep not found."),
        ("Sheep not found 找不到羊。", "Sheep not found"),
        ("Alone.", "Alone."),
        ("", ""),
    ],
)
def test_where_a_message_ends(text: str, message: str) -> None:
    found, description = split_message(text)
    assert found == message
    assert (message + description).replace(" ", "") == text.replace(" ", "")


def test_a_known_message_decides() -> None:
    text = "One. Two. Three. Four."
    assert split_message(text, ["One.", "One. Two. Three."]) == ("One. Two. Three.", "Four.")
    assert split_message(text, ["One. Two. Th"]) == ("One. Two.", "Three. Four.")
    assert split_message(text, [text]) == (text, "")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "MissingParameter", "syntax"),
        (400, "MissingParam.SheepOrRam", "syntax"),
        (400, "ParameterInvalid", "syntax"),
        (400, "INVALID_PARAMETER", "syntax"),
        (400, "InvalidParameter.Name.Malformed", "syntax"),
        (400, "IllegalParam.Sheep", "syntax"),
        (400, "IllegalParam.SheepId", "state"),
        (400, "DuplicatedParam.Sheep", "syntax"),
        (400, "InvalidSheepName.Malformed", "syntax"),
        (400, "InvalidSheepType.NotFound", "syntax"),
        (400, "OperationUnsupported.SheepType", "syntax"),
        (404, "InvalidSheepId.NotFound", "state"),
        (404, "InvalidSheep.NotFound", "state"),
        (400, "InvalidSheepId", "state"),
        (400, "SheepNotExist", "state"),
        (400, "SheepOrRamNotExist", "state"),
        (400, "OperationDenied.SheepShared", "state"),
        (400, "QuotaExceeded.Sheep", "state"),
        (400, "UnsupportedFeature.Wool", "state"),
        (400, "IncorrectSheepStatus", "state"),
        (400, "SheepExist", "state"),
        (400, "InvalidSheepStatus", "state"),
        (403, "Unauthorized", "auth"),
        (403, "Forbidden.RAM", "auth"),
        (400, "OptInRequired.Sheep", "auth"),
        (404, "InvalidAccessKeyId.NotFound", "auth"),
        (400, "SignatureDoesNotMatch", "auth"),
        (400, "Throttling", "throttle"),
        (400, "Throttling.User", "throttle"),
        (500, "InternalError", "server"),
        (400, "OperationFailed.InternalError", "server"),
        (503, "ServiceUnavailable", "server"),
        (500, "Baa", "server"),
        (403, "Baa", "auth"),
        (400, "Baa", "state"),
    ],
)
def test_the_class_of_a_code(status: int, code: str, expected: str) -> None:
    assert error_class(status, code) == expected
