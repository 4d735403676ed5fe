"""Judging: one answer against the answers that a document allows."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple
from profiles import NEW_EXAMPLES

from conformance.cases.model import ANY_CODE
from conformance.cases.promised_fields import PromisedField
from conformance.cases.promises import Promise, PromisedAnswer
from conformance.contract.when import Presence, When
from conformance.judging.differences import differences
from conformance.judging.envelope import envelope
from conformance.judging.findings import Finding, merge
from conformance.judging.judge import judge
from conformance.judging.results import Mismatch
from conformance.judging.verdicts import VERDICTS, overall_verdict
from conformance.protocol.answer import Answered

MISSING = PromisedAnswer(400, "MissingParameter", "Missing mandatory parameter", 149, {})
NO_VPC = PromisedAnswer(400, "InvalidInstanceId", "VPC does not exists.", 60, {})
NO_ENI = PromisedAnswer(400, "InvalidInstanceId", "NetworkInterface does not exist.", 61, {})
FIELDS = (
    PromisedField("RequestId", "string", 104, echoes=False),
    PromisedField("Success", "string", 108, echoes=False),
    PromisedField("FlowLogId", "string", 112, echoes=False),
    PromisedField("ResourceGroupId", "string", 116, echoes=True),
)
CREATED = PromisedAnswer(200, None, None, 104, {}, FIELDS)
GOOD = {"RequestId": "R-1", "Success": "true", "FlowLogId": "fl-1"}
ERROR = {"RequestId": "R-1", "Code": "MissingParameter", "Message": "Missing mandatory parameter", "HostId": "h"}


def answered(
    body: dict[str, Any], status: int = 200, media_type: str = "application/json", form: str = "JSON"
) -> Answered:
    return Answered(status, media_type, form, body)


def found(
    body: dict[str, Any], *answers: PromisedAnswer, status: int = 400, sent: dict[str, str] | None = None
) -> list[Any]:
    return [astuple(finding) for finding in judge(answered(body, status), answers, sent or {})[0]]


# Errors.


def test_the_answer_promised_conforms_and_is_named() -> None:
    assert judge(answered(ERROR, 400), [CREATED, MISSING], {}) == ([], MISSING)


promised_errors = st.builds(
    lambda status, code, message, body, wording: PromisedAnswer(status, code, message, 1, body, wording=wording),
    st.sampled_from([400, 404]),
    st.sampled_from(["A", "B", ANY_CODE]),
    st.sampled_from(["The %s is wrong.", "The name is wrong.", "", None]),
    st.sampled_from([{}, {}, {"HostId": "other"}]),
    st.sampled_from([None, None, "The name is wrong."]),
)


@NEW_EXAMPLES
@given(
    st.lists(promised_errors, min_size=1, max_size=4).map(tuple),
    st.sampled_from([200, 400, 404]),
    st.sampled_from(["A", "B", "OK", ["A"], 7, None]),
    st.sampled_from(["The %s is wrong.", "The name is wrong.", "", 7, None]),
)
def test_a_row_that_may_be_repeated_is_what_judging_by_all_answers_finds(
    answers: tuple[PromisedAnswer, ...], status: int, code: object, message: object
) -> None:
    said = answered({"RequestId": "R-1", "Code": code, "Message": message, "HostId": "h"}, status)
    row = Promise((answers,), (), (), (None,)).rows[0].get(said.row)
    findings, matched = judge(said, answers, {})
    if row is not None:
        assert (findings, matched and matched.row) == ([], row)


@pytest.mark.parametrize(
    ("answer", "may_be_repeated"),
    [
        (MISSING, True),
        (PromisedAnswer(400, "MissingParameter", "Missing mandatory parameter", 149, {"HostId": "h"}), False),
        (PromisedAnswer(400, "MissingParameter", "Missing mandatory parameter", 149, {}, wording="Other"), False),
        (CREATED, False),
    ],
    ids=["a row", "a row with a field", "a row otherwise worded", "a success"],
)
def test_a_row_may_be_repeated_where_nothing_else_is_asked_for(
    answer: PromisedAnswer, *, may_be_repeated: bool
) -> None:
    rows = Promise(((answer,),), (), (), (None,)).rows[0]
    assert (rows.get(answered(ERROR, 400).row) is not None) is may_be_repeated
    assert rows.get(answered(ERROR | {"Code": ["MissingParameter"]}, 400).row) is None


def test_another_code_differs_with_all_that_are_allowed() -> None:
    body = ERROR | {"Code": "ParameterInvalid"}
    findings, matched = judge(answered(body, 400), [MISSING, NO_VPC, NO_ENI], {})
    assert findings == [
        Finding("response.body.Code", ("MissingParameter", "InvalidInstanceId"), "ParameterInvalid", 149),
    ]
    assert matched is None


@pytest.mark.parametrize(
    "code", ["missingparameter", "MissingParameter ", " MissingParameter", ["MissingParameter"], 0]
)
def test_a_code_is_compared_byte_for_byte(code: object) -> None:
    assert found(ERROR | {"Code": code}, MISSING) == [("response.body.Code", ("MissingParameter",), code, 149)]


def test_a_success_in_place_of_an_error_differs_in_code_and_status() -> None:
    assert found(GOOD, MISSING, status=200) == [
        ("response.body.Code", ("MissingParameter",), None, 149),
        ("response.status", (400,), 200, 149),
    ]


def test_an_error_in_place_of_a_success_differs_in_code_and_status() -> None:
    assert found(ERROR, CREATED) == [
        ("response.body.Code", (None,), "MissingParameter", 104),
        ("response.status", (200,), 400, 104),
    ]


REFUSED = PromisedAnswer(400, ANY_CODE, None, 26, {})
ANY = "an error of the request, with any code"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 499])
def test_any_refusal_of_the_request_conforms_where_no_document_gives_the_code(status: int) -> None:
    assert found(ERROR, REFUSED, status=status) == []
    assert judge(answered(ERROR, status), [REFUSED], {})[0] == []


def test_where_any_refusal_is_allowed_a_documented_code_may_have_a_message_of_its_own() -> None:
    row = PromisedAnswer(400, "MissingParameter", "Of another parameter.", 60, {})
    assert found(ERROR, row, REFUSED) == []
    assert [where for where, *_ in found(ERROR, row)] == ["response.body.Message"]


def test_a_success_and_a_fault_of_the_server_are_no_refusals_of_the_request() -> None:
    assert found(GOOD, REFUSED, status=200) == [
        ("response.body.Code", (ANY,), None, 26),
        ("response.status", ("400 to 499",), 200, 26),
    ]
    assert found(ERROR, REFUSED, status=500) == [
        ("response.body.Code", (ANY,), "MissingParameter", 26),
        ("response.status", ("400 to 499",), 500, 26),
    ]
    fault = PromisedAnswer(500, "MissingParameter", "Missing mandatory parameter", 149, {})
    assert found(ERROR, REFUSED, fault, status=500) == []


@pytest.mark.parametrize("status", [200, 404, 500])
def test_another_status_differs(status: int) -> None:
    assert found(ERROR, MISSING, status=status) == [("response.status", (400,), status, 149)]


@pytest.mark.parametrize("message", ["missing mandatory parameter", "Missing mandatory parameter.", "", None, 5, ["x"]])
def test_a_message_is_compared_byte_for_byte(message: object) -> None:
    assert found(ERROR | {"Message": message}, MISSING) == [
        ("response.body.Message", ("Missing mandatory parameter",), message, 149)
    ]


def test_status_and_message_may_both_differ() -> None:
    assert [finding[0] for finding in found(ERROR | {"Message": "x"}, MISSING, status=409)] == [
        "response.status",
        "response.body.Message",
    ]


def test_each_message_of_a_code_conforms_and_none_other() -> None:
    body = {"RequestId": "R", "Code": "InvalidInstanceId"}
    for row in (NO_VPC, NO_ENI):
        assert judge(answered(body | {"Message": row.message}, 400), [NO_VPC, NO_ENI], {}) == ([], row)
    assert found(body | {"Message": "neither"}, NO_VPC, NO_ENI) == [
        ("response.body.Message", ("VPC does not exists.", "NetworkInterface does not exist."), "neither", 60)
    ]


def test_the_nearest_of_several_rows_is_compared() -> None:
    other_status = PromisedAnswer(403, "InvalidInstanceId", "VPC does not exists.", 62, {})
    body = {"Code": "InvalidInstanceId", "Message": "NetworkInterface does not exist."}
    assert judge(answered(body, 400), [other_status, NO_ENI], {}) == ([], NO_ENI)


# Successes.


NO_ROUTE = PromisedAnswer(404, "NoRoute", "The route %s does not exist.", 70, {})
ANY_ROUTE = PromisedAnswer(404, "NoRoute", "%s", 71, {})
GONE = {"RequestId": "R-1", "Code": "NoRoute", "Message": "The route r-1 does not exist.", "HostId": "h"}


def test_any_text_stands_in_a_placeholder_of_a_message_and_the_rest_is_exact() -> None:
    assert judge(answered(GONE, 404), [NO_ROUTE], {}) == ([], NO_ROUTE)
    assert judge(answered(GONE | {"Message": NO_ROUTE.message}, 404), [NO_ROUTE], {}) == ([], NO_ROUTE)
    for wrong in ("The route r-1 does not exist", "the route r-1 does not exist.", "", None):
        expected = [("response.body.Message", (NO_ROUTE.message,), wrong, 70)]
        assert found(GONE | {"Message": wrong}, NO_ROUTE, status=404) == expected


def test_the_row_with_the_very_message_is_the_one_that_is_matched() -> None:
    exact = PromisedAnswer(404, "NoRoute", "The route r-1 does not exist.", 72, {})
    for rows in permutations([ANY_ROUTE, NO_ROUTE, exact]):
        assert judge(answered(GONE, 404), rows, {}) == ([], exact)


def test_a_case_may_ask_for_the_text_in_the_place_of_a_placeholder() -> None:
    asked = PromisedAnswer(404, "NoRoute", NO_ROUTE.message, 70, {}, wording="The route r-1 does not exist.")
    assert judge(answered(GONE, 404), [asked], {}) == ([], asked)
    assert asked.row == NO_ROUTE.row
    other = "The route r-2 does not exist."
    expected = [("response.body.Message", ("The route r-1 does not exist.",), other, 70)]
    assert found(GONE | {"Message": other}, asked, status=404) == expected


def test_a_success_with_every_field_conforms() -> None:
    assert found(GOOD, CREATED, status=200) == []
    # What the document does not promise does no harm.
    assert found(GOOD | {"More": {"of": ["this"]}}, CREATED, status=200) == []


@pytest.mark.parametrize("name", ["RequestId", "Success", "FlowLogId"])
def test_a_promised_field_must_be_there(name: str) -> None:
    body = {key: value for key, value in GOOD.items() if key != name}
    line = next(field.line for field in FIELDS if field.name == name)
    assert found(body, CREATED, status=200) == [(f"response.body.{name}", ("a value",), None, line)]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("FlowLogId", 5, ("of type string",)),
        ("FlowLogId", None, ("a value",)),
        ("FlowLogId", ["fl-1"], ("of type string",)),
        ("FlowLogId", "", ("a value",)),
        ("Success", True, ("of type string",)),
        ("Success", "True", ("true",)),
        ("Success", "false", ("true",)),
        ("Success", "", ("a value",)),
    ],
)
def test_a_field_has_its_type_and_a_value(name: str, value: object, expected: tuple[str, ...]) -> None:
    ((where, wanted, observed, _),) = found(GOOD | {name: value}, CREATED, status=200)
    assert (where, wanted, observed) == (f"response.body.{name}", expected, value)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("string", ["x"], [5, True, [], {}]),
        ("integer", [5, 0, -1], ["5", 5.5, True, False]),
        ("number", [5, 5.5], ["5", True]),
        ("boolean", [True, False], ["true", 1, 0]),
        ("array", [["x"]], ["x", {}]),
        ("object", [{"a": 1}], ["x", []]),
    ],
)
def test_types_are_those_of_json(kind: str, right: list[Any], wrong: list[Any]) -> None:
    answer = PromisedAnswer(200, None, None, 1, {}, (PromisedField("F", kind, 1, echoes=False),))
    for value in right:
        assert found({"F": value}, answer, status=200) == [], value
    for value in wrong:
        assert found({"F": value}, answer, status=200) == [("response.body.F", (f"of type {kind}",), value, 1)], value


def test_in_xml_everything_is_text_and_the_values_are_judged_all_the_same() -> None:
    answer = PromisedAnswer(200, None, None, 1, {"N": 5, "B": True}, (PromisedField("N", "integer", 1, echoes=False),))
    body = {"N": "5", "B": "true"}
    assert judge(answered(body, 200, "text/xml", "XML"), [answer], {}) == ([], answer)
    body = {"N": "6", "B": "True"}
    assert [finding.where for finding in judge(answered(body, 200, "text/xml", "XML"), [answer], {})[0]] == [
        "response.body.N",
        "response.body.B",
    ]


def test_a_field_that_bears_a_parameters_name_gives_its_value_back() -> None:
    sent = {"ResourceGroupId": "rg-1"}
    assert found(GOOD | {"ResourceGroupId": "rg-1"}, CREATED, status=200, sent=sent) == []
    assert found(GOOD | {"ResourceGroupId": "rg-2"}, CREATED, status=200, sent=sent) == [
        ("response.body.ResourceGroupId", ("rg-1",), "rg-2", 116)
    ]
    assert found(GOOD, CREATED, status=200, sent=sent) == [("response.body.ResourceGroupId", ("a value",), None, 116)]
    # Not sent: it may be left out or empty, and may say what the server chose.
    for value in ("rg-default", "", None):
        assert found(GOOD | {"ResourceGroupId": value}, CREATED, status=200) == []
    assert found(GOOD, CREATED, status=200) == []
    assert found(GOOD | {"ResourceGroupId": ""}, CREATED, status=200, sent={"ResourceGroupId": ""}) == []
    assert found(GOOD | {"ResourceGroupId": 5}, CREATED, status=200) != []


@pytest.mark.parametrize(
    ("sent", "value", "right"), [("-8", 10, True), ("0", 1, True), ("0", "x", False), ("5", 10, False)]
)
def test_for_a_number_below_1_a_usual_one_may_come_back(sent: str, value: object, *, right: bool) -> None:
    field = PromisedField("PageSize", None, 117, echoes=True)
    listed = PromisedAnswer(200, None, None, 104, {}, (field,))
    assert (found(GOOD | {"PageSize": value}, listed, status=200, sent={"PageSize": sent}) == []) is right


def test_the_body_that_a_case_asks_for_is_judged_beside_the_documents_fields() -> None:
    answer = PromisedAnswer(200, None, None, 104, {"FlowLogId": "fl-2", "Gone": None}, FIELDS)
    assert found(GOOD | {"Gone": "x"}, answer, status=200) == [
        ("response.body.FlowLogId", ("fl-2",), "fl-1", 104),
        ("response.body.Gone", (None,), "x", 104),
    ]


# Differences.

json_values = st.recursive(
    st.booleans() | st.integers() | st.text(min_size=1, max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
# `not` and `any_order` say how to compare.
plain_values = json_values.filter(
    lambda value: not any(f'"{word}":' in json.dumps(value) for word in ("not", "any_order"))
)


def different(expected: object, observed: object) -> list[tuple[str, tuple[Any, ...], Any]]:
    return [(finding.where, finding.expected, finding.observed) for finding in differences(expected, observed, "b")]


@NEW_EXAMPLES
@given(plain_values)
def test_a_value_does_not_differ_from_itself(value: object) -> None:
    assert different(value, value) == []
    assert different({"not": value}, value) != []
    assert different({"any_order": [value]}, [value]) == []


@given(
    st.dictionaries(st.text(max_size=3), plain_values, max_size=3), st.dictionaries(st.text(max_size=3), plain_values)
)
def test_what_is_not_asked_for_makes_no_difference(expected: dict[str, Any], more: dict[str, Any]) -> None:
    assert different(expected, {**more, **expected}) == []


@pytest.mark.parametrize(
    ("expected", "observed", "differ"),
    [
        ("a", "b", [("b", ("a",), "b")]),
        ("a", None, [("b", ("a",), None)]),
        ("a", ["a"], [("b", ("a",), ["a"])]),
        ("a", {"a": "a"}, [("b", ("a",), {"a": "a"})]),
        (5, "5", []),
        ("5", 5, []),
        (True, "true", []),
        (True, "True", [("b", (True,), "True")]),
        (True, 1, [("b", (True,), 1)]),
        (None, None, []),
        (None, "", []),
        (None, "x", [("b", (None,), "x")]),
        (None, 0, [("b", (None,), 0)]),
        ({"a": 1}, {}, [("b.a", (1,), None)]),
        ({"a": 1}, None, [("b.a", (1,), None)]),
        ({"a": 1}, "", [("b.a", (1,), None)]),
        ({"a": 1}, "x", [("b", ("an object",), "x")]),
        ({"a": 1}, [], [("b", ("an object",), [])]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [("b.a.b[1]", (2,), 3)]),
        ([1, 2], [2, 1], [("b[0]", (1,), 2), ("b[1]", (2,), 1)]),
        ([1, 2], [1], [("b.length", (2,), 1)]),
        ([1], [1, 2], [("b.length", (1,), 2)]),
        ([], [], []),
        ([], "", []),
        ([], None, []),
        ([], ["x"], [("b.length", (0,), 1)]),
        (["x"], "x", []),
        ([{"a": 1}], {"a": 1}, []),
        ({"not": "a"}, "b", []),
        ({"not": "a"}, "a", [("b", ("another value than a",), "a")]),
        ({"any_order": [1, 2]}, [2, 1], []),
        ({"any_order": [1, 2]}, [2, 3], [("b", (1,), [2, 3])]),
        ({"any_order": [1]}, [1, 1], [("b", ("nothing more",), [1])]),
        ({"any_order": []}, None, []),
        ({"any_order": ["x"]}, "x", []),
        ({"any_order": [1, True]}, [True, 1], []),
        ({"any_order": [None, "x"]}, ["x", None], []),
    ],
)
def test_what_differs_and_where(expected: object, observed: object, differ: list[Any]) -> None:
    assert different(expected, observed) == differ


ORDERS = [list(order) for order in permutations([{"Key": "a"}, {"Key": "a", "Value": "b"}, {"Value": "b"}])]


def test_a_list_may_be_the_only_member_of_an_object_or_not() -> None:
    for one in ({"Things": [{"Id": 1}]}, {"Things": {"Thing": [{"Id": 1}]}}):
        for other in ({"Things": [{"Id": 1}]}, {"Things": {"Thing": [{"Id": 1}]}}):
            assert different(one, other) == []
    assert different({"Things": [{"Id": 1}]}, {"Things": {"Thing": [{"Id": 2}]}}) != []
    assert different({"Things": []}, {"Things": {"Thing": []}}) == []


@pytest.mark.parametrize("observed", ORDERS)
@pytest.mark.parametrize("expected", ORDERS)
def test_in_any_order_finds_a_place_for_each_though_one_fits_several(expected: list[Any], observed: list[Any]) -> None:
    assert different({"any_order": expected}, observed) == []


@NEW_EXAMPLES
@given(st.lists(plain_values, max_size=5), st.randoms())
def test_any_order_takes_every_order(values: list[Any], random: Any) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)
    assert different({"any_order": values}, shuffled) == []
    assert different({"any_order": values}, [*shuffled, "one more"]) != []


# The envelope.


def shape(
    body: dict[str, Any], status: int = 400, *, seen: bool = False, asked: str = "JSON", **other: Any
) -> list[Any]:
    return [astuple(finding) for finding in envelope(answered(body, status, **other), asked, request_id_seen=seen)]


def test_the_shape_of_an_error_and_of_a_success() -> None:
    assert shape(ERROR) == []
    assert shape(GOOD, 200) == []
    assert shape(ERROR, media_type="text/xml", form="XML", asked="XML") == []


@pytest.mark.parametrize(
    ("body", "status", "where", "expected"),
    [
        (ERROR | {"RequestId": ""}, 400, "response.body.RequestId", "a text that is not empty"),
        (ERROR | {"RequestId": None}, 400, "response.body.RequestId", "a text that is not empty"),
        (ERROR | {"RequestId": 5}, 400, "response.body.RequestId", "a text that is not empty"),
        ({"Success": "true"}, 200, "response.body.RequestId", "a text that is not empty"),
        ({"RequestId": "R"}, 500, "response.body.Code", "an error code"),
        (ERROR, 200, "response.status", "a status of failure beside an error code"),
        (ERROR, 299, "response.status", "a status of failure beside an error code"),
        (ERROR | {"Code": 5}, 400, "response.body.Code", "a text that is not empty"),
        (ERROR | {"Message": ""}, 400, "response.body.Message", "a text that is not empty"),
        (ERROR | {"Message": ["x"]}, 400, "response.body.Message", "a text that is not empty"),
    ],
)
def test_a_wrong_shape(body: dict[str, Any], status: int, where: str, expected: str) -> None:
    assert [(finding[0], finding[1]) for finding in shape(body, status)] == [(where, (expected,))]


def test_a_request_id_is_used_once() -> None:
    assert shape(ERROR, seen=True) == [("response.body.RequestId", ("a text never used before",), "R-1", None)]


def test_an_error_does_not_say_success() -> None:
    for value in ("true", True, "True"):
        assert [finding[0] for finding in shape(ERROR | {"Success": value})] == ["response.body.Success"]
    for value in ("false", False):
        assert shape(ERROR | {"Success": value}) == []


@pytest.mark.parametrize(
    ("media_type", "form", "asked", "where"),
    [
        ("text/plain", "JSON", "JSON", "response.headers.Content-Type"),
        ("", "JSON", "JSON", "response.headers.Content-Type"),
        ("text/xml", "JSON", "JSON", "response.headers.Content-Type"),
        ("application/json", "XML", "XML", "response.headers.Content-Type"),
        ("application/json", "JSON", "XML", "response.format"),
        ("text/xml", "XML", "JSON", "response.format"),
    ],
)
def test_the_format_is_the_one_asked_for_and_its_type_says_so(
    media_type: str, form: str, asked: str, where: str
) -> None:
    assert [finding[0] for finding in shape(ERROR, media_type=media_type, form=form, asked=asked)] == [where]


@pytest.mark.parametrize("media_type", ["text/xml", "application/xml"])
def test_xml_has_two_types(media_type: str) -> None:
    assert shape(ERROR, media_type=media_type, form="XML", asked="XML") == []


# Verdicts.


def test_what_differs_alike_from_both_documents_is_told_once() -> None:
    code = Finding("response.body.Code", ("A",), "B")
    merged = merge({"en": [code.at(150)], "zh": [code.at(99), Finding("response.status", (400,), 200, 99)]})
    assert merged == (
        Mismatch("response.body.Code", ("A",), "B", {"en": 150, "zh": 99}),
        Mismatch("response.status", (400,), 200, {"zh": 99}),
    )
    assert merged[0].as_dict() == {
        "where": "response.body.Code",
        "expected": ["A"],
        "observed": "B",
        "docs": ["en", "zh"],
        "lines": {"en": 150, "zh": 99},
    }


def test_what_differs_from_each_document_in_its_own_way_is_told_twice() -> None:
    merged = merge({"en": [Finding("w", ("A",), "C", 1)], "zh": [Finding("w", ("B",), "C", 2)]})
    assert [(mismatch.expected, list(mismatch.lines)) for mismatch in merged] == [(("A",), ["en"]), (("B",), ["zh"])]
    # A number and a text that look alike are two.
    assert len(merge({"en": [Finding("w", ("1",), 1, 1)], "zh": [Finding("w", (1,), 1, 1)]})) == 2


@pytest.mark.parametrize(
    ("english", "chinese", "verdict", "follows"),
    [
        ("pass", "pass", "pass", ()),
        ("mismatch", "mismatch", "mismatch", ()),
        ("pass", "mismatch", "divergent", ("en",)),
        ("mismatch", "pass", "divergent", ("zh",)),
        ("pass", "not_applicable", "pass", ()),
        ("not_applicable", "pass", "pass", ()),
        ("mismatch", "not_applicable", "mismatch", ()),
        ("not_applicable", "mismatch", "mismatch", ()),
        ("not_applicable", "not_applicable", "not_applicable", ()),
        ("error", "error", "error", ()),
        ("error", "not_applicable", "error", ()),
        ("error", "pass", "error", ()),
        ("mismatch", "error", "error", ()),
        ("not_run", "not_run", "not_run", ()),
        ("not_applicable", "not_run", "not_run", ()),
    ],
)
def test_the_verdict_of_a_case(english: Any, chinese: Any, verdict: str, follows: tuple[str, ...]) -> None:
    assert overall_verdict({"en": english, "zh": chinese}) == (verdict, follows)


@pytest.mark.parametrize("verdict", [verdict for verdict in VERDICTS if verdict != "divergent"])
def test_one_language_alone_decides(verdict: Any) -> None:
    assert overall_verdict({"zh": verdict}) == (verdict, ())


def test_a_field_on_a_condition_is_missed_only_where_it_is_demanded() -> None:
    when = Presence(When.of({"Plan": ("Fixed",)}), 60)
    field = PromisedField("OrderNo", "integer", 59, echoes=False, presence=when, defaults=(("Plan", "Open"),))
    answer = PromisedAnswer(200, None, None, 59, {}, (field,))
    without, wrong = {"RequestId": "R-1"}, {"RequestId": "R-1", "OrderNo": "x"}
    assert found(without, answer, status=200, sent={"Plan": "Open"}) == []
    assert found(without, answer, status=200) == []
    assert [each[0] for each in found(without, answer, status=200, sent={"Plan": "Fixed"})] == ["response.body.OrderNo"]
    # What is there is judged, whoever promised it.
    assert [each[1] for each in found(wrong, answer, status=200)] == [("of type integer",)]
