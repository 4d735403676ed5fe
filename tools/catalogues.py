"""Keep the catalogues of sentences up with the package: `.venv/bin/python tools/catalogues.py [--check]`.

Finds every sentence of the package, adds what a catalogue lacks, with an empty translation, and drops what is used no
more. With `--check` nothing is written, and the exit status is 1 when a catalogue would change or lacks a translation.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from source_texts import data_texts, library_texts, source_texts

from conformance.contract.languages import REGISTRY

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "conformance"
CATALOGUES = PACKAGE / "core" / "sentences" / "catalogues"
TEMPLATES = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
SOURCES: tuple[tuple[str, str, dict[str, str], dict[str, tuple[int, ...] | None]], ...] = (
    ("*.py", "python", {}, {"sentence": None, "counted_sentence": (1, 2), "joined_words": (2,), "spoken": None}),
    (
        *("templates/*.j2", "jinja2.ext:babel_extract", TEMPLATES),
        {"t": None, "tn": (1, 2), "attribute": (2,), "option": None},
    ),
)
"""Files, how they are read, and the functions whose arguments are sentences there: which ones, `None` for the first."""
_PLACE = re.compile(r"\{(\w+)\}")


def sentences() -> Catalog:
    """Return every sentence of the package, each once."""
    found = Catalog(charset="utf-8")
    for files, method, options, keywords in SOURCES:
        calls = re.compile(rf"\b(?:{'|'.join(keywords)})\(".encode())
        for path in sorted(PACKAGE.rglob(files)):
            source = path.read_bytes()
            if calls.search(source):  # few modules have sentences, and babel takes long for each
                for _, identifier, _, _ in extract(method, io.BytesIO(source), keywords, options=options):
                    found.add(identifier)
    for entry in REGISTRY:
        found.add(entry.name)
    plurals = {each for entry in found if isinstance(entry.id, tuple) for each in entry.id}
    for text in (*source_texts(), *library_texts(), *data_texts()):
        if text not in plurals:
            found.add(text)
    return found


def renewed(path: Path, known: Catalog) -> tuple[bytes, list[str]]:
    """Return a catalogue with the sentences that there are, and what is wrong with its translations."""
    catalogue = read_po(io.BytesIO(path.read_bytes()), locale=path.stem) if path.exists() else Catalog(locale=path.stem)
    fresh = Catalog(locale=path.stem, charset="utf-8")
    wrong = []
    for entry in sorted(known, key=lambda each: str(each.id)):
        if not entry.id:
            continue
        old = catalogue.get(entry.id if isinstance(entry.id, str) else entry.id[0])
        string = (old.string if old is not None else "") or ""
        translated = string if isinstance(string, str) else string[0]
        fresh.add(entry.id, (translated,) if isinstance(entry.id, tuple) else translated)
        source = entry.id if isinstance(entry.id, str) else entry.id[-1]
        if not translated:
            wrong.append(f"not translated: {source}")
        elif set(_PLACE.findall(translated)) != set(_PLACE.findall(source)):
            wrong.append(f"other places than in English: {source}")
    stream = io.BytesIO()
    write_po(stream, fresh, width=120, omit_header=False, no_location=True)
    return _without_dates(stream.getvalue()), wrong


def _without_dates(text: bytes) -> bytes:
    """Return a catalogue without what changes on each writing."""
    kept = (b'"Content-Type', b'"Language:', b'"Plural-Forms', b'"MIME', b'"Content-Transfer')
    lines = text.splitlines(keepends=True)
    start = lines.index(b'msgstr ""\n') + 1
    end = next(place for place in range(start, len(lines)) if not lines[place].startswith(b'"'))
    head = [line for line in lines[start:end] if line.startswith(kept)]
    return b"".join([b'msgid ""\n', b'msgstr ""\n', *head, *lines[end:]])


def main() -> int:
    """Renew or check every catalogue."""
    check = "--check" in sys.argv[1:]
    known, failed = sentences(), False
    for path in sorted(CATALOGUES.glob("*.po")):
        text, wrong = renewed(path, known)
        for line in wrong:
            sys.stderr.write(f"{path.name}: {line}\n")
        failed = failed or bool(wrong) or path.read_bytes() != text
        if not check:
            path.write_bytes(text)
    return int(check and failed)


if __name__ == "__main__":
    sys.exit(main())
