"""What kind of fault each error code is about, as one table of patterns."""

from __future__ import annotations

import re
from typing import Final

_RULES: Final[tuple[tuple[str, str], ...]] = (
    ("throttle", r"Throttling(?:\.|$)|.*(?:FlowControl|RateLimit|TooManyRequests)"),
    ("server", r"(?:.*\.)?(?:InternalError|InternalFailure|UnknownError|ServiceUnavailable)(?:\..*)?"),
    (
        "auth",
        r"Unauthorized|Forb\w*den|NoPermission|OptInRequired|.*AccessKeyId|Signature|IncompleteSignature|NotAuthorized",
    ),
    # What an id names exists or not: that is the server's state, whatever the code calls it.
    ("state", r"IllegalParam\.\w*Id$"),
    # A value outside an enumerated parameter is a matter of the request alone.
    ("syntax", r"Invalid\w*Type\.NotFound$|OperationUnsupported\.\w*Type$"),
    ("syntax", r"Missing|ParameterInvalid|INVALID_?PARAMETER|InvalidParam|IllegalParam|Duplicate|.*\.?Mal[Ff]ormed$"),
    (
        "state",
        (
            r".*(?:\.NotFound|NotExist|Exist|Exists|Status|StatusError|Quota\w*|Conflict|InUse)(?:\.|$)|Invalid\w*Id(?:$|\.)"
            r"|Operation|Quota|Unsupported|Incorrect|Insufficient|Idempotent|ResourceNot|Incorret"
        ),
    ),
    ("syntax", r"Invalid|Illegal|.*ValueNotSupport"),
)
"""Tried in order from the start of the code; the first that matches names the class."""

_COMPILED: Final = tuple((name, re.compile(pattern)) for name, pattern in _RULES)

_BY_STATUS: Final = {401: "auth", 403: "auth", 429: "throttle", 503: "server"}


def error_class(status: int, code: str) -> str:
    """Return `syntax`, `state`, `auth`, `throttle` or `server` for an error code.

    Args:
        status: The HTTP status, used where the code says nothing.
        code: The code.
    """
    for name, pattern in _COMPILED:
        if pattern.match(code):
            return name
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "server" if status >= 500 else "state"  # noqa: PLR2004 - the class of HTTP statuses
