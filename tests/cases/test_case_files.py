"""Case files with a fault: one message with file, line and column, and a way out."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from case_text import FILE, GOOD, NAME, parse, suite
from commands import copy_cases
from hypothesis import example, given, settings
from hypothesis import strategies as st
from profiles import scaled

from conformance.cases.bases import load_bases
from conformance.cases.choosing.named_files import case_files
from conformance.cases.load import load_file
from conformance.cases.select import load_cases
from conformance.cases.state_catalogue import load_states
from conformance.cases.suite import load_defaults
from conformance.core.errors import CaseError, Location
from conformance.core.resources import cases_dir

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

STEPS = FILE + "    steps:\n      - name: first\n        expect: {success: true}\n"
EXPECT = "    expect: {success: true}\n"

FAULTS: dict[str, tuple[str, str, str]] = {
    # The syntax.
    "a bracket left open": (FILE + "    set: {A: [1, 2}\n", "7:19", "not valid YAML"),
    "a tab": (FILE + "\texpect: {success: true}\n", "7:1", "found a tab character that violates indentation"),
    "a key twice": (GOOD + "    title: Another\n", "8:5", "the key 'title' is there twice"),
    "a key of the file twice": (GOOD + "base: eni\n", "8:1", "the key 'base' is there twice"),
    "two documents": (GOOD + "---\n" + GOOD, "8:1", "expected a single document"),
    "an alias of nothing": (FILE + "    expect: *other\n", "7:13", "found undefined alias"),
    "an alias of itself": (FILE + EXPECT + "    set: &a {B: *a}\n", "", "its aliases repeat without end"),
    "a tag of Python": (FILE + "    expect: !!python/name:os.system\n", "7:13", "could not determine a constructor"),
    "a date that there is not": (FILE + EXPECT + "    set: {A: 2020-13-45}\n", "8:14", "this is no timestamp"),
    "a control character": (FILE + '    expect: "\x07"\n', "7:14", "control characters are not allowed"),
    "brackets without end": ("[" * 100_000, "1:100", "nested more than 100 deep"),
    "lists without end": ("- " * 100_000 + "x", "1:199", "nested more than 100 deep"),
    # The shape.
    "nothing": ("", "", "the file is empty, and must be a mapping (docs/case-format.md shows one)"),
    "only a comment": ("# nothing\n", "", "the file is empty, and must be a mapping (docs/case-format.md shows one)"),
    "a list": ("- operation: CreateFlowLog\n", "1:1", "the file is a list, and must be a mapping"),
    "a text": ("CreateFlowLog\n", "1:1", "the file is 'CreateFlowLog', and must be a mapping"),
    "no cases": ("operation: CreateFlowLog\nbase: vpc\ncases: []\n", "3:8", "cases"),
    "no base": (
        "operation: CreateFlowLog\ncases:\n  - {id: a, title: b, trigger: documented}\n",
        "1:1",
        "lacks the field 'base'",
    ),
    "no title": (GOOD.replace("    title: A case\n", ""), "4:5", "lacks the field 'title'"),
    "an unknown field": (GOOD + "    exepct: {}\n", "8:5", "unknown field 'exepct' in cases.0 (did you mean expect?)"),
    "an unknown field of the file": (
        GOOD + "bases: x\n",
        "8:1",
        "unknown field 'bases' in the file (did you mean base?)",
    ),
    "an unknown field of expect": (FILE + "    expect: {eror: X}\n", "7:14", "did you mean error?"),
    "an unknown field of a step": (STEPS + "        tmes: 2\n", "10:9", "did you mean times?"),
    "an unknown trigger": (
        GOOD.replace("documented", "documentd"),
        "6:14",
        "one of: documented, inferred, forced, todo",
    ),
    "a number for an id": (GOOD.replace("id: one", "id: 1"), "4:9", "cases.0.id"),
    "a date for a value": (
        FILE + EXPECT + "    set: {A: 2020-01-31}\n",
        "8:14",
        "2020-01-31 without quotes is a date in YAML (quote it: '2020-01-31')",
    ),
    "a number for a name": (FILE + EXPECT + "    set: {1: a}\n", "8:10", "the key 1 is not text (put it into quotes)"),
    "infinity for a value": (FILE + EXPECT + "    set: {A: .inf}\n", "8:14", ".inf without quotes is inf in YAML"),
    # The words.
    "another operation": (GOOD.replace("CreateFlowLog", "CreateFlowLogs"), "1:12", "did you mean CreateFlowLog?"),
    "an unknown code": (FILE + "    expect: {error: MissingParamter}\n", "7:21", "did you mean MissingParameter?"),
    "an unknown code of several": (
        FILE + "    expect: {error: {one_of: [MissingParameter, ParameterInvalit]}}\n",
        "7:49",
        "did you mean ParameterInvalid?",
    ),
    "an unknown code of one language": (
        FILE + "    expect:\n      en: {error: MissingParameter}\n      zh: {error: Missing}\n",
        "9:19",
        "no document has the error code 'Missing'",
    ),
    "an unknown code of an alternative": (
        FILE + "    expect: {any_of: [{success: true}, {error: Unauthorised}]}\n",
        "7:48",
        "did you mean Unauthorized?",
    ),
    "any beside other codes": (
        FILE + "    expect: {error: {one_of: [MissingParameter, any]}}\n",
        "7:49",
        "no document has the error code 'any'",
    ),
    "a message of a refusal with any code": (
        FILE + "    expect: {error: any, message: X}\n",
        "7:35",
        "no document has the message 'X' for any",
    ),
    "an unknown message": (
        FILE + "    expect: {error: InvalidInstanceId, message: VPC does not exist.}\n",
        "7:49",
        "did you mean VPC does not exists.?",
    ),
    "an unknown state": (GOOD + "    given: [acount.is-ram-user]\n", "8:13", "did you mean account.is-ram-user?"),
    "a state without its parameter": (GOOD + "    given: [resource.shared]\n", "8:13", "needs the parameter 'id'"),
    "a state with a wrong parameter": (
        GOOD + "    given:\n      - resource.shared: {id: a, ids: b}\n",
        "9:9",
        "state resource.shared has no parameter 'ids' (did you mean id?)",
    ),
    "a state with a wrong value": (
        GOOD + "    given:\n      - flow-log.exists: {type: Vpc, id: a}\n",
        "9:9",
        "type is 'Vpc', one of VPC, VSwitch, NetworkInterface is right",
    ),
    "a state with a value of a wrong type": (
        GOOD + "    given:\n      - resource.shared: {id: 5}\n",
        "9:9",
        "id must be a text",
    ),
    "an unknown state that must not hold": (
        GOOD + "    absent: [acount.is-ram-user]\n",
        "8:13",
        "unknown provider state 'acount.is-ram-user' (did you mean account.is-ram-user?)",
    ),
    "an unknown base": (GOOD + "    base: vcp\n", "8:11", "unknown base 'vcp' (did you mean vpc?)"),
    "an unknown base of the file": (GOOD.replace("base: vpc", "base: vcp"), "2:7", "unknown base 'vcp'"),
    "an id that is no id": (GOOD.replace("id: one", "id: One_Two"), "4:9", "cases.0.id"),
    "an id with a space": (GOOD.replace("id: one", "id: one two"), "4:9", "cases.0.id"),
    "an id with two hyphens": (GOOD.replace("id: one", "id: one--two"), "4:9", "lower-case words joined by hyphens"),
    "an id with a hyphen last": (GOOD.replace("id: one", "id: one-"), "4:9", "lower-case words joined by hyphens"),
    "an unknown fact": (GOOD + "    fact: RegionId.requird\n", "8:11", "did you mean RegionId.required?"),
    "a parameter that the base does not have": (GOOD + "    unset: [RegionID]\n", "8:12", "did you mean RegionId?"),
    "a value that a target does not have": (
        GOOD + "    set: {ResourceId: '${target.vpcid}'}\n",
        "4:5",
        "${target.vpcid} is not defined (did you mean target.vpc_id?)",
    ),
    "a name that is not defined": (
        GOOD + "    set: {ResourceId: '${vpc_id}'}\n",
        "4:5",
        "${vpc_id} is not defined",
    ),
    "a step that there is not": (
        STEPS + "      - name: second\n        set: {A: '${steps.frist.FlowLogId}'}\n        expect: {success: true}\n",
        "10:9",
        "${steps.frist.FlowLogId} refers to no earlier step (did you mean first?)",
    ),
    "a step that comes later": (
        STEPS.replace("expect: {", "set: {A: '${steps.second.X}'}\n        expect: {")
        + "      - name: second\n        expect: {success: true}\n",
        "8:9",
        "${steps.second.X} refers to no earlier step",
    ),
    "two steps of one name": (
        STEPS + "      - name: first\n        expect: {success: true}\n",
        "10:15",
        "the name 'first'",
    ),
    "a state taken back that was never given": (
        STEPS + "        teardown: [account.is-ram-user]\n",
        "10:20",
        "state account.is-ram-user is not given before this step",
    ),
    "a state of the case taken back from another account": (
        STEPS + "        account: another\n        teardown: [resource.exists]\n",
        "11:20",
        "state resource.exists is not given before this step",
    ),
    "an unknown state of a step": (
        STEPS + "        given: [acount.is-ram-user]\n",
        "10:17",
        "mean account.is-ram-user?",
    ),
    "an account that is no name": (STEPS + "        account: An Other\n", "10:18", "account"),
    "an extra parameter that a document has": (GOOD + "    extra: {RegionId: a}\n", "8:23", "put it into set"),
    "an extra parameter of the protocol": (GOOD + "    extra: {Action: a}\n", "8:21", "take another name"),
    "steps and an extra parameter": (STEPS + "    extra: {A: b}\n", "10:12", "has both steps and 'extra'"),
    "a verb that there is not": (
        GOOD + "    send: {method: PUT}\n",
        "8:20",
        "cases.0.send.method may not have the value 'PUT' (one of: GET, POST, ${name})",
    ),
    "a form in a GET": (GOOD + "    send: {method: GET, place: form}\n", "8:11", "a GET has no form"),
    # What does not go together.
    "lists of unequal lengths": (
        GOOD.replace("id: one", "id: one-${x}") + "    parameters: {x: [a, b], y: [c]}\n",
        "8:17",
        "the lists of parameters differ in length (make them equally long)",
    ),
    "steps and expect": (STEPS + EXPECT, "10:13", "has both steps and 'expect' (put 'expect' into a step)"),
    "steps and set": (STEPS + "    set: {A: b}\n", "10:10", "has both steps and 'set'"),
    "neither steps nor expect": (FILE, "4:5", "lacks the field 'expect' (say what the answer must be, or give steps)"),
    "success and error": (
        FILE + "    expect: {success: true, error: MissingParameter}\n",
        "7:13",
        "both success and error",
    ),
    "neither success nor error": (FILE + "    expect: {body: {A: b}}\n", "7:13", "neither success nor error"),
    "a success with a message": (
        FILE + "    expect: {success: true, message: Fine}\n",
        "7:38",
        "a success has no message",
    ),
    "any_of beside another field": (
        FILE + "    expect: {success: true, any_of: [{success: true}, {error: Unauthorized}]}\n",
        "7:13",
        "has any_of beside other fields",
    ),
    "one language beside both": (
        FILE + "    expect: {en: {success: true}, success: true}\n",
        "7:13",
        "mixes languages with an expectation for both",
    ),
    "two cases of one id": (
        GOOD + GOOD.partition("cases:\n")[2],
        f"{NAME}:4:5",
        "8:5: the id CreateFlowLog/MissingParameter/one is taken",
    ),
    "two cases of one id by parameters": (GOOD + "    parameters: {x: [a, b]}\n", "4:5", "is taken by"),
    # Values that are made.
    "a text repeated x times": (FILE + EXPECT + "    set: {A: {repeat: a, times: x}}\n", "8:14", "times"),
    "a text repeated less than never": (FILE + EXPECT + "    set: {A: {repeat: a, times: -1}}\n", "8:14", "times"),
    "a text repeated without end": (FILE + EXPECT + "    set: {A: {repeat: a, times: 1000000000}}\n", "8:14", "times"),
    "nothing repeated": (FILE + EXPECT + "    set: {A: {times: 3}}\n", "8:14", "repeat"),
    "a text and an item repeated": (FILE + EXPECT + "    set: {A: {times: 3, repeat: a, item: b}}\n", "8:14", "repeat"),
    "no number repeated deep inside": (
        FILE + EXPECT + "    set: {A: [{B: {repeat: a, times: true}}]}\n",
        "8:19",
        "times",
    ),
    "more successes than requests": (STEPS + "        times: 2\n        successes: 3\n", "11:20", "successes"),
    "a repetition that waits": (
        STEPS + "        times: 2\n        until: {body: {A: b}, within_s: 1}\n",
        "11:16",
        "has both times and 'until'",
    ),
    "an id that becomes a number": (
        GOOD.replace("id: one", "id: ${x}") + "    parameters: {x: [1]}\n",
        "4:9",
        "cases.0.id is 1, and must be a text (put it into quotes)",
    ),
    "a name that becomes a number": (
        GOOD + "    set: {'${x}': a}\n    parameters: {x: [1]}\n",
        "8:10",
        "the key 1 is not text",
    ),
    "a trigger that becomes unknown": (
        GOOD.replace("documented", "${x}").replace("id: one", "id: one-${x}")
        + "    parameters: {x: [todo, whatever]}\n",
        "6:14",
        "one of: documented, inferred, forced, todo",
    ),
    "successes of one request": (STEPS + "        successes: 1\n", "10:20", "successes"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_its_place_and_a_way_out(name: str) -> None:
    text, place, says = FAULTS[name]
    with pytest.raises(CaseError) as raised:
        parse(text)
    fault = raised.value
    assert says in str(fault)
    assert (
        place in str(fault) if NAME in place else str(fault).startswith(f"{NAME}:{place}: " if place else f"{NAME}: ")
    )
    assert isinstance(fault.where, Location)
    assert "\n" not in str(fault)
    assert len(str(fault)) < 600


@pytest.mark.parametrize("name", sorted(set(FAULTS) - {"two cases of one id by parameters"}))
def test_a_fault_says_what_to_do(name: str) -> None:
    with pytest.raises(CaseError) as raised:
        parse(FAULTS[name][0])
    # A state's message names what is right itself.
    assert raised.value.hint or "(" in raised.value.message or raised.value.message.startswith("state ")


def test_the_file_that_the_faults_are_put_into_is_right() -> None:
    (case,) = parse(GOOD)
    assert (case.id, case.title, case.trigger) == ("CreateFlowLog/MissingParameter/one", "A case", "documented")
    assert str(case.where) == f"{NAME}:4:5"
    assert parse(STEPS)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"operation: \xff\n", "is not UTF-8 text (save it as UTF-8)"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_message(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / NAME
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CaseError) as raised:
        load_file(path, suite())
    assert str(raised.value).startswith(f"{path}: {says}")


def test_a_folder_in_place_of_a_file_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="cannot be read: Is a directory"):
        load_file(tmp_path, suite())


def test_ids_are_taken_across_files_too(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(CaseError) as raised:
        load_cases(suite(), case_files(tmp_path))
    assert str(raised.value) == (
        f"{tmp_path / 'b.yaml'}:4:5: the id CreateFlowLog/MissingParameter/one is taken by {tmp_path / 'a.yaml'}:4:5 "
        "(give it an id of its own)"
    )


WORDS = (
    "operation base cases id title trigger expect set unset given error success en zh any_of one_of steps name times "
    "until within_s body send repeat item parameters CreateFlowLog vpc documented true null 5 -1 ${target.vpc_id} "
    "${index} & * ! | > - ? : , [ ] { } # ' \" % @ ` ~ << <<: 2020-01-01 0x1F 1e400 .nan \n \t"
)
words = st.sampled_from(WORDS.split(" "))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | words
    | st.dates()
    | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | words | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = (
    "id",
    "title",
    "trigger",
    "base",
    "given",
    "absent",
    "set",
    "unset",
    "send",
    "expect",
    "fact",
    "parameters",
    "steps",
    "group",
)


@settings(max_examples=scaled(200))
@given(st.text(max_size=60) | st.lists(words, max_size=30).map(" ".join) | st.lists(words, max_size=20).map("\n".join))
@example("a: !!bool maybe")
@example("a: !!int ''")
@example("!!timestamp x")
@example("? [a]\n: b")
@example("&a [*a]")
@example("{a: &b {<<: *b}}")
def test_any_text_is_cases_or_a_fault(text: str) -> None:
    with suppress(CaseError):
        parse(text)


@settings(max_examples=scaled(300))
@given(st.dictionaries(st.sampled_from(FIELDS), values, max_size=3))
def test_any_data_in_a_case_is_a_case_or_a_fault(fields: dict[str, Any]) -> None:
    entry = {"id": "one", "title": "t", "trigger": "documented", "expect": {"success": True}, **fields}
    text = yaml.safe_dump({"operation": "CreateFlowLog", "base": "vpc", "cases": [entry]}, allow_unicode=True)
    with suppress(CaseError):
        parse(text)


@settings(max_examples=scaled(100))
@given(values)
def test_any_data_in_the_files_beside_is_read_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, data: object
) -> None:
    folder = tmp_path_factory.mktemp("beside", numbered=True)
    states = suite().states
    for text in (
        yaml.safe_dump(data),
        yaml.safe_dump({"bases": data}),
        yaml.safe_dump({"bases": {"vpc": data}}),
        yaml.safe_dump({"bases": {"vpc": {"given": data, "parameters": {}}}}),
        yaml.safe_dump({"bases": {"vpc": {"given": [data], "parameters": data}}}),
        yaml.safe_dump({"states": data}),
        yaml.safe_dump({"states": {"a": {"meaning": "x", "params": data}}}),
    ):
        path = folder / "defaults.yaml"
        path.write_text(text)
        with suppress(CaseError):
            load_bases(path, states)
        with suppress(CaseError):
            load_states(path)
        with suppress(CaseError):
            load_defaults(folder)


@pytest.mark.parametrize("meaning", ["7", "[a]", "{a: b}", "null"])
def test_the_meaning_of_a_state_is_text(meaning: str, tmp_path: Path) -> None:
    path = tmp_path / "states.yaml"
    path.write_text(f"states: {{a: {{meaning: {meaning}, params: {{}}}}}}")
    with pytest.raises(CaseError, match="is no text"):
        load_states(path)


@pytest.fixture
def copied_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's cases, copied to where an installed wheel would have them."""
    folder = copy_cases(tmp_path / "data")
    monkeypatch.setattr("conformance.core.resources._INSTALLED", tmp_path / "data")
    return folder


