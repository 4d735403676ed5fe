"""`conformance derive`: reads a document and writes, or checks, its contract."""

from __future__ import annotations

import contextlib
import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from conformance.comparison.revisions import changes, differences
from conformance.contract.catalogue import find_contract
from conformance.contract.files import dump_contract, load_contract, load_openapi
from conformance.contract.languages import LANGUAGES
from conformance.contract.openapi.writer import broken_examples
from conformance.contract.products import known_products
from conformance.core.errors import ContractError, DocumentError, ExitStatus, UsageError
from conformance.core.resources import openapi_dir
from conformance.core.system_failures import not_written
from conformance.core.terminal import printable
from conformance.core.yamlfile import read_bytes
from conformance.extraction.read import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

_CONTRACT_SUFFIXES: Final = (".yaml", ".yml")
_LANGUAGE_HELP: Final = f"{' or '.join(LANGUAGES)}; recognised by the content when left out."
_SHOWN: Final = 40


def derive(
    document: Annotated[Path, typer.Argument(help="A saved page of one operation.")],
    *,
    language: Annotated[str | None, typer.Option(help=_LANGUAGE_HELP)] = None,
    layout: Annotated[str | None, typer.Option(help="The layout; recognised by the content when left out.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the contract.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 when the file differs.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on what is not understood.")] = False,
    companion: Annotated[
        Path | None, typer.Option(help="The other language's document or contract, where one page leaves a doubt.")
    ] = None,
) -> None:
    """Turn a document into its contract; with --check, say in which facts the contract file differs from it."""
    derived = _derive(document, _language(language), layout, companion, strict=strict)
    target = output or _default_output(derived)
    text = dump_contract(derived)
    if check:
        _check(target, text, derived, document)
        return
    _write(target, text)
    facts = sum(fact.stated for row in derived.parameters for fact in row.facts.values())
    counts = {
        "parameters": len(derived.parameters),
        "facts stated": facts,
        "errors": len(derived.errors),
        "losses": len(derived.lost),
        "examples against their own rule": len(broken_examples(derived)),
    }
    typer.echo(f"{target}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))


def _language(word: str | None) -> Language | None:
    known: dict[str | None, Language | None] = {None: None, **{language: language for language in LANGUAGES}}
    if word not in known:
        raise UsageError(f"--language {word} is not known", hint=f"one of: {', '.join(LANGUAGES)}")
    return known[word]


def _derive(
    document: Path, language: Language | None, layout: str | None, companion: Path | None, *, strict: bool
) -> Contract:
    data = read_bytes(document, DocumentError)
    if companion is not None:
        other: Contract | None = _companion(companion)
    else:
        # The first reading gives the operation and the language, and so where the companion is.
        alone = read_document(data, document.name, language=language, layout=layout)
        other = _known_companion(document, alone)
    derived = read_document(data, document.name, language=language, layout=layout, companion=other, strict=strict)
    if other is not None and other.operation != derived.operation:
        raise UsageError(
            f"the companion is about {other.operation}, the document about {derived.operation}",
            where=companion,
            hint="give the other language's page of the same operation",
        )
    return known_products().complete(derived)


def _companion(path: Path) -> Contract:
    if path.suffix in _CONTRACT_SUFFIXES:
        return find_contract(str(path))
    return read_document(read_bytes(path, DocumentError), path.name)


def _known_companion(document: Path, alone: Contract) -> Contract | None:
    """Return the other language's contract: of the document beside this one, else the committed one, else none."""
    other = next(language for language in LANGUAGES if language != alone.language)
    for path in _siblings(document, alone, other):
        try:
            contract = read_document(read_bytes(path, DocumentError), path.name, language=other)
        except DocumentError:
            continue
        if contract.operation == alone.operation:
            return contract
    try:
        return find_contract(f"{alone.operation}.{other}")
    except ContractError:
        return None


def _siblings(document: Path, alone: Contract, other: Language) -> Iterator[Path]:
    """Yield what may be the other's document: its name with the other language's code in it."""
    stem = document.name.partition(".")[0]
    names = {alone.operation, stem} if stem != alone.language else {alone.operation}
    patterns = [f"{glob.escape(name)}.{other}.*" for name in sorted(names)]
    if stem == alone.language:
        patterns.append(f"{other}{glob.escape(document.suffix)}")
    for pattern in patterns:
        for path in sorted(document.parent.glob(pattern)):
            if path.is_file() and path.suffix not in _CONTRACT_SUFFIXES:
                yield path


def _default_output(derived: Contract) -> Path:
    name = f"{derived.operation}.{derived.language}"
    here = Path("openapi")
    folder = here if here.is_dir() else openapi_dir()
    return folder / derived.product / derived.version / f"{name}.yaml"


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as fault:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise not_written(path, fault, "give another -o", error=UsageError) from None


def _check(path: Path, text: str, derived: Contract, document: Path) -> None:
    """Exit with status 1, after naming what has changed, when a contract file is not what its document gives."""
    again = f"conformance derive {document}"
    try:
        committed = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        typer.echo(f"{path}: there is no such file; run `{again}`")
        raise typer.Exit(ExitStatus.MISMATCH) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise ContractError(f"cannot be read: {fault}", where=path, hint=f"run `{again}`") from None
    if committed == text:
        typer.echo(f"{path}: says what {document} says")
        return
    changed = changes(load_contract(committed, str(path)), derived)
    changed = changed or list(differences(load_openapi(committed, str(path)), load_openapi(text, str(path))))
    for change in changed[:_SHOWN]:
        typer.echo(printable(change))
    if len(changed) > _SHOWN:
        typer.echo(f"and {len(changed) - _SHOWN} more")
    what = (
        f"differs from {document} in {len(changed)} {'place' if len(changed) == 1 else 'places'}"
        if changed
        else "differs only in formatting"
    )
    typer.echo(f"{path}: {what}; run `{again}`")
    raise typer.Exit(ExitStatus.MISMATCH)
