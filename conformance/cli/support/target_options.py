"""The options that name a target, the same in every command that uses one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.contract.languages import BOTH, LANGUAGES

Endpoint = Annotated[
    str | None, typer.Option(help="The server, e.g. http://127.0.0.1:8080; without it, the reference server.")
]
Docs = Annotated[str, typer.Option(help=f"The documents to judge by: {', '.join(LANGUAGES)} or {BOTH}.")]
StatesUrl = Annotated[str | None, typer.Option(help="Where the server's provider states are set.")]
TargetFile = Annotated[Path | None, typer.Option(help="A target file; the options given beside it win.")]
Signature = Annotated[str | None, typer.Option(help="v1, acs3 or none.  [default: v1]")]
Rate = Annotated[float | None, typer.Option(help="Requests a second at the most.")]
Timeout = Annotated[float | None, typer.Option(help="Seconds that one answer may take.  [default: 10]")]
ReportDir = Annotated[Path | None, typer.Option(help="Write the reports into this folder.  [default: reports/<run>]")]
Live = Annotated[bool, typer.Option("--live", help="Allow an endpoint that is not on this machine.")]
