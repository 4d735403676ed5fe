"""Who reads what is shown, and in which language: `--lang`, the environment, `conformance.yaml`, or the locale."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from conformance.cli.support.option_defaults import take_option
from conformance.contract.languages import LANGUAGES, language_of
from conformance.core.errors import UsageError
from conformance.core.option_sources import variable_of
from conformance.core.sentences.sentence import speak

if TYPE_CHECKING:
    from collections.abc import Sequence

LANG: Final = "lang"
"""The option's name without the dashes."""
_OPTION: Final = f"--{LANG}"
_LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables of the locale of messages, the first that is not empty wins: POSIX, chapter 8.2."""
_LIST: Final = "LANGUAGE"
_PLAIN: Final = ("", "C", "POSIX")
"""Locales of no language."""


class _Asked:
    """Whether somebody asked for a language, so that neither a file nor the locale decides."""

    explicitly = False


def in_language_of_reader(words: Sequence[str]) -> list[str]:
    """Take `--lang LANGUAGE` out of the words, wherever it is, and have this process speak that language.

    Without it the environment decides: its variable of the option, else the locale.

    Raises:
        UsageError: When the language is missing or is none of the registry.
    """
    rest, asked = take_option(words, _OPTION)
    named = asked[-1] if asked else os.environ.get(variable_of(_OPTION)) or None
    _Asked.explicitly = named is not None
    speak(_of_locale())  # also for the message that another language is unknown
    if named is not None:
        speak(_known(named))
    return rest


def use_language_of_workspace(named: object) -> None:
    """Speak the language that `conformance.yaml` names, unless somebody asked for another.

    Raises:
        UsageError: When it is none of the registry.
    """
    if isinstance(named, str) and not _Asked.explicitly:
        speak(_known(named))


def _known(named: str) -> str:
    language = language_of(named)
    if language is None:
        raise UsageError(f"{_OPTION} {named!r} is unknown", hint=f"one of: {', '.join(LANGUAGES)}")
    return language


def _of_locale() -> str:
    """Return the language of the locale; empty, which is English, for one that nothing is written in."""
    locale = next((value for name in _LOCALE if (value := os.environ.get(name))), "")
    # As GNU gettext has it: a list of languages goes before the locale, unless that is the plain one.
    wished = [] if locale.partition(".")[0] in _PLAIN else os.environ.get(_LIST, "").split(":")
    return next((language for each in (*wished, locale) if (language := language_of(each))), "")
