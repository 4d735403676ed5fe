from __future__ import annotations

import re
import string
import warnings

import jsonschema_rs
import pytest
from contract_strategies import LOST, classes, parameter, some_texts
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import NEW_EXAMPLES, scaled

from conformance.contract.constraints import violations
from conformance.contract.model import NOT_STATED, Parameter
from conformance.contract.openapi.schema import value_schema

NAME = parameter(
    "Name",
    minLength=3,
    maxLength=5,
    charset=["-", "digit", "lower"],
    startsWith=["digit", "lower"],
    endsWith=["digit", "lower"],
)
URL = parameter("Text", notStartsWith=["http://"], notContains=["://x"])


@pytest.mark.parametrize(
    ("row", "values", "broken"),
    [
        (NAME, ["abc"], ()),
        (NAME, ["abcde"], ()),
        (NAME, ["ab"], ("minLength",)),
        (NAME, ["abcdef"], ("maxLength",)),
        (NAME, ["a-c"], ()),
        (NAME, ["-bc"], ("startsWith",)),
        (NAME, ["ab-"], ("endsWith",)),
        (NAME, ["aBc"], ("charset",)),
        (NAME, ["aéc"], ("charset",)),
        (NAME, ["a٣c"], ("charset",)),
        (NAME, [""], ("minLength", "startsWith", "endsWith")),
        (parameter("N", maxLength=2), ["流志"], ()),
        (parameter("N", maxLength=2), ["😀😀"], ()),
        (parameter("N", maxLength=2), ["😀😀😀"], ("maxLength",)),
        (parameter("N", charset=["chinese", "letter"]), ["流Aa"], ()),
        (parameter("N", charset=["upper"]), ["a"], ("charset",)),
        (parameter("N", charset=["ascii"]), ["~ !"], ()),
        (parameter("N", charset=["ascii"]), ["\n"], ("charset",)),
        (URL, ["http://a"], ("notStartsWith",)),
        (URL, ["HTTP://a"], ()),
        (URL, ["a http://"], ()),
        (URL, ["a://x"], ("notContains",)),
        (parameter("N", notEndsWith=["-", ".x"]), ["a-b"], ()),
        (parameter("N", notEndsWith=["-", ".x"]), ["-"], ("notEndsWith",)),
        (parameter("N", notEndsWith=["-", ".x"]), ["a.x"], ("notEndsWith",)),
        (parameter("P", type="integer", multipleOf=60), ["120"], ()),
        (parameter("P", type="integer", multipleOf=60), ["0"], ()),
        (parameter("P", type="integer", multipleOf=60), ["-60"], ()),
        (parameter("P", type="integer", multipleOf=60), ["90"], ("multipleOf",)),
        (parameter("P", type="integer", multipleOf=60), ["60.0"], ("multipleOf",)),
        (parameter("P", type="integer", multipleOf=60), ["6" * 40], ("multipleOf",)),
        (parameter("P", type="integer", multipleOf=60), ["6" * 40 + "0"], ()),
        (parameter("P", type="float", multipleOf=0.5), ["1.25"], ("multipleOf",)),
        (parameter("P", type="float", multipleOf=0.5), ["1.50"], ()),
        (parameter("P", type="integer", multipleOf=60), ["many"], ("multipleOf",)),
        (parameter("T", format="HH:mm"), ["anything"], ()),
        (parameter("E", enum=["All", "Drop"]), ["All"], ()),
        (parameter("E", enum=["All", "Drop"]), ["all"], ("enum",)),
        (parameter("E", enum=["All", "Drop"]), [""], ("enum",)),
        (parameter("E", type="integer", enum=[1, 5]), ["5"], ()),
        (parameter("E", type="integer", enum=[1, 5]), ["05"], ("enum",)),
        (parameter("E", type="integer", enum=[1, 5]), ["7"], ("enum",)),
        (parameter("E", type="boolean", enum=[True]), ["true"], ()),
        (parameter("B", type="integer", minimum=1, maximum=100), ["1"], ()),
        (parameter("B", type="integer", minimum=1, maximum=100), ["100"], ()),
        (parameter("B", type="integer", minimum=1, maximum=100), ["0"], ("minimum",)),
        (parameter("B", type="integer", minimum=1, maximum=100), ["101"], ("maximum",)),
        (parameter("B", type="integer", minimum=1, maximum=100), ["-5"], ("minimum",)),
        (parameter("B", type="integer", minimum=1, maximum=100), ["50.5"], ("minimum", "maximum")),
        (parameter("B", type="float", minimum=1, maximum=100), ["50.5"], ()),
        (parameter("B", type="integer", minimum=1, maximum=100), ["many"], ("minimum", "maximum")),
        (parameter("B", type="integer", minimum=1), ["٣"], ("minimum",)),
        (parameter("R", required=True), [], ("required",)),
        (parameter("R", required=True), [None], ("required",)),
        (parameter("R", required=True), [""], ()),
        (parameter("R", required=False), [], ()),
        (parameter("L[]", required=True), [None, "a"], ()),
        (parameter("Tag[].Key", required=True), [], ()),
        (parameter("Tag[].Key", required=True), ["a", None], ("required",)),
        (parameter("Tag[].Key", maxItems=2), ["a", "b"], ()),
        (parameter("Tag[].Key", maxItems=2), ["a", "b", "c"], ("maxItems",)),
        (parameter("Tag[].Key", maxItems=2), ["a", None, "c"], ()),
        (parameter("Tag[].Key", allowEmpty=False), [""], ("allowEmpty",)),
        (parameter("Tag[].Key", allowEmpty=True, minLength=1, enum=["a"]), [""], ()),
        (parameter("Tag[].Key", allowEmpty=True, minLength=2), ["a"], ("minLength",)),
        (parameter("Tag[].Key", maxLength=1, maxItems=1), ["aa", "aa"], ("maxLength", "maxItems")),
        (parameter("X", enum=LOST, maxLength=NOT_STATED), ["anything"], ()),
        (parameter("X", type="integer"), ["anything"], ()),
        (parameter("Id", startsWith=["acs:"]), ["acs:x"], ()),
        (parameter("Id", startsWith=["acs:"]), ["a"], ("startsWith",)),
    ],
)
def test_what_each_constraint_means(row: Parameter, values: list[str | None], broken: tuple[str, ...]) -> None:
    assert violations(row, values) == broken


