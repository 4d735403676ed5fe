"""One request that a generator made. Frozen data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.cases.model import Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN: Final = Transport()


class GeneratedRequest(Struct, frozen=True):
    """One request.

    Attributes:
        params: Wire name to text.
        about: What is special about it, for a person; empty when nothing is known.
        transport: How it travels.
    """

    params: Mapping[str, str]
    about: str = ""
    transport: Transport = PLAIN

    def differs(self, base: Mapping[str, str]) -> tuple[str, ...]:
        """Return the wire names whose values are not those of `base`, those left out among them."""
        names = dict.fromkeys([*base, *self.params])
        return tuple(name for name in names if self.params.get(name) != base.get(name))
