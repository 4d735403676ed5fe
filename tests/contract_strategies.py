"""Contracts for tests: a small one made by hand, and any that the model allows."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from built import built
from hypothesis import strategies as st
from msgspec.structs import replace

from conformance.contract.languages import LANGUAGES
from conformance.contract.model import (
    CHARACTER_CLASSES,
    ENCODINGS,
    FACT_NAMES,
    OVERLAY,
    RESPONSE_FACT_NAMES,
    AnswerFormat,
    AsyncBehaviour,
    ConditionalFact,
    Contract,
    ErrorCode,
    Fact,
    Loss,
    Parameter,
    Source,
    SourceDifference,
    State,
)
from conformance.contract.when import ALWAYS, UNKNOWN, Presence, When

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import SearchStrategy

# Lone surrogates are no text: neither UTF-8 nor YAML can hold them.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
some_texts = texts.filter(bool)
names = st.text(string.ascii_letters, min_size=1, max_size=6)
lengths = st.integers(0, 300)
numbers = st.integers(-1000, 1000) | st.floats(-1000, 1000, allow_nan=False)
classes = st.lists(
    st.sampled_from(CHARACTER_CLASSES) | st.characters(exclude_categories=["Cs"]), unique=True, min_size=1, max_size=4
).map(lambda items: tuple(sorted(items)))
scalars = texts | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)

VALUES: dict[str, SearchStrategy[Any]] = {
    "type": st.sampled_from(
        ["string", "String", "integer", "long", "array", "array<string>", "boolean", "number", "???"]
    ),
    "required": st.booleans(),
    "enum": st.lists(texts, min_size=1, max_size=4).map(tuple) | st.lists(st.integers(), min_size=1).map(tuple),
    "default": scalars,
    "example": scalars,
    "minLength": lengths,
    "maxLength": lengths,
    "minimum": numbers,
    "maximum": numbers,
    "multipleOf": st.integers(1, 300),
    "maxItems": lengths,
    "charset": classes,
    "startsWith": classes,
    "endsWith": classes,
    "notStartsWith": st.lists(some_texts, min_size=1, max_size=3).map(tuple),
    "notEndsWith": st.lists(some_texts, min_size=1, max_size=3).map(tuple),
    "notContains": st.lists(some_texts, min_size=1, max_size=3).map(tuple),
    "allowEmpty": st.booleans(),
    "unit": st.sampled_from(["minute", "second", "GB"]),
    "format": st.sampled_from(["yyyy-MM-ddTHH:mm:ssZ", "HH:mm"]),
}


OTHER_FILES = ("Other.json", "Else.json")
"""The files that are merged into every contract drawn here."""
origins = st.none() | st.sampled_from(OTHER_FILES)


@st.composite
def facts(draw: st.DrawFn, name: str) -> Fact:
    state = draw(st.sampled_from(State))
    line = draw(st.none() | st.integers(1, 999))
    if state is not State.STATED:
        return Fact(state, line=line)
    origin = draw(st.sampled_from([None, None, OVERLAY, *OTHER_FILES]))
    return Fact(state, draw(VALUES[name]), line, origin)


paths = st.one_of(
    names,
    names.map(lambda name: f"{name}.{{key}}"),
    names.map(lambda name: f"{name}[][]"),
    names.map(lambda name: f"{name}[]"),
    st.tuples(names, names).map(lambda pair: f"{pair[0]}[].{pair[1]}"),
    st.tuples(names, names).map(".".join),
    st.tuples(names, names, names).map(lambda parts: f"{parts[0]}[].{parts[1]}[].{parts[2]}"),
)


conditions = st.just(UNKNOWN) | st.dictionaries(
    paths, st.lists(scalars, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3
).map(When.of)
_lines = st.none() | st.integers(1, 999)
presences = st.just(ALWAYS) | built(Presence, when=conditions, line=_lines, shown=_lines)


@st.composite
def conditional_facts(draw: st.DrawFn) -> ConditionalFact:
    name = draw(st.sampled_from(FACT_NAMES))
    fact = Fact(State.STATED, draw(VALUES[name]), draw(st.none() | st.integers(1, 999)))
    return ConditionalFact(name, fact, draw(conditions))


@st.composite
def rows(draw: st.DrawFn, fact_names: Iterable[str], min_size: int, max_size: int) -> tuple[Parameter, ...]:
    chosen = draw(st.lists(paths, unique=True, min_size=min_size, max_size=max_size))
    lines = sorted(draw(st.lists(st.integers(1, 999), unique=True, min_size=len(chosen), max_size=len(chosen))))
    silent = dict.fromkeys(fact_names, Fact(State.NOT_STATED))
    stated = st.sets(st.sampled_from(sorted(silent)), max_size=6)
    of_request = "required" in silent
    made = (
        Parameter(
            path,
            line,
            silent | {name: draw(facts(name)) for name in sorted(draw(stated))},
            draw(texts),
            conditional=tuple(draw(st.lists(conditional_facts(), max_size=2))) if of_request else (),
            presence=ALWAYS if of_request else draw(presences),
            # How a field of the answer travels is what its format says.
            encoding=draw(st.sampled_from(ENCODINGS)) if fact_names is FACT_NAMES else "plain",
            origin=draw(origins),
        )
        for path, line in zip(chosen, lines, strict=True)
    )
    # As they are merged: the rows of the first source, then those of another.
    return tuple(sorted(made, key=lambda row: (row.origin is not None, row.line)))


errors = built(
    ErrorCode,
    status=st.sampled_from([400, 403, 404, 500, 503]),
    code=st.from_regex(r"[A-Z][A-Za-z_]{0,5}(\.[A-Za-z]{1,5})?", fullmatch=True),
    message=texts,
    line=st.integers(1, 999),
    description_state=st.sampled_from(State),
    error_class=st.sampled_from(["syntax", "state", "auth", "throttle", "server"]),
    inferred_split=st.booleans(),
    origin=origins,
)
losses = built(
    Loss, path=paths, line=st.integers(1, 999), kind=st.sampled_from(["list", "tail", "table", "cell"]), evidence=texts
)
contracts = built(
    Contract,
    operation=names,
    language=st.sampled_from(LANGUAGES),
    source=built(Source, file=texts, sha256=texts, layout=texts),
    parameters=rows(FACT_NAMES, 1, 4),
    responses=rows(RESPONSE_FACT_NAMES, 0, 3),
    errors=st.lists(errors, max_size=5).map(tuple),
    async_behaviour=st.none()
    | built(
        AsyncBehaviour, pending=texts, final=texts, poll=texts, line=st.none() | st.integers(1, 999), origin=origins
    ),
    lost=st.lists(losses, max_size=2).map(tuple),
    product=names,
    version=texts,
    formats=st.lists(
        built(AnswerFormat, format=st.sampled_from(("JSON", "XML")), line=st.integers(1, 999)), max_size=2
    ).map(tuple),
    differs=st.lists(
        built(
            SourceDifference,
            path=paths,
            name=st.just("maxLength"),
            other=built(
                Fact,
                state=st.just(State.STATED),
                value=lengths,
                line=st.integers(1, 999),
                origin=st.sampled_from(OTHER_FILES),
            ),
        ),
        max_size=2,
    ).map(tuple),
    also=st.just(tuple(Source(file, "1" * 64, "metadata") for file in OTHER_FILES)),
)


def stated(value: Any, line: int | None = None) -> Fact:
    return Fact(State.STATED, tuple(value) if isinstance(value, list) else value, line)


def parameter(path: str, line: int = 1, **values: Any) -> Parameter:
    """Make a row from values; a value that is a `Fact` already stays as it is."""
    made = {name: value if isinstance(value, Fact) else stated(value, line) for name, value in values.items()}
    return Parameter(path, line, made, path)


def error(code: str, message: str, line: int = 1, status: int = 400) -> ErrorCode:
    return ErrorCode(status, code, message, line, State.STATED, "state")


def contract(
    *parameters: Parameter,
    errors: Iterable[ErrorCode] = (),
    responses: Iterable[Parameter] = (),
    lost: Iterable[Loss] = (),
    language: Any = "en",
    operation: str = "CreateThing",
) -> Contract:
    return Contract(
        operation,
        language,
        Source(f"{operation}.{language}.txt", "0" * 64, "flat"),
        tuple(parameters),
        tuple(responses),
        tuple(errors),
        AsyncBehaviour("Doing", "Done", "DescribeThings", 3),
        tuple(lost),
    )


LOST = Fact(State.LOST, line=7)


def thing() -> Contract:
    """Make a contract with one of everything that a document can state."""
    name = parameter(
        "Name",
        10,
        type="String",
        required=True,
        minLength=3,
        maxLength=63,
        charset=["-", "digit", "lower"],
        startsWith=["digit", "lower"],
        endsWith=["digit", "lower"],
        example="NotAllowed",
    )
    interval = parameter("Interval", 11, type="Integer", required=False, enum=[1, 5, 10], default=10, unit="minute")
    key = parameter(
        "Tag[].Key",
        12,
        type="String",
        required=False,
        maxLength=128,
        maxItems=20,
        allowEmpty=False,
        notStartsWith=["aliyun", "acs:"],
        notContains=["http://", "https://"],
        example="Dept****",
    )
    kind = parameter("Kind", 13, type="String", required=True, enum=LOST, example="Vpc")
    return contract(
        name,
        interval,
        key,
        kind,
        errors=[
            error("Missing", "Something is missing.", 20),
            error("NotThere", "The A is not there.", 21),
            error("NotThere", "The B is not there.", 22),
            error("Broken", "Broken.", 23, status=500),
        ],
        responses=[parameter("RequestId", 30, type="String", example="0A"), parameter("Success", 31, enum=["true"])],
        lost=[Loss("Kind", 13, "list", "a cue with nothing after it")],
    )


def on(name: str, value: Any, line: int | None = None, **when: Any) -> ConditionalFact:
    """Make a fact that holds when parameters have values; without any, on a condition that is not known."""
    needs = {path: tuple(values) if isinstance(values, list) else (values,) for path, values in when.items()}
    return ConditionalFact(name, stated(value, line), When.of(needs))


def rent() -> Contract:
    """Make a contract of an operation whose promises depend on each other: how long is asked only of a fixed plan."""
    plan = parameter("Plan", 10, type="String", required=False, enum=["Fixed", "Open"], default="Open")
    unit = parameter("TermUnit", 11, type="String", required=False, enum=["Month", "Year"], default="Month")
    term = replace(
        parameter("Term", 12, type="Integer", required=False),
        conditional=(
            on("required", value=True, line=13, Plan="Fixed"),
            on("minimum", 1, 14, Plan="Fixed", TermUnit="Month"),
            on("maximum", 9, 14, Plan="Fixed", TermUnit="Month"),
            on("maximum", 3, 15, Plan="Fixed", TermUnit=["Year"]),
        ),
    )
    label = replace(parameter("Label", 16, type="String", required=False), conditional=(on("maxLength", 5, 17),))
    order = replace(parameter("OrderNo", 31, type="Long"), presence=Presence(When.of({"Plan": ("Fixed",)}), 32))
    hint = replace(parameter("Hint", 33, type="String"), presence=Presence(UNKNOWN, 34))
    return contract(
        *(plan, unit, term, label),
        errors=[
            error("Missing", "Something is missing.", 20),
            replace(error("Invalid", "Something is wrong.", 21), error_class="syntax"),
        ],
        responses=[parameter("RequestId", 30, type="String"), order, hint],
        operation="RentThing",
    )
