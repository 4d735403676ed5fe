"""Layout `metadata`: the JSON description of an operation, whose texts are Markdown.

It has parameters only: no fields of the response, no errors, no examples.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from conformance.contract.products import PRODUCT_FORM, VERSION_FORM
from conformance.extraction.page import Page, Row, Text, UnreadableError, roa_style
from conformance.extraction.rows import blocks, expand

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "metadata"

_HINT: Final = "give the JSON of one operation, with its name and its list of parameters"
_DEEPEST: Final = 20
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def detect(text: str) -> bool:
    """Whether a page is in this layout: a JSON object."""
    return text.lstrip().startswith("{")


def read(text: str) -> Page:
    """Cut a page into rows.

    Raises:
        UnreadableError: When the text is no JSON of this form.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError("the file is not complete JSON", line=error.lineno, hint=_HINT) from None
    except (RecursionError, ValueError):
        raise UnreadableError("the file is no JSON of an operation", line=1, hint=_HINT) from None
    _refuse_half_characters(text, document)
    parameters = document.get("parameters") if isinstance(document, dict) else None
    name = document.get("name") if isinstance(document, dict) else None
    if not isinstance(parameters, list) or not isinstance(name, str):
        raise UnreadableError("the file is no JSON of an operation", line=1, hint=_HINT)
    _refuse_roa(text, document)
    rows: list[Row] = []
    _collect(parameters, 0, _Lines(text), rows)
    return Page(
        prose=(),
        request=tuple(rows),
        response=(),
        errors=(),
        operation=name,
        whole=True,
        product=_stated(text, document, "product", PRODUCT_FORM),
        version=_stated(text, document, "version", VERSION_FORM),
    )


def _stated(text: str, document: Mapping[str, object], key: str, form: re.Pattern[str]) -> Text | None:
    """Return what the JSON has for its product or its version; `None` when it is not of their form."""
    value = document.get(key)
    return Text(_Lines(text, start=0).find(key), value) if isinstance(value, str) and form.fullmatch(value) else None


def _refuse_roa(text: str, document: Mapping[str, object]) -> None:
    """Refuse an operation with a path of its own: it is called by a verb and that path."""
    path = document.get("pathPattern")
    if isinstance(path, str) and path.strip("/"):
        raise roa_style(f"the path {path[:80]}", _Lines(text, start=0).find("pathPattern"))


def _refuse_half_characters(text: str, document: object) -> None:
    """Refuse an escape that is half of a surrogate pair: no file and no request can hold it."""
    escape = _SURROGATE.search(text)
    if escape is None:
        return
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        line = text.count("\n", 0, escape.start()) + 1
        raise UnreadableError(
            "an escape is half of a surrogate pair, which is no character", line=line, hint="save the JSON again"
        ) from None


class _Lines:
    """Finds the lines of members, which are in the text in the order in which they are read."""

    def __init__(self, text: str, start: int | None = None) -> None:
        self._text = text
        self._line = 1
        self._counted = 0
        self._end = max(text.find('"parameters"'), 0) if start is None else start

    def find(self, key: str, value: str | None = None, *, after: int | None = None) -> int:
        """Return the line of a member, at or behind the last one found."""
        wanted = rf'"{key}"\s*:\s*' + (re.escape(json.dumps(value, ensure_ascii=False)) if value is not None else "")
        match = re.compile(wanted).search(self._text, self._end if after is None else after)
        if match is None:
            return self._line
        if after is None:
            self._line += self._text.count("\n", self._counted, match.start())
            self._counted, self._end = match.start(), match.end()
            return self._line
        return self._line + self._text.count("\n", self._counted, match.start())

    @property
    def end(self) -> int:
        """Where the last member ends."""
        return self._end


def _collect(parameters: list[object], depth: int, lines: _Lines, rows: list[Row]) -> None:
    """Add the rows of parameters and of their members, in the order of the text."""
    if depth > _DEEPEST:
        raise UnreadableError("the parameters are nested too deeply", line=1, hint=_HINT)
    for parameter in parameters:
        name = parameter.get("name") if isinstance(parameter, dict) else None
        if not isinstance(parameter, dict) or not isinstance(name, str) or not name:
            raise UnreadableError("a parameter without a name", line=lines.find("name"), hint=_HINT)
        rows.append(_row(name, parameter, depth, lines))
        members = parameter.get("sub_parameters")
        if isinstance(members, list):
            _collect(members, depth + 1, lines, rows)


def _row(name: str, parameter: Mapping[str, object], depth: int, lines: _Lines) -> Row:
    line = lines.find("name", name)
    line_of = {key: lines.find(key, after=lines.end) for key in ("description", "type", "required") if key in parameter}
    description, kind, required = (parameter.get(key) for key in ("description", "type", "required"))
    # The texts are one line of JSON each, however many lines they have inside.
    texts = description.split("\n") if isinstance(description, str) else []
    prose = expand(Text(line_of.get("description", line), text) for text in texts)
    of_objects = bool(parameter.get("sub_parameters")) and kind in ("RepeatList", "Array")
    word = "array<object>" if of_objects else kind if isinstance(kind, str) else ""
    return Row(
        line=line,
        name=name,
        type=Text(line_of.get("type", line), word),
        required=Text(line_of["required"], "true" if required else "false") if isinstance(required, bool) else None,
        example=Text(line, ""),
        description=blocks(prose, markup=True),
        depth=depth,
        whole=True,
    )
