"""A handle of libcurl that sends what it is given and no more, and the forms in which it takes a URL and headers.

libcurl would add headers, follow proxies of the environment and redirects, normalise paths, and read answers that are
no HTTP. All that is turned off.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import Struct

from conformance.transport.libcurl import pycurl
from conformance.transport.outcome import MAX_BODY_BYTES

_NEVER_MS: Final = 0x7FFFFFFF
_OPTIONS: Final = {
    pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
    pycurl.PROTOCOLS_STR if hasattr(pycurl, "PROTOCOLS_STR") else pycurl.PROTOCOLS: (
        "http,https" if hasattr(pycurl, "PROTOCOLS_STR") else pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
    ),
    pycurl.PATH_AS_IS: 1,
    pycurl.NOSIGNAL: 1,
    pycurl.PROXY: "",
    pycurl.NOPROXY: "*",
    pycurl.FOLLOWLOCATION: 0,
    pycurl.TCP_NODELAY: 1,
    pycurl.HTTP09_ALLOWED: 0,
    pycurl.MAXFILESIZE: MAX_BODY_BYTES,
    # The client keeps deadlines of its own, over the whole exchange.
    pycurl.CONNECTTIMEOUT_MS: _NEVER_MS,
}
_VISIBLE: Final = bytes(range(ord("!"), ord("~") + 1))
"""What a request line can hold without ending its target."""

_ADDED_BY_LIBCURL: Final = ("Accept", "User-Agent", "Expect", "Content-Type")


class Address(Struct, frozen=True):
    """A URL as libcurl is given it.

    Attributes:
        address: The URL without its query.
        origin: What it connects to: scheme, host and port.
        host: The host with its port, for a person.
        target: The target of the request line, byte for byte.
    """

    address: str
    origin: str
    host: str
    target: bytes


def new_handle() -> pycurl.Curl:
    """Return a handle with everything turned off that libcurl would do by itself."""
    curl = pycurl.Curl()
    for option, value in _OPTIONS.items():
        curl.setopt(option, value)
    return curl


def trust_as_python_does(curl: pycurl.Curl) -> None:
    """Have a handle trust the authorities that the `ssl` module trusts, which knows where this machine has them."""
    import ssl  # noqa: PLC0415 - a target without TLS does not pay for it

    paths = ssl.get_default_verify_paths()
    for option, path in ((pycurl.CAINFO, paths.cafile), (pycurl.CAPATH, paths.capath)):
        if path:
            curl.setopt(option, path)


def address_of(url: str) -> Address:
    """Return the parts of a URL, of which an empty query is none.

    Raises:
        ValueError: When a request line cannot hold its target.
    """
    address, _, query = (url.partition("#")[0] if "#" in url else url).partition("?")
    origin, host, path = _split_path(address)
    target = f"{path}?{query}" if query else path
    octets = target.encode(errors="surrogatepass")
    if octets.translate(None, _VISIBLE):
        raise ValueError(_why_not(host, target))
    return Address(address, origin, host, octets)


def _why_not(host: str, target: str) -> str:
    if target.isprintable() and " " not in target:
        try:
            target.encode("ascii")
        except ValueError as fault:
            return f"{host}: {fault}"
    return f"{host}: URL can't contain control characters. {target!r}"


@lru_cache(64)
def _split_path(url: str) -> tuple[str, str, str]:
    """Split a URL without its query in origin, host and path: thousands share them."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    return f"{scheme}://{host}/", host, rest[len(host) :] or "/"


@lru_cache(256)
def header_lines(headers: tuple[tuple[str, str], ...], *, has_body: bool) -> list[bytes]:
    """Return headers for libcurl; those that it would add are turned off, unless they are given.

    Raises:
        ValueError: For a header with a line break, or with characters beyond Latin-1.
    """
    if any(character in value for _, value in headers for character in "\r\n\0"):
        raise ValueError("a header with a line break")
    lines = [f"{name}: {value}" if value.strip() else f"{name};" for name, value in headers]
    given = {name.lower() for name, _ in headers}
    lines += [f"{name}:" for name in _ADDED_BY_LIBCURL if name.lower() not in given]
    if not has_body:
        lines.append("Content-Length: 0")
    return [line.encode("latin-1") for line in lines]
