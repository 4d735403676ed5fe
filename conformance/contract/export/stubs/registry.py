"""The mock servers for which stubs are written, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.contract.export.stubs.mockoon import mockoon
from conformance.contract.export.stubs.mockserver import mockserver
from conformance.contract.export.stubs.wiremock import wiremock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.contract.export.stubs.stub_set import StubSet
    from conformance.core.jsontypes import Json

STUB_WRITERS: Final[Mapping[str, Callable[[StubSet], Json]]] = {
    "wiremock": wiremock,
    "mockserver": mockserver,
    "mockoon": mockoon,
}
"""Each returns the content of the one file that its server reads, as JSON data. Pure."""
