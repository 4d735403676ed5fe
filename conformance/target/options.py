"""The target that options name, opened: the command line and the pytest plugin share it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from conformance.contract.model import LANGUAGES
from conformance.core.errors import UsageError
from conformance.target.load import apply_knobs, load_target, with_options
from conformance.target.model import Target
from conformance.transport.connection import check_reachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.contract.model import Language
    from conformance.server.options import Follow

DOCS: Final[tuple[Follow, ...]] = ("en", "zh", "both")


def check_docs(docs: str) -> Follow:
    """Return `--docs`; raises `UsageError` for another word."""
    for known in DOCS:
        if docs == known:
            return known
    raise UsageError(f"--docs {docs!r} is unknown", hint=f"one of: {', '.join(DOCS)}")


def languages(docs: str) -> tuple[Language, ...]:
    """Return the languages that `--docs` names; raises `UsageError` for another word."""
    known = check_docs(docs)
    return LANGUAGES if known == "both" else (known,)


def named_target(
    *,
    endpoint: str | None,
    states_url: str | None,
    target_file: Path | None,
    signature: str | None,
    rate: float | None,
    timeout_s: float | None,
    live: bool,
    defaults: dict[str, str],
) -> Target | None:
    """Return the target that the options name, or `None` when they name no endpoint.

    Raises:
        UsageError: For options that cannot be.
        TargetFileError: For a wrong target file.
        TargetError: When nothing accepts connections at the endpoint.
    """
    from_file = load_target(target_file) if target_file is not None else None
    target = with_options(
        from_file,
        endpoint=endpoint,
        states_url=states_url,
        signature=signature,
        rate=rate,
        timeout_s=timeout_s,
        defaults=defaults,
        live=live,
    )
    if target is None:
        apply_knobs(Target(""), signature=signature, rate=rate, timeout_s=timeout_s)
        return None
    check_reachable(target.endpoint, target.timeout_s)
    return target


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
    docs: Follow,
) -> Iterator[Target]:
    """Yield the target that the options name; with no endpoint, the reference server, stopped whatever happens.

    The reference server follows the documents that the run is judged by, `docs`. Raises as `named_target` does.
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
    )
    if target is not None:
        yield target
        return
    from conformance.server.process import ReferenceServer  # noqa: PLC0415 - only a run without an endpoint needs it

    with ReferenceServer(follow=docs) as server:
        reference = Target(server.endpoint, states_url=server.states_url, values=defaults)
        yield apply_knobs(reference, signature=signature, rate=rate, timeout_s=timeout_s)
