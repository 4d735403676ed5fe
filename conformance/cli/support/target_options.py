"""The options that name a target, the same in every command that uses one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.contract.languages import BOTH, LANGUAGES

EndpointOption = Annotated[
    str | None, typer.Option(help="The server, e.g. http://127.0.0.1:8080; without it, the reference server.")
]
DocsOption = Annotated[str, typer.Option(help=f"The documents to judge by: {', '.join(LANGUAGES)} or {BOTH}.")]
StatesUrlOption = Annotated[str | None, typer.Option(help="Where the server's provider states are set.")]
TargetFileOption = Annotated[Path | None, typer.Option(help="A target file; the options given beside it win.")]
SignatureOption = Annotated[str | None, typer.Option(help="v1, acs3 or none.  [default: v1]")]
RateOption = Annotated[float | None, typer.Option(help="Requests a second at the most.")]
TimeoutOption = Annotated[float | None, typer.Option(help="Seconds that one answer may take.  [default: 10]")]
ReportDirOption = Annotated[
    Path | None, typer.Option(help="Write the reports into this folder.  [default: reports/<run>]")
]
LiveOption = Annotated[bool, typer.Option("--live", help="Allow an endpoint that is not on this machine.")]
