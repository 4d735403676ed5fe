"""Writing a contract for other tools: as an OpenAPI file, or as the stubs of a mock server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, get_args

from conformance.cli.support.text_output import write_text
from conformance.contract.contract_text import contract_text
from conformance.contract.export.openapi_file import OPENAPI_VERSIONS, ExportOptions, openapi_file
from conformance.contract.export.stubs.registry import STUB_WRITERS
from conformance.contract.export.stubs.stub_set import stub_set
from conformance.core.errors import UsageError
from conformance.core.wording import near
from conformance.protocol.call_forms import MARK, call_form
from conformance.protocol.signing import Signature
from conformance.target.model import check_endpoint

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.export.openapi_file import OpenapiVersion
    from conformance.contract.model import Contract

_JSON: Final = ".json"


def export_openapi(
    contract: Contract, *, version: str, is_plain: bool, signature: str, server: str, output: Path | None
) -> None:
    """Write a contract as an OpenAPI file: JSON into a file of that name, else YAML.

    Raises:
        UsageError: If an option has a value that cannot be.
        ContractError: If the contract cannot be told apart.
    """
    options = ExportOptions(_version(version), is_plain, check_endpoint(server, option="--server"))
    data = openapi_file(contract, call_form(_signature(signature)), options)
    # One object in two places would be an anchor, which not every tool reads.
    apart = json.loads(json.dumps(data))
    to_json = output is not None and output.suffix == _JSON
    write_text(_json_text(apart) if to_json else contract_text(apart), _path(output, contract, "openapi", ".yaml"))


def export_stubs(contract: Contract, *, server: str, output: Path | None) -> None:
    """Write the stubs of a mock server for a contract, as the JSON file that the server reads.

    Raises:
        UsageError: If there are no stubs for such a server.
        ContractError: If the contract cannot be told apart.
    """
    if server not in STUB_WRITERS:
        raise UsageError(f"--mock {server!r} is unknown", hint=near(server, list(STUB_WRITERS)))
    data = STUB_WRITERS[server](stub_set(contract, MARK))
    write_text(_json_text(data), _path(output, contract, server, _JSON))


def _version(word: str) -> OpenapiVersion:
    for version in OPENAPI_VERSIONS:
        if word == version:
            return version
    raise UsageError(f"--openapi-version {word!r} is unknown", hint=f"one of {', '.join(OPENAPI_VERSIONS)}")


def _signature(word: str) -> Signature:
    known: tuple[Signature, ...] = get_args(Signature)
    for signature in known:
        if word == signature:
            return signature
    raise UsageError(f"--signature {word!r} is unknown", hint=f"one of {', '.join(known)}")


def _json_text(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _path(output: Path | None, contract: Contract, kind: str, suffix: str) -> Path | None:
    """Return the file to write: that of `-o`, or one of the contract's name in the folder of `-o`."""
    if output is None or not output.is_dir():
        return output
    return output / f"{contract.operation}.{contract.language}.{kind}{suffix}"