@pytest.mark.parametrize("command", ["run", "states", "coverage"])
def test_the_command_line_says_it_in_one_line_with_status_2(
    command: str, conformance: Command, copied_cases: Path
) -> None:
    path = copied_cases / "vpc" / "CreateFlowLog" / "required.yaml"
    path.write_text(path.read_text().replace("MissingParameter", "MissingParamter", 1))
    line = 1 + path.read_text().partition("MissingParamter")[0].count("\n")
    outcome = conformance(command)
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err == (
        f"conformance: data/cases/vpc/CreateFlowLog/required.yaml:{line}:21: no document has the error code "
        "'MissingParamter' (did you mean MissingParameter?)\n"
    )


@pytest.mark.parametrize("name", ["base.yaml", "../../states.yaml", "../../defaults.yaml"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "\t",
        "a: b\n",
        "- 1\n",
        "bases: {vpc: {given: [{}], parameters: {}}}\n",
        "bases: {vpc: {parameters: {}, sets: {}}}\n",
    ],
)
def test_a_wrong_file_beside_the_cases_is_one_line_with_status_2(
    name: str, text: str, conformance: Command, copied_cases: Path
) -> None:
    (copied_cases / "vpc" / "CreateFlowLog" / name).write_text(text)
    outcome = conformance("run", "--endpoint", "http://127.0.0.1:1")
    if outcome.status != 3:  # `a: b` is a right defaults.yaml
        assert outcome.status == 2
        assert outcome.err.startswith("conformance: data/cases/")
    assert outcome.err.count("\n") == 1


def test_the_projects_own_files_are_right() -> None:
    cases = load_cases(suite(), case_files(cases_dir() / "vpc" / "CreateFlowLog"))
    assert len(cases) > 200
    assert len({case.id for case in cases}) == len(cases)


def test_all_that_the_schema_refuses_is_said_at_once() -> None:
    text = FILE.replace("title", "titel") + EXPECT + "    trigger_: x\n" + "  - 5\n" * 30
    with pytest.raises(CaseError) as caught:
        parse(text)
    first, *others = str(caught.value).splitlines()
    assert "unknown field 'titel' in cases.0 (did you mean title?)" in first
    assert any("lacks the field 'title'" in line for line in others)
    assert all(f"{NAME}:" in line for line in others[:-1])
    assert others[-1] == "and 12 faults more"
    assert len(others) == 20
