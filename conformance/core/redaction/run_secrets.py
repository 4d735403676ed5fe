"""The secrets of a whole run, in whichever part of the program something is to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.core.redaction.needles import LEAST_FUZZY
from conformance.core.redaction.recent_signatures import RECENT
from conformance.core.redaction.redactor import Redactor, secrets_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.core.exchange import Credentials


class RunSecrets:
    """Knows the accounts of a run.

    Args:
        accounts: All the accounts of the target.
    """

    def __init__(self, accounts: Iterable[Credentials] = ()) -> None:
        self._secrets: Final = frozenset[str]().union(*map(secrets_of, accounts))
        remember(self._secrets)

    def redactor(self) -> Redactor:
        """Return what removes the secrets of the run, and the signatures of the requests so far."""
        return Redactor(self._secrets | _known, earlier=RECENT.places())  # those of a renewal are only known here


_known: frozenset[str] = frozenset()
"""The secrets that this process has read: what fails may be code that was never given them."""


def remember(secrets: Iterable[str]) -> None:
    """Have `known_secrets` remove these too: an account that assumes a role is none of the target's, and yet secret."""
    global _known  # noqa: PLW0603 - what is shown may come from anywhere in this process
    _known = _known | frozenset(secrets)


def has_known_secret(text: str) -> bool:
    """Return whether a text, such as the value of a variable, is a secret that this process has read or holds one."""
    return text in _known or any(len(each) >= LEAST_FUZZY and each in text for each in _known)


def known_secrets() -> Redactor:
    """Return what removes the secrets that this process has read and the signatures that it has sent.

    For what shows something without knowing of which run it is: messages of failures, tracebacks, other plugins' texts.
    """
    return Redactor(_known, earlier=RECENT.places())
