"""pycurl, or one clear message where it cannot be imported."""

from __future__ import annotations

from conformance.core.errors import MissingLibraryError
from conformance.core.failures.own_failures import lacks_memory

try:
    import pycurl
except ImportError as fault:
    if lacks_memory(fault):
        raise
    raise MissingLibraryError(
        f"requests are sent by libcurl, and pycurl cannot be imported ({fault})",
        hint="install it beside this package: pip install pycurl",
    ) from None

__all__ = ["pycurl"]
