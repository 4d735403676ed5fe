"""Secrets that a text names as such: those of a file that somebody else wrote, and whose account nobody here knows."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.redaction.needles import LEAST_FUZZY, has_needle
from conformance.core.redaction.run_secrets import known_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAMED: Final = lazy_pattern(
    rb"\b(?:Signature|SecurityToken|AccessKeySecret)"
    rb"(?:=(?P<plain>[0-9A-Za-z+/=%._~-]+)|%3D(?P<escaped>(?:(?!%26)[0-9A-Za-z+/=%._~-])+))"
    rb'|"(?:Signature|SecurityToken|AccessKeySecret|x-acs-signature|x-acs-security-token)\\{0,8}"'
    rb'\s{0,8}:\s{0,8}\\{0,8}"(?P<field>[0-9A-Za-z+/=%._~&-]+)',
    re.IGNORECASE,
)
_KEY_ID: Final = lazy_pattern(
    rb"(?<![0-9A-Za-z])(?P<id>(?!LTAI[0-9a-z]+(?![0-9A-Za-z]))(?:LTAI|STS\.)[0-9A-Za-z]{12,36})(?![0-9A-Za-z])"
)
"""The id of a real AccessKey. Those that a run makes up for its cases have no capital letter after the first four."""
_VARIABLES: Final = lazy_pattern("ALIBABA_?CLOUD_.*(?:SECRET|TOKEN|KEY_ID)", re.IGNORECASE)


def named_secrets(lines: Iterable[bytes]) -> frozenset[str]:
    """Return the secrets, tokens, signatures and ids of real AccessKeys that lines of a file name as such.

    Those of this process, and of the variables that SDKs read, are among them if the file has one as it is. Of a file
    that this program wrote there are none, and no more is done with it.
    """
    own = _own_secrets()
    found: set[str] = set()
    for line in lines:
        found.update(_named(line))
        found.update(text for text in own if text.encode() in line)
    return frozenset(found)


def _named(line: bytes) -> Iterator[str]:
    for pattern in (_NAMED, _KEY_ID):
        for match in pattern.finditer(line):
            written = match[match.lastgroup or 0].decode()
            text = written if match.lastgroup == "field" else unquote(written)
            if has_needle(text):  # else it may be a word
                yield text


def _own_secrets() -> list[str]:
    texts = {value for name, value in os.environ.items() if _VARIABLES.fullmatch(name)}
    return [text for text in known_secrets().secrets | texts if len(text) >= LEAST_FUZZY]
