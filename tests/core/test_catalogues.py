"""Catalogues have every text for people that the source has, and say it in their language."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.contract.languages import REGISTRY
from conformance.core.sentences.sentence import catalogue_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOOL = Path(__file__).resolve().parents[2] / "tools" / "source_texts.py"
SAME = {
    *("SDK", "core", "export {variable}", "the profile {name}", "the SDK {why} {name}"),
    *("errors/{code} ({status}, {message})", "conformance: {file}: {message}"),
    "{driver}: {{{product}: {{name: NAME, version: VERSION}}}}",
}
"""Texts that are the same in every language: names, and what is typed."""


@pytest.fixture(scope="module")
def texts_of() -> Callable[..., Iterator[str]]:
    found: Callable[..., Iterator[str]] = runpy.run_path(str(TOOL))["texts_of"]
    return found


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('raise ThingError("no such thing", hint="give another")', ["no such thing", "give another"]),
        # Places are named after what stands in them, and two of one name differ.
        ('f"{a.name} is {b.name}, not {len(rows)}"', ["{name} is {name2}, not {rows}"]),
        # Alternatives make whole sentences.
        ('''f"it is {'not here' if x else 'here'} again"''', ["it is not here again", "it is here again", "not here"]),
        ('f"known: {known or \'none of them\'}"', ["known: {known}", "known: none of them", "none of them"]),
        # Braces of a text are written twice, as `str.format` has them; a template stays as it is.
        ('f"write {{a: 1}} for {x}"', ["write {{a: 1}} for {x}"]),
        ('x = "{path} has {limit}"', ["{path} has {limit}"]),
        # A help has its default apart.
        ('Annotated[int, typer.Option(help="How many.  [default: as many as there are]")]',
         ["How many.", "as many as there are"]),
        # Neither docstrings and types nor patterns and words.
        ('"""A docstring with words."""\nx: dict["some type", int] = cast("a type name", y)', []),
        ('re.compile("a pattern with words")\nx = "word"', []),
    ],
)  # fmt: skip
def test_texts_for_people_are_taken_from_the_source(
    texts_of: Callable[..., Iterator[str]], source: str, texts: list[str]
) -> None:
    assert list(dict.fromkeys(texts_of(source))) == texts


def test_the_help_of_a_command_is_its_docstring(texts_of: Callable[..., Iterator[str]]) -> None:
    source = 'def thing() -> None:\n    """Do a thing.\n\n    And say\n    so.\n\n    Args:\n        it: No.\n    """\n'
    assert list(texts_of(source, "cli/thing.py")) == ["Do a thing.", "And say so."]


@pytest.mark.parametrize("language", [entry.code for entry in REGISTRY if entry.script])
def test_a_translation_has_words_of_its_language(language: str) -> None:
    script = next(entry.script for entry in REGISTRY if entry.code == language)
    catalogue = catalogue_of(language)
    assert len(catalogue) > 1500
    english = [
        text
        for text, said in catalogue.items()
        if not re.search(f"[{script}]", said) and re.search("[A-Za-z]{2,}", re.sub(r"\{\w*\}", "", said))
    ]
    assert set(english) <= SAME
