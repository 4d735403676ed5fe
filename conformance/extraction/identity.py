"""Which product and version of its API a page is of: what the page itself says, and never a guess.

Asked in this order, since the first ones name the operation too:

1. the link to the API explorer: `product=Farm&api=CreateThing&version=2020-01-02`, or `/Farm/2020-01-02/CreateThing`;
2. the sample request: the host that `Action=CreateThing` is sent to, and `Version=2020-01-02` in its query;
3. the row of the parameter `Version`, whose value is fixed.

The prefix of a RAM action (`farm:CreateThing`) is none of them: some products have the prefix of another one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.extraction.page import Text, UnreadableError, roa_style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.extraction.page import Page, Row

_DATE: Final = r"\d{4}-\d{2}-\d{2}"
_CODE: Final = r"[A-Za-z][A-Za-z0-9_-]*"
_LINK: Final = re.compile(rf"[#?&]product=(?P<product>{_CODE})(?P<rest>[^\s()<>\"']*)")
_LINKED_API: Final = re.compile(r"&(?:amp;)?api=([A-Za-z0-9]+)")
_LINKED_VERSION: Final = re.compile(rf"&(?:amp;)?version=({_DATE})")
_PATH: Final = re.compile(rf"/(?P<product>{_CODE})/(?P<version>{_DATE})/(?P<operation>[A-Za-z0-9]+)")
_SAMPLE: Final = re.compile(
    r"https?(?:\(s\)|\\?\[s\\?\])?\\?://(?P<host>[^\s/?#]{1,200})/?\s*\?(?P<query>[^#<>\"`]{0,400})"
)
_HOST: Final = re.compile(r"(?P<product>[a-z][a-z0-9]*)(?:[.-][a-z]{2}-[a-z0-9-]+)?\.aliyuncs\.com(?::\d+)?")
"""A product's host, with or without its region: `farm.cn-north.aliyuncs.com`. Another hyphen may begin anything."""
_ANY_DATE: Final = re.compile(rf"(?<!\d){_DATE}(?!\d)")
_VERB: Final = r"^[ \t`]*(?P<verb>GET|POST|PUT|DELETE|PATCH|HEAD)[ \t]+"
_ROA: Final = re.compile(
    rf"{_VERB}(?P<path>(?:[A-Za-z][\w.-]{{0,80}}(?=/))?/[A-Za-z0-9\[{{<$:][^\s?]*)|[&?](?:amp;)?type=(?P<type>ROA)\b",
    re.MULTILINE,
)
_ROOT: Final = re.compile(rf"{_VERB}(?P<path>/)(?:\?[^\n]{{0,400}}?)?[ \t]+HTTP/\d", re.MULTILINE)
"""A request line whose path is the root, as of an operation that a host name and a verb say, when nothing else does."""
_ACTION: Final = re.compile(r"[?&|]\s*`?Action\b|^\s*Action\s|x-acs-action", re.MULTILINE)
"""What calls an operation in RPC style."""


class Identity(NamedTuple):
    """What a page says of the product, in small letters, and version of its operation; `None` where it does not."""

    product: Text | None
    version: Text | None


class Given(NamedTuple):
    """What holds where a page does not say it; empty where nothing is given.

    Attributes:
        product: The product.
        version: The version of its API.
        yields: Whether a page that says something else is of what it says, and not refused.
    """

    product: str = ""
    version: str = ""
    yields: bool = False


def refuse_roa(text: str) -> None:
    """Refuse the page of an operation that is called by a verb and a path.

    Raises:
        UnreadableError: When it is one: a request line with a path, or a link that says so.
    """
    match = _ROA.search(text)
    if match is None and not _ACTION.search(text):
        match = _ROOT.search(text)
    if match is None:
        return
    called = f"{match['verb']} {match['path'][:80]}" if match["verb"] else "type=ROA"
    raise roa_style(called, _line(text, match.start()))


def identity_of(text: str, page: Page, operation: str) -> Identity:
    """Return what a page says of the product and version of its operation, each with its line.

    Args:
        text: The page.
        page: The same page, cut into rows.
        operation: The name of its operation.
    """
    products: list[Text] = []
    versions: list[Text] = []
    for product, version in (*_links(text, operation), *_paths(text, operation), *_samples(text, operation)):
        products += [product] if product else []
        versions += [version] if version else []
    versions += [stated for row in page.request if row.name == "Version" for stated in _fixed(row)]
    product = page.product or next(iter(products), None)
    version = page.version or next(iter(versions), None)
    return Identity(product and Text(product.line, product.text.lower()), version)


def settled(identity: Identity, given: Given, *, of: str = "the page is of") -> tuple[str, str]:
    """Return the product and the version: what is said, else what is given, else empty texts.

    Args:
        identity: What is said.
        given: What is given.
        of: How a message begins where the two differ: what says it.

    Raises:
        UnreadableError: When the page says something else than what is given, and that does not yield.
    """
    if given.yields and given.product and identity.product and identity.product.text != given.product.lower():
        given = given._replace(version="")  # it is the version of another product
    words = []
    for what, stated, word in (
        ("product", identity.product, given.product.lower()),
        ("version", identity.version, given.version),
    ):
        if stated is not None and word and stated.text != word and not given.yields:
            raise UnreadableError(
                f"{of} the {what} {stated.text}, not {word}",
                line=stated.line,
                hint=f"leave out the {what}, or give only pages of {word}",
            )
        words.append(stated.text if stated is not None else word)
    return words[0], words[1]


_Pair = tuple[Text | None, Text | None]


def _links(text: str, operation: str) -> Iterator[_Pair]:
    for match in _LINK.finditer(text):
        api, version = _LINKED_API.search(match["rest"]), _LINKED_VERSION.search(match["rest"])
        if api is None or api[1] == operation:
            line = _line(text, match.start())
            yield Text(line, match["product"]), Text(line, version[1]) if version else None


def _paths(text: str, operation: str) -> Iterator[_Pair]:
    for match in _PATH.finditer(text):
        if match["operation"] == operation:
            line = _line(text, match.start())
            yield Text(line, match["product"]), Text(line, match["version"])


def _samples(text: str, operation: str) -> Iterator[_Pair]:
    called = re.compile(rf"(?:^|[?&\s;])Action=\s?{operation}(?![A-Za-z0-9])")
    for match in _SAMPLE.finditer(text):
        if called.search(match["query"]) is None:
            continue
        line = _line(text, match.start())
        host = _HOST.fullmatch(match["host"].replace("\\", ""))
        version = re.search(rf"(?:^|[?&\s;])Version=\s?({_DATE})", match["query"])
        yield Text(line, host["product"]) if host else None, Text(line, version[1]) if version else None


def _fixed(row: Row) -> Iterator[Text]:
    """Yield the version that a row of `Version` has, when it has one only."""
    texts = [(row.example.line, row.example.text), *((block.line, block.text) for block in row.description)]
    found = {date: line for line, text in texts for date in _ANY_DATE.findall(text)}
    if len(found) == 1:
        for date, line in found.items():
            yield Text(line, date)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
