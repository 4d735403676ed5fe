"""From the bytes of a file to text, its language and the name of its operation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.contract.languages import REGISTRY
from conformance.extraction.headings import section_of
from conformance.extraction.page import OtherPageError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.languages import Language, LanguageEntry
    from conformance.extraction.page import Page

MAX_BYTES: Final = 4 * 1024 * 1024
"""No page of an operation comes near: the longest of 2,472 has a tenth of it."""

_NAME: Final = r"[A-Z][A-Za-z0-9]{2,79}"
_WHOLE_NAME: Final = re.compile(_NAME)
_SEVERAL_WORDS: Final = re.compile(r"\b[A-Z][a-z0-9]+[A-Z][A-Za-z0-9]{1,79}\b")
_TITLE: Final = re.compile(rf"^#\s+({_NAME})\s*(?:\{{[^{{}}]*\}})?\s*$", re.MULTILINE)
_LINKED: Final = re.compile(rf"[#?&](?:amp;)?api=({_NAME})")
"""A link to an operation in the API explorer."""
_FROM_CONTENT: Final = (
    _TITLE,
    re.compile(rf"^({_NAME}) - \S", re.MULTILINE),
    re.compile(rf"\b[a-z][a-z0-9-]*:({_NAME})\b"),
    re.compile(rf"[?&]\s?Action=({_NAME})\b"),
    re.compile(rf"^({_NAME})\s?(?:is an? asynchronous operation|接口属于异步接口)", re.MULTILINE),
)
_LATIN: Final = re.compile("[A-Za-z]")
_UNSEEN: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""What a site puts between letters to let a long word break; nobody sees or sends it."""
_TITLE_WITHIN: Final = 3
_FROM_FILE: Final = re.compile(rf"({_NAME})(?:[._-].*)?")


def decode(data: bytes) -> str:
    """Return the text of a document.

    Raises:
        UnreadableError: For an empty or oversized file and for bytes that are not UTF-8 text.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(
            f"the file has {len(data)} bytes, more than any page of an operation ({MAX_BYTES})",
            line=1,
            hint="give the page of one operation",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            "the file is not UTF-8 text", line=line, hint="save the page as UTF-8, e.g. iconv -f GB18030 -t UTF-8"
        ) from None
    if not text.strip():
        raise UnreadableError("the file is empty", line=1, hint="capture the page again")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableError("the file is not text", line=line, hint="save the page as UTF-8 text, Markdown or HTML")
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\u00a0", " ")


def refuse_two_operations(text: str) -> None:
    """Refuse a file that has the page of a second operation below the first.

    Raises:
        UnreadableError: When two titles name operations.
    """
    titles = [(match[1], match.start()) for match in _TITLE.finditer(text)]
    for name, start in titles[1:]:
        if name != titles[0][0] and _SEVERAL_WORDS.fullmatch(name):
            raise UnreadableError(
                f"this file has the pages of two operations, {titles[0][0]} and {name}",
                line=text.count("\n", 0, start) + 1,
                hint="save each page in a file of its own",
            )


def language_of(text: str) -> Language:
    """Tell the language of a page: by its headings, and where it has none by its characters."""
    headings = [line for line in text.split("\n") if section_of(line) not in (None, "other")]
    if headings:
        return _mostly(lambda entry: 2 * sum(entry.count(line) > 0 for line in headings) >= len(headings))
    letters = len(_LATIN.findall(text))
    return _mostly(lambda entry: 20 * entry.count(text) > letters)


def words_of(text: str, page: Page) -> str:
    """Return the words that show the language of a page: of metadata, which may escape letters, its texts alone."""
    if not page.whole:
        return text
    texts = [block.text for row in (*page.request, *page.response) for block in row.description]
    return " ".join([line.text for line in page.prose] + texts)


def _mostly(shown: Callable[[LanguageEntry], bool]) -> Language:
    """Return the language whose own script is shown, else the one in Latin letters."""
    latin = next(entry for entry in REGISTRY if entry.script is None)
    return next((entry for entry in REGISTRY if entry.script is not None and shown(entry)), latin).code


def operation_of(text: str, page: Page, name: str) -> str:
    """Return the name of the operation: from the page, else from the name of the file.

    Raises:
        UnreadableError: When neither says it.
    """
    if page.operation or page.whole:  # the texts of metadata name other operations, too
        return page.operation or _of_file(name)
    action = next((row for row in page.request if row.name == "Action"), None)
    if action is not None:
        if re.fullmatch(_NAME, action.example.text):
            return action.example.text
        # Older pages have no column for examples: the one name of the description is the value to set.
        named: set[str] = {name for block in action.description for name in _SEVERAL_WORDS.findall(block.text)}
        if len(named) == 1:
            return named.pop()
    prose = "\n".join(line.text for line in page.prose)
    for pattern in _FROM_CONTENT:
        match = pattern.search(text) or pattern.search(prose)
        if match:
            return match[1]
    for index, line in enumerate(page.prose[:_TITLE_WITHIN]):
        # Below a title in words, a heading of one word ("Debugging") is no name.
        pattern = _SEVERAL_WORDS if index else _WHOLE_NAME
        if pattern.fullmatch(line.text) and section_of(line.text) is None:
            return line.text
    return _of_file(name)


def is_about_an_operation(text: str) -> bool:
    """Whether a page that has no table of parameters should have one: it is titled as an operation, or links to one.

    A guide that names operations is not about one.
    """
    titles = [match[1] for match in _TITLE.finditer(text)]
    return len(set(_LINKED.findall(text))) == 1 or any(_SEVERAL_WORDS.fullmatch(title) for title in titles)


def _of_file(name: str) -> str:
    match = _FROM_FILE.fullmatch(name)
    if match:
        return match[1]
    raise OtherPageError(
        "nothing says which operation this page is of", line=1, hint="name the file <Operation>.<language>.<extension>"
    )
