"""`conformance mock`: the reference server in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.support.standard_streams import say, say_fault
from conformance.contract.catalogue import contract_files, find_operation, own_operations
from conformance.contract.languages import BOTH, DOCS, Docs, language_of
from conformance.server.options import DEFAULT_DELAY

DEFAULT_PORT = 8080
_WIDEST_NAME = 40
"""Columns of the names in a list of faults: a longer one stands out."""


def _one_of_the_docs(word: str) -> Docs:
    known = word if word == BOTH else language_of(word)
    if known is None:
        raise typer.BadParameter(f"{word!r} is not one of {', '.join(DOCS)}.")
    return known


def mock(
    operations: Annotated[
        list[str] | None,
        typer.Argument(help="Whose behaviour it has, and whose faults.  [default: the first there is]"),
    ] = None,
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")
    ] = DEFAULT_PORT,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 is every one, as in a container.")
    ] = "127.0.0.1",
    states: Annotated[
        Path | None, typer.Option(help="A file of provider states that hold at the start, and after a reset.")
    ] = None,
    follow: Annotated[
        Docs,
        typer.Option(
            callback=_one_of_the_docs,
            metavar=f"<{'|'.join(DOCS)}>",
            help="The document to follow; both is the union of the two.",
        ),
    ] = BOTH,
    fault: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A fault that the server has; may be given several times.")
    ] = None,
    activation_delay: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long what is created is not active yet.")
    ] = DEFAULT_DELAY,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="List the faults and end.")] = False,
) -> None:
    """Run the reference server: operations as their documents have them."""
    # Only this command pays for the server's libraries.
    from conformance.server.build import build_plan, unused_behaviours  # noqa: PLC0415

    served = [str(find_operation(word, contract_files())) for word in operations or ()]
    for unread in unused_behaviours():
        say_fault(unread)
    if list_faults:
        from conformance.server.faults.any_fault import every_fault  # noqa: PLC0415

        listed = list(every_fault(build_plan(operations=served), served, own_operations(served, contract_files())))
        width = min(max((len(each.name) for each in listed), default=0), _WIDEST_NAME)
        for each in listed:
            say(f"{each.name:{width}}  {each.about}")
        return
    from conformance.server.network import bind, endpoint_of, serve, states_url_of  # noqa: PLC0415
    from conformance.server.start_states import read_start_states  # noqa: PLC0415

    plan = build_plan(follow=follow, faults=fault or (), activation_delay=activation_delay, operations=served)
    start = read_start_states(states, plan.has_code) if states is not None else ()
    with bind(port, host) as listener:
        endpoint = endpoint_of(listener)
        states_url = states_url_of(endpoint)

        def announce() -> None:
            say(f"endpoint    {endpoint}")
            say(f"states URL  {states_url}")
            say(f"try         conformance run --endpoint {endpoint} --states-url {states_url} --docs {follow}")

        serve(plan, listener, announce, start=start)
