"""pycurl, or one clear message where it cannot be imported."""

from __future__ import annotations

from conformance.core.errors import MissingLibraryError

try:
    import pycurl
except ImportError as fault:
    raise MissingLibraryError(
        f"requests are sent by libcurl, and pycurl cannot be imported ({fault})",
        hint="install it beside this package: pip install pycurl",
    ) from None

__all__ = ["pycurl"]
