"""What the errors of libcurl mean, in words for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.transport.libcurl import pycurl
from conformance.transport.outcome import TOO_LARGE, ClosedError, ExchangeError, LostError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

# libcurl has these two, and pycurl no names for them.
WEIRD_REPLY: Final = 8
"""CURLE_WEIRD_SERVER_REPLY: what came is no HTTP of a version that is known."""
_ENDLESS_HEAD: Final = 100
_NO_TLS: Final = "no TLS connection to {host}: {text}"
_NO_TRUST: Final = f"{_NO_TLS}; if the certificate is right, let SSL_CERT_FILE name a file with that of its authority"
_NO_HTTP: Final = "{host} did not answer in HTTP"
_WORDS: Final = {
    pycurl.E_FILESIZE_EXCEEDED: TOO_LARGE,
    pycurl.E_COULDNT_RESOLVE_HOST: "the name of {host} is not known",
    pycurl.E_UNSUPPORTED_PROTOCOL: _NO_HTTP,
    WEIRD_REPLY: _NO_HTTP,
    _ENDLESS_HEAD: _NO_HTTP,  # one line of the head without an end
    pycurl.E_SSL_CONNECT_ERROR: _NO_TLS,
    pycurl.E_PEER_FAILED_VERIFICATION: _NO_TRUST,
    pycurl.E_SSL_CACERT_BADFILE: _NO_TRUST,
    pycurl.E_SSL_ISSUER_ERROR: _NO_TRUST,
    pycurl.E_SSL_CERTPROBLEM: _NO_TLS,
    pycurl.E_SSL_CIPHER: _NO_TLS,
}
_CUT_OFF: Final = frozenset(
    {
        pycurl.E_PARTIAL_FILE,
        pycurl.E_RECV_ERROR,
        pycurl.E_SEND_ERROR,
        pycurl.E_GOT_NOTHING,
        pycurl.E_ABORTED_BY_CALLBACK,  # it would have been sent again
    }
)
_END_OF_HEAD: Final = (b"\r\n", b"\n")


def failure(
    number: int, text: str, *, host: str, head: Sequence[bytes], received: int, length: str | None
) -> ExchangeError:
    """Return what an error of libcurl means.

    Args:
        number: The error, a `CURLcode`.
        text: What libcurl says of it.
        host: The host, with its port.
        head: The lines of the head that arrived.
        received: How many bytes of the body arrived.
        length: How many there should be, as the head says.
    """
    if number in _CUT_OFF:
        if not head:
            return ClosedError(f"{host} closed the connection without an answer")
        if head[-1] not in _END_OF_HEAD:
            return LostError("the answer broke off in its head, before the body")
        of = f" of {length}" if length else ""
        return LostError(f"the answer broke off after {received}{of} bytes of body")
    if number == pycurl.E_COULDNT_CONNECT:
        return RefusedError(f"{host} refuses the connection")
    template = _WORDS.get(number, "{host}: {text}")
    if number == _ENDLESS_HEAD and len(head) > 1:
        template = "{host} sends headers without an end"
    return ExchangeError(template.format(host=host, text=text))
