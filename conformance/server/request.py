"""From the bytes of an HTTP request to one call of the API: verbs, places of parameters, folded lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from msgspec import Struct, field
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORM: Final = "application/x-www-form-urlencoded"
_CREDENTIAL: Final = re.compile(r"^ACS3-[A-Z0-9-]+\s.*?Credential=([^,\s]+)", re.IGNORECASE)
# What follows the name of a list: `.1`, `.2.Key`. Six digits are more than any list has, and int() takes them.
_ITEM: Final = re.compile(r"\.([0-9]{1,6})(?:\.(.+))?")

_DIGITS: Final = 18


class ReceivedRequest(Struct, frozen=True):
    """One HTTP request as it came.

    Attributes:
        method: The verb, in upper case.
        query: The query, still encoded.
        headers: By lower-case name; of a repeated header the last.
        body: The body's bytes.
    """

    method: str
    query: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Call(Struct, frozen=True):
    """One call of the API.

    Attributes:
        method: The verb.
        parameters: By wire name (`Tag.1.Key`), `Action`, `Version` and `Format` among them.
        account: The access key id that the call is made with, empty when it names none.
        host: The `Host` header.
    """

    method: str
    parameters: Mapping[str, str]
    account: str = ""
    host: str = ""

    @property
    def action(self) -> str:
        """The operation, empty when the call names none."""
        return self.parameters.get("Action", "")

    def value(self, name: str) -> str | None:
        """Return the value of a wire name, `None` when it was not sent."""
        return self.parameters.get(name)

    def values(self, path: str) -> tuple[str | None, ...]:
        """Return what was sent for a folded path.

        Args:
            path: `Name`, `List[]`, `List[].Key`.

        Returns:
            For a scalar that was sent its one value, for a list one item for every index in the order of the
            indexes (`None` where an element leaves this member out), and nothing when nothing was sent.
        """
        if "[]" not in path:
            return (self.parameters[path],) if path in self.parameters else ()
        name, _, member = path.partition("[]")
        elements: dict[int, dict[str, str]] = {}
        for wire, text in self.parameters.items():
            if wire.startswith(f"{name}.") and (match := _ITEM.fullmatch(wire, len(name))):
                elements.setdefault(int(match[1]), {})[match[2] or ""] = text
        wanted = member.lstrip(".")
        return tuple(elements[index].get(wanted) for index in sorted(elements))

    def having(self, **parameters: str | None) -> Call:
        """Return this call with parameters set, or left out where the value is `None`."""
        changed = {**self.parameters, **parameters}
        return replace(self, parameters={name: text for name, text in changed.items() if text is not None})

    def mapped(self, change: Callable[[str, str], str | None]) -> Call:
        """Return this call with every parameter's value changed, or the parameter left out on `None`."""
        changed = {name: change(name, text) for name, text in self.parameters.items()}
        return replace(self, parameters={name: text for name, text in changed.items() if text is not None})


def decode(raw: ReceivedRequest) -> Call:
    """Decode a request: the query and the form body together, and the headers of the ACS3 style.

    Nothing is refused here. Bytes that are not UTF-8 become U+FFFD, a body that is no form is ignored, and of a name
    that was sent twice the last wins, the query before the body.

    Source:
        docs/targets.md (which client puts what where); the verbs are those of the metadata, `GET|POST`.
    """
    parameters = _form(raw.body) if _is_form(raw) else {}
    parameters.update(_form(raw.query))
    for name, header in (("Action", "x-acs-action"), ("Version", "x-acs-version")):
        if name not in parameters and header in raw.headers:
            parameters[name] = raw.headers[header]
    credential = _CREDENTIAL.match(raw.headers.get("authorization", ""))
    account = parameters.get("AccessKeyId") or (credential[1] if credential else "")
    return Call(raw.method, parameters, account, raw.headers.get("host", ""))


def whole_number(text: str | None) -> int | None:
    """Return the number that a text is, `None` when it is none, or has more digits than any number here."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _is_form(raw: ReceivedRequest) -> bool:
    # A client that names no type for its body means a form: there is nothing else in this style.
    return bool(raw.body) and raw.headers.get("content-type", FORM).split(";")[0].strip().lower() == FORM


def _form(text: bytes) -> dict[str, str]:
    # latin-1 is the identity on bytes; the percent-decoding below then reads UTF-8.
    raw = text.decode("latin-1")
    decoded = parse_qsl(raw, keep_blank_values=True, encoding="latin-1")
    return {_utf8(name): _utf8(value) for name, value in decoded}


def _utf8(text: str) -> str:
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", errors="replace")
