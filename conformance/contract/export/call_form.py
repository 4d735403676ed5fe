"""What belongs to every call of the API, as an export needs it. Frozen data; the protocol says what is in it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Fixed = Literal["operation", "version"]


class CommonParameter(Struct, frozen=True):
    """A parameter or a header that is a part of the protocol and not of one operation.

    Attributes:
        name: Its name on the wire.
        about: What it is, in a sentence for a reader.
        place: `query` for a parameter, which is a field of the body where a form is sent; or `header`.
        required: Whether every request has it.
        fixed: What its one value is: the name of the operation, or the version of its API.
        values: All values that it may have; none where any text will do.
        default: What holds where it is left out.
        example: A value, to show.
        format: The format of JSON Schema of its value.
    """

    name: str
    about: str
    place: Literal["query", "header"] = "query"
    required: bool = True
    fixed: Fixed | None = None
    values: tuple[str, ...] = ()
    default: str | None = None
    example: str | None = None
    format: str | None = None


class CallForm(Struct, frozen=True):
    """How every call is made.

    Attributes:
        common: What every call has beside the parameters of its operation.
        signature: What carries the signature; `None` where a call has none.
        name: The name of the way to sign.
    """

    common: tuple[CommonParameter, ...]
    signature: CommonParameter | None
    name: str


class OperationMark(Struct, frozen=True):
    """Where a request names its operation.

    Attributes:
        parameter: A parameter of the query, or a field of the form.
        header: A header that takes its place.
        format: The parameter by which it asks for the format of the answer, wherever the operation is named.
    """

    parameter: str
    header: str
    format: str
