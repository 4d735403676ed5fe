"""The target that options name, opened: without an endpoint it is the reference server, started for the run."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from conformance.target.model import Target
from conformance.target.options import named_target, with_knobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Docs
    from conformance.server.process import ReferenceServer
    from conformance.target.options import TargetOptions


@contextmanager
def begun_server(docs: Docs, operations: Sequence[OperationId]) -> Iterator[ReferenceServer]:
    """Yield the reference server of a run, which starts while the caller reads its cases; stopped whatever happens.

    Args:
        docs: The documents that it follows.
        operations: What will be asked for.
    """
    from conformance.server.process import ReferenceServer  # noqa: PLC0415 - only a run without an endpoint needs it

    server = ReferenceServer(docs, operations=[str(each) for each in operations], expected=operations)
    try:
        yield server.begin()
    finally:
        server.stop()


@contextmanager
def open_target(
    options: TargetOptions,
    *,
    defaults: dict[str, str],
    docs: Docs,
    wait_s: float = 0.0,
    operations: Iterable[OperationId] = (),
    begun: ReferenceServer | None = None,
    tell: Callable[[str], None] = lambda _text: None,
) -> Iterator[Target]:
    """Yield the target that the options name; with no endpoint, the reference server, stopped whatever happens.

    The reference server follows the documents that the run is judged by, `docs`, and is asked for `operations`, unless
    one was `begun`; what is wrong with behaviours of others is given to `tell`. Raises as `named_target` does.
    """
    target = named_target(options, defaults=defaults, wait_s=wait_s)
    if target is not None:
        yield target
        return
    from conformance.server.process import EFFECTS_WITHIN_S, ReferenceServer  # noqa: PLC0415 - only a run without an endpoint needs it

    own = begun or ReferenceServer(follow=docs, operations=[str(each) for each in operations])
    with own as server:
        for text in server.told:
            tell(text)
        reference = Target(
            server.endpoint, states_url=server.states_url, values=defaults, effects_within_s=EFFECTS_WITHIN_S
        )
        yield with_knobs(reference, options)