ALPHABET = st.sampled_from([*string.ascii_letters, *string.digits, *"-_.:/ \n]\\^&|~[{$", "中", "é", "😀", "٣"])
rules = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "minLength": st.integers(0, 4),
        "maxLength": st.integers(0, 8),
        "enum": st.lists(st.text(ALPHABET, max_size=3), min_size=1, max_size=3).map(tuple),
        "charset": classes | st.lists(ALPHABET | st.sampled_from(["lower", "digit", "letter"]), min_size=1).map(tuple),
        "startsWith": st.lists(st.sampled_from(["lower", "digit", "letter", "-", "/"]), min_size=1).map(tuple),
        "endsWith": st.lists(st.sampled_from(["lower", "digit", "letter", "-", "]"]), min_size=1).map(tuple),
        "notStartsWith": st.lists(st.text(ALPHABET, min_size=1, max_size=2), min_size=1, max_size=2).map(tuple),
        "notEndsWith": st.lists(st.text(ALPHABET, min_size=1, max_size=2), min_size=1, max_size=2).map(tuple),
        "notContains": st.lists(some_texts | st.text(ALPHABET, min_size=1, max_size=1), min_size=1).map(tuple),
        "allowEmpty": st.booleans(),
    },
).map(lambda values: parameter("Name", 1, **values))


def is_in(character: str, name: str) -> bool:
    """Say the same by other means: Python's own tables of characters."""
    return {
        "ascii": character.isascii() and character.isprintable(),
        "chinese": "\u3400" <= character <= "\u4dbf" or "\u4e00" <= character <= "\u9fff",
        "digit": character in string.digits,
        "letter": character in string.ascii_letters,
        "lower": character in string.ascii_lowercase,
        "upper": character in string.ascii_uppercase,
    }.get(name, character == name)


def oracle(row: Parameter, text: str) -> set[str]:  # noqa: C901 - one case a constraint
    value = {name: fact.value for name, fact in row.facts.items()}
    checks: dict[str, bool] = {}
    for name, limit in value.items():
        match name, limit:
            case "minLength", int():
                checks[name] = len(list(text)) < limit
            case "maxLength", int():
                checks[name] = len(list(text)) > limit
            case "enum", tuple():
                checks[name] = text not in limit
            case "charset", tuple():
                checks[name] = any(not any(is_in(character, str(one)) for one in limit) for character in text)
            case "startsWith", tuple():
                checks[name] = not text or not any(is_in(text[0], str(one)) for one in limit)
            case "endsWith", tuple():
                checks[name] = not text or not any(is_in(text[-1], str(one)) for one in limit)
            case "notStartsWith", tuple():
                checks[name] = any(text[: len(str(one))] == one for one in limit)
            case "notEndsWith", tuple():
                checks[name] = any(text[-len(str(one)) :] == one for one in limit)
            case "notContains", tuple():
                checks[name] = any(text.find(str(one)) >= 0 for one in limit)
            case "allowEmpty", bool():
                checks[name] = not text and not limit
    if not text and value.get("allowEmpty") is True:
        return set()
    return {name for name, broken in checks.items() if broken}


@settings(NEW_EXAMPLES, max_examples=scaled(400))
@given(rules, st.text(ALPHABET, max_size=9))
def test_agrees_with_a_naive_reading(row: Parameter, text: str) -> None:
    assert set(violations(row, [text])) == oracle(row, text)


@settings(NEW_EXAMPLES, max_examples=scaled(400))
@given(rules, st.text(ALPHABET, max_size=9))
def test_agrees_with_the_schema_of_the_contract(row: Parameter, text: str) -> None:
    schema = value_schema(row)
    assert jsonschema_rs.is_valid(schema, text) == (not violations(row, [text]))
    if "pattern" in schema:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python warns of sets that it may read otherwise one day
            in_python = re.search(str(schema["pattern"]), text) is not None
        assert in_python == jsonschema_rs.is_valid({"pattern": schema["pattern"]}, text)


@NEW_EXAMPLES
@given(rules.flatmap(lambda row: st.tuples(st.just(row), st.from_regex(str(value_schema(row).get("pattern", "^"))))))
def test_what_the_pattern_generates_keeps_the_rules_of_text(drawn: tuple[Parameter, str]) -> None:
    row, text = drawn
    rules_of_text = {"charset", "startsWith", "endsWith", "notStartsWith", "notEndsWith", "notContains"}
    assert not rules_of_text & set(violations(row, [text]))
