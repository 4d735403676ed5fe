"""The target that options name, opened: without an endpoint it is the reference server, started for the run."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from conformance.target.load import apply_knobs
from conformance.target.model import Target
from conformance.target.options import named_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Docs
    from conformance.server.process import ReferenceServer


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
    *,
    endpoint: str | None,
    states_url: str | None,
    target_file: Path | None,
    signature: str | None,
    rate: float | None,
    timeout_s: float | None,
    live: bool,
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
    target = named_target(
        endpoint=endpoint,
        states_url=states_url,
        target_file=target_file,
        signature=signature,
        rate=rate,
        timeout_s=timeout_s,
        live=live,
        defaults=defaults,
        wait_s=wait_s,
    )
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
        yield apply_knobs(reference, signature=signature, rate=rate, timeout_s=timeout_s)
