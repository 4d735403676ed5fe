"""Causes: equal mismatches of many cases are one, and different ones are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_data import any_text, report_of, reports, result

from conformance.judging.causes import causes_of
from conformance.judging.results import Mismatch
from conformance.judging.texts.near_texts import differ_in, marked
from conformance.judging.verdicts import FAILING

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult

CODE, STATUS, MESSAGE = "response.body.Code", "response.status", "response.body.Message"


def differs(name: str, *mismatches: Mismatch, **changed: Any) -> CaseResult:
    return result(f"X/{name}", "mismatch", mismatches=mismatches, **changed)


def accepted(name: str, code: str, line: int, *parameters: str) -> CaseResult:
    """A case in which a server lets succeed what a document refuses."""
    found = Mismatch(CODE, (code,), None, {"en": 150}), Mismatch(STATUS, (400,), 200, {"en": 150})
    changed = dict.fromkeys(parameters, "x")
    return differs(name, *found, answered="success", rule_lines={"en": line}, changed=changed)


def refused(name: str, code: str, *parameters: str) -> CaseResult:
    """A case in which a server refuses as the document does."""
    rows = {"en": ((400, code, "No."),)}
    return result(f"X/{name}", "pass", answered=code, changed=dict.fromkeys(parameters, "x"), observed=rows)


def groups(*cases: CaseResult) -> list[list[str]]:
    """Return the names of the cases of each cause."""
    return [[name.rpartition("/")[2] for name in group["cases"]] for group in report_of(cases).get("groups", [])]


def code(observed: str | None, expected: str = "A") -> Mismatch:
    return Mismatch(CODE, (expected,), observed, {"en": 1})


def message(observed: str) -> Mismatch:
    return Mismatch(MESSAGE, ("No.",), observed, {"en": 1})


def answered_with(body: str, status: int = 200) -> Any:
    request = {"operation": "X", "params": {}, "method": "POST", "url": "http://x/", "headers": {}, "body": ""}
    response = {"status": status, "headers": {}, "body": body}
    return {"request": request, "response": response, "failure": None, "elapsed_ms": 1.0}


def test_a_case_of_the_first_version_which_named_no_documents_has_the_same_causes() -> None:
    other = Mismatch(CODE, ("B",), "A", {"zh": 2})
    case: Any = differs("a", message("Yes."), other, Mismatch(MESSAGE, ("Never.",), "Yes.", {"zh": 2})).as_dict()
    causes = causes_of(case)
    for mismatch in case["mismatches"]:
        del mismatch["docs"]
    assert causes_of(case) == causes


def test_equal_mismatches_are_one_cause_and_that_of_most_cases_comes_first() -> None:
    cases = [differs("a", code("B")), differs("b", code("C")), differs("c", code("C")), result("X/d")]
    assert groups(*cases) == [["b", "c"], ["a"]]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("vpc-bp1aaaaaaaaaa is gone", "vpc-bp1bbbbbbbbbb is gone"),
        ("id 54B48E3D-DF70-471B-AA93-08E683A1B45A", "id 54B48E3D-DF70-471B-AA93-08E683A1B45B"),
        ("at 2026-01-31T08:00:00Z", "at 2027-11-01T09:10:11.123Z"),
        ("see 127.0.0.1:8080", "see 127.0.0.1:49152"),
        ("order 123456789", "order 98765"),
    ],
)
def test_what_varies_by_its_nature_does_not_count(left: str, right: str) -> None:
    assert groups(differs("a", message(left)), differs("b", message(right))) == [["a", "b"]]


@pytest.mark.parametrize(("left", "right"), [("status 400", "status 404"), ("Missing", "missing"), ("a", "a.")])
def test_what_is_another_answer_is_another_cause(left: str, right: str) -> None:
    assert len(groups(differs("a", message(left)), differs("b", message(right)))) == 2


def test_positions_in_a_list_do_not_count() -> None:
    of = [Mismatch(f"response.body.List[{n}].Key", ("k",), "j", {"en": 1}) for n in range(3)]
    assert groups(differs("a", of[0]), differs("b", of[1]), differs("c", of[2])) == [["a", "b", "c"]]


def test_a_status_that_follows_from_a_code_is_no_cause_of_its_own() -> None:
    assert groups(accepted("a", "TooLong", 26, "Name")) == [["a"]]


def test_a_title_says_what_was_changed_where_it_is_little() -> None:
    (group,) = report_of([accepted("a", "TooLong", 26, "Name")])["groups"]
    assert group["title"] == "expected TooLong for Name, observed success (200)"
    (group,) = report_of([accepted("a", "TooLong", 26, "Name", "Size", "Region")])["groups"]
    assert group["title"] == "expected TooLong, observed success (200)"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"requestId": "1"}', " (requestId is there)"),
        ('{"request_id": "1"}', " (request_id is there)"),
        ('{"Data": {"RequestId": "1"}, "Other": 1}', " (Data.RequestId is there)"),
        ('{"Other": [{"RequestId": "1"}]}', ""),
        ('{"RequestId": "1"}', ""),
        ('{"re<b>questId": "1"}', ""),
        ("[1]", ""),
        ('{"requestId": "1', ""),
    ],
)
def test_a_title_says_where_a_missing_field_is_instead(body: str, told: str) -> None:
    place = "response.body.RequestId"
    case = differs("a", Mismatch(place, ("a value",), None, {"en": 1}), exchanges=(answered_with(body),))
    (group,) = report_of([case])["groups"]
    assert group["title"] == f'{place}: expected "a value", observed nothing{told}'


def test_a_title_says_where_a_missing_code_is_instead() -> None:
    case = differs("a", code(None), exchanges=(answered_with('{"Error": {"Code": "A"}}', 400),))
    (group,) = report_of([case])["groups"]
    assert group["title"] == "response.body.Code: expected A, observed nothing (400; Error.Code is there)"


@pytest.mark.parametrize("observed", ["c" * 10_000, "\n" * 10_000])
def test_a_title_has_no_more_than_the_beginning_of_a_long_value(observed: str) -> None:
    (group,) = report_of([differs("a", code(observed))])["groups"]
    assert len(group["title"]) < 200
    assert group["observed"] == observed


def test_rules_that_are_not_checked_are_apart_where_the_parameter_is_checked_otherwise() -> None:
    cases = [accepted("long", "Invalid", 26, "Name"), accepted("prefix", "Invalid", 27, "Name")]
    assert groups(*cases, refused("short", "Invalid", "Name")) == [["long"], ["prefix"]]


def test_a_parameter_that_is_never_checked_is_one_cause() -> None:
    cases = [accepted("long", "Invalid", 26, "Name"), accepted("prefix", "Bad", 27, "Name")]
    assert groups(*cases, refused("of-another", "Invalid", "Size")) == [["long", "prefix"]]
    (group,) = report_of(cases)["groups"]
    assert group["rule_lines"] == {"en": [26, 27]}


def status(name: str, of: str) -> CaseResult:
    return differs(name, Mismatch(STATUS, (400,), 200, {"en": 1}), answered=of)


def test_a_status_that_is_always_wrong_is_one_cause() -> None:
    cases = [status("a", "A"), status("b", "B")]
    assert groups(*cases, result("X/c", answered="success")) == [["a", "b"]]
    assert groups(*cases, refused("c", "C")) == [["a"], ["b"]]


def valid(name: str, of: str | None, *parameters: str, expected: tuple[str | None, ...] = (None,)) -> CaseResult:
    """A case that is refused with a code, valid unless it should be refused with another."""
    changed = dict.fromkeys(parameters, "x")
    return differs(name, Mismatch(CODE, expected, of, {"en": 9}), answered=of, changed=changed)


ACCEPTED = result("X/valid", answered="success")


def test_a_valid_request_that_is_refused_is_apart_by_what_it_changes() -> None:
    cases = [valid("a", "Bad", "Name"), valid("b", "Bad", "Size"), valid("c", "Bad", "Name")]
    assert groups(*cases, ACCEPTED) == [["a", "c"], ["b"]]
    titles = [group["title"] for group in report_of([*cases, ACCEPTED])["groups"]]
    assert titles == [f"expected success for {name}, observed Bad" for name in ("Name", "Size")]


def test_what_changes_more_belongs_to_the_one_cause_that_it_has() -> None:
    cases = [valid("a", "Bad", "Name"), valid("b", "Bad", "Name", "Tag.1.Key"), valid("c", "Bad")]
    assert groups(*cases, ACCEPTED) == [["a", "b", "c"]]
    assert groups(*cases, valid("d", "Bad", "Tag"), ACCEPTED) == [["a", "b", "c"], ["b", "c", "d"]]
    assert groups(*cases, valid("d", "Bad", "Name", expected=("Other",)), ACCEPTED) == [["a", "b", "c", "d"]]


def test_a_server_that_refuses_the_valid_request_has_one_cause() -> None:
    names = ("A", "B", "C", "D", "E")
    cases = [*(valid(name.lower(), "Bad", name) for name in names), valid("w", "Bad", "F", expected=("Other",))]
    assert groups(*cases, ACCEPTED) == [["a", "b", "c", "d", "e", "w"]]
    assert report_of([*cases, ACCEPTED])["groups"][0]["title"] == "expected success, observed Bad"


def test_texts_that_all_differ_in_one_way_are_one_cause() -> None:
    cases = [differs(word, Mismatch(MESSAGE, (word,), word.upper(), {"en": 1}), answered=word) for word in "abc"]
    assert groups(*cases) == [["a", "b", "c"]]
    assert report_of(cases)["groups"][0]["title"] == (
        'response.body.Message differs in letter case only, e.g. expected "a", observed "A"'
    )
    assert groups(*cases, refused("d", "D")) == [["a"], ["b"], ["c"]]
    many = [differs(word, Mismatch(MESSAGE, (word,), word.upper(), {"en": 1}), answered=word) for word in "abcde"]
    assert groups(*many, refused("f", "F")) == [["a", "b", "c", "d", "e"]]


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("{} RequestId: 54B48E3D", "has more after it"),
        ("Code: {}", "has more before it"),
        ("One: {} Two", "has more before and after it"),
    ],
)
def test_a_message_with_more_around_it_everywhere_is_one_cause(pattern: str, told: str) -> None:
    words = ("Missing it", "Wrong it", "Too long")
    cases = [differs(f"c{n}", Mismatch(MESSAGE, (w,), pattern.format(w), {"en": 1})) for n, w in enumerate(words)]
    (group,) = report_of(cases)["groups"]
    assert (group["count"], told in group["title"]) == (3, True)


def test_a_number_in_the_place_of_a_text_is_one_cause_whatever_it_is() -> None:
    place = "response.body.RequestId"
    cases = [differs(f"c{n}", Mismatch(place, ("of type string",), n, {"en": 1})) for n in range(7, 10)]
    (group,) = report_of(cases)["groups"]
    assert group["title"] == 'response.body.RequestId is a number, e.g. expected "of type string", observed 7'
    sizes = [differs(f"c{n}", Mismatch("response.body.Size", (10,), n, {"en": 1})) for n in range(7, 10)]
    assert len(report_of(sizes)["groups"]) == 3


def test_a_body_that_cannot_be_read_is_one_cause_and_a_page_is_one_for_each_status() -> None:
    def bodies(what: str) -> list[Any]:
        texts = [f"{what} with status {status}: {status}" for status in (200, 400)]
        return [differs(text, Mismatch("response.body", ("JSON",), text, {"en": 1})) for text in texts]

    for what in (
        "JSON that breaks off",
        "JSON that is no object",
        "XML that does not parse",
        "bytes that are not UTF-8",
    ):
        assert len(report_of(bodies(what))["groups"]) == 1
    for what in ("an HTML page", "neither JSON nor XML", "an empty body"):
        assert len(report_of(bodies(what))["groups"]) == 2


def test_answers_that_break_off_are_one_cause_however_long() -> None:
    reasons = [f"the answer broke off after {n} of {n + 1} bytes of body" for n in (9, 120, 54321)]
    cases = [result(f"X/{n}", "error", reason=reason, reproduce="curl") for n, reason in enumerate(reasons)]
    assert len(report_of(cases)["groups"]) == 1


def test_a_field_that_is_not_there_is_one_cause_whatever_it_should_be() -> None:
    cases = [differs(name, Mismatch("response.body.Id", (name,), None, {"en": 1})) for name in "ab"]
    assert groups(*cases) == [["a", "b"]]


def test_of_documents_that_ask_for_different_codes_only_that_which_is_followed_counts() -> None:
    found = (Mismatch(CODE, ("A",), "B", {"en": 1}), Mismatch(MESSAGE, ("m",), "n", {"zh": 2}))
    assert [group["where"] for group in report_of([differs("a", *found, answered="B")])["groups"]] == [MESSAGE]


def test_errors_are_causes_too_whatever_varies_in_their_reasons() -> None:
    reasons = [f"127.0.0.1:{port} closed the connection of req-{port}a after {port}.5 s" for port in (40001, 51234)]
    cases = [result(f"X/{n}", "error", reason=reason, reproduce="curl") for n, reason in enumerate(reasons)]
    (group,) = report_of(cases)["groups"]
    assert (group["verdict"], group["count"], group["title"]) == ("error", 2, reasons[0])


def test_known_failures_are_no_cause() -> None:
    assert groups(differs("a", code("B"), known_failing="since May")) == []


def test_the_example_is_about_a_rule_and_has_the_shortest_command() -> None:
    cases = [
        differs("no-rule", code("B"), reproduce="c"),
        differs("long", code("B"), reproduce="curl" * 9, rule_lines={"en": 5}),
        differs("short", code("B"), reproduce="curl", rule_lines={"en": 5}),
    ]
    (group,) = report_of(cases)["groups"]
    assert (group["example"], group["reproduce"]) == ("CreateFlowLog/X/short", "curl")


def test_a_case_without_a_mismatch_of_its_own_is_not_lost() -> None:
    assert groups(differs("a", reason="its rule")) == [["a"]]


@given(reports)
def test_each_case_that_differs_is_in_a_cause(report: Report) -> None:
    named = {name for group in report["groups"] for name in group["cases"]}
    failing = {case["id"] for case in report["cases"] if case["verdict"] in FAILING and case["known_failing"] is None}
    assert named == failing
    counts = [group["count"] for group in report["groups"]]
    assert counts == sorted(counts, reverse=True)
    assert len({group["key"] for group in report["groups"]}) == len(counts)


@pytest.mark.parametrize(
    ("expected", "observed", "kind"),
    [
        ("a  b", "a b", "differs in spaces only"),
        ("ab", "a\u00a0b", "differs in spaces only"),
        ("Flowlog", "FlowLog", "differs in letter case only"),
        ("No.", "No", "differs in punctuation only"),
        ("名，称", "名,称", "differs in punctuation only"),
        ("No name.", "no name", "differs in letter case and punctuation only"),
        ("a", "b", None),
        ("a", "a", None),
        (".", ",", None),
        ("1", 1, None),
    ],
)
def test_how_little_two_texts_differ_in(expected: str, observed: object, kind: str | None) -> None:
    assert differ_in(expected, observed) == kind


@given(any_text | st.text("ab .", max_size=30), any_text | st.text("ab .", max_size=30))
def test_marked_texts_are_the_texts(expected: str, observed: str) -> None:
    left, right = marked(expected, observed)
    assert "".join(segment.text for segment in left).replace("␠", " ") == expected.replace("␠", " ")
    assert "".join(segment.text for segment in right).replace("␠", " ") == observed.replace("␠", " ")
    assert any(segment.differs for segment in (*left, *right)) == (expected != observed)
