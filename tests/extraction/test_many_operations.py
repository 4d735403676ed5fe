"""The readers on documents of many other operations: measured where a person has read them, sane everywhere."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from measure import measure

from conformance.contract.languages import LANGUAGES
from conformance.contract.model import CHARACTER_CLASSES, FACT_NAMES, State
from conformance.extraction.read import read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Fact, Parameter

    Read = Callable[[str, Language], Contract]

FOLDERS: dict[Language, str] = {"en": "en-US", "zh": "zh-CN"}


@pytest.fixture(scope="module")
def metadata(documents: Path) -> Path:
    folder = documents.parent / "metadata"
    if not folder.is_dir():
        pytest.skip(f"the metadata of the operations is not in {folder}")
    return folder


@pytest.fixture(scope="module")
def read(metadata: Path) -> Read:
    """What reads a file of the metadata, each once for all tests."""

    @cache
    def read(name: str, language: Language) -> Contract:
        path = metadata / FOLDERS[language] / "vpc" / name
        return read_document(path.read_bytes(), name, language=language)

    return read


@pytest.fixture
def corpus(documents: Path) -> Path:
    """The folder of the bilingual pairs."""
    folder = documents / "corpus"
    if not folder.is_dir():
        pytest.skip(f"the bilingual pairs are not in {folder}")
    return folder


def test_recall_and_precision_on_the_bilingual_pairs(corpus: Path) -> None:
    scores = measure(corpus)
    assert scores["cells"].found > 400
    assert scores["prose"].found > 200
    for score in scores.values():
        assert score.recall >= 0.98, score.missed
        assert score.precision >= 0.98, score.invented


def test_the_pairs_have_errors_and_fields(corpus: Path) -> None:
    pages = sorted(corpus.glob("*/*.md"))
    assert pages
    for path in pages:
        contract = read_document(path.read_bytes(), path.name)
        assert contract.operation == path.parent.name
        assert contract.language == path.stem
        assert contract.errors
        assert "RequestId" in {field.path for field in contract.responses}
        assert contract.lost == ()


def names(parameters: list[dict[str, Any]], before: str = "") -> Iterator[str]:
    for parameter in parameters:
        members = parameter.get("sub_parameters")
        path = before + parameter["name"] + ("[]" if parameter["type"] in ("RepeatList", "Array") else "")
        if not members:
            yield path
        yield from names(members or [], f"{path}.")


def check(fact: Fact, name: str, parameter: Parameter) -> None:
    kind = parameter.fact("type").value
    if fact.state is not State.STATED:
        assert fact.value is None
        return
    assert fact.line is not None
    if name in ("minLength", "maxLength", "minimum", "maximum", "maxItems"):
        assert type(fact.value) is int
    elif name in ("charset", "startsWith", "endsWith"):
        assert isinstance(fact.value, tuple)
        assert list(fact.value) == sorted(map(str, fact.value))
        assert all(item in CHARACTER_CLASSES or len(str(item)) == 1 for item in fact.value)
    elif name == "enum":
        assert isinstance(fact.value, tuple)
        assert len(fact.value) == len(set(fact.value)) > 0
        expected = {"integer": int, "boolean": bool, "number": float}.get(str(kind), str)
        assert all(type(item) is expected for item in fact.value)
    elif name in ("notStartsWith", "notContains"):
        assert isinstance(fact.value, tuple)
        assert all((isinstance(item, str) and item == item.strip(" ")) or item == " " for item in fact.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_metadata_of_every_operation_reads(metadata: Path, read: Read, language: Language) -> None:
    count = 0
    for path in sorted((metadata / FOLDERS[language] / "vpc").glob("*.json")):
        data = json.loads(path.read_bytes())
        if "parameters" not in data:
            continue
        contract = read(path.name, language)
        count += 1
        assert contract.operation == data["name"]
        found = {parameter.path for parameter in contract.parameters}
        folded = {path.replace(".1.", "[].").replace(".2.", "[].") for path in names(data["parameters"])}
        assert folded <= found | {"Action"}
        for parameter in contract.parameters:
            assert set(parameter.facts) == set(FACT_NAMES)
            for name, fact in parameter.facts.items():
                check(fact, name, parameter)
            pairs = (("minLength", "maxLength"), ("minimum", "maximum"))
            for low, high in ((parameter.fact(first).value, parameter.fact(last).value) for first, last in pairs):
                if isinstance(low, int) and isinstance(high, int):
                    assert low <= high
    assert count > 390


def test_both_languages_of_the_metadata_mostly_agree(metadata: Path, read: Read) -> None:
    agreed = differed = 0
    for path in sorted((metadata / FOLDERS["en"] / "vpc").glob("*.json")):
        if b'"parameters"' not in path.read_bytes():
            continue
        english, chinese = read(path.name, "en"), read(path.name, "zh")
        for parameter in english.parameters:
            counterpart = chinese.parameter(parameter.path)
            for name in ("minLength", "maxLength", "minimum", "maximum", "enum", "default"):
                left, right = parameter.fact(name), counterpart.fact(name) if counterpart else parameter.fact(name)
                if left.stated and right.stated:
                    agreed += left.value == right.value
                    differed += left.value != right.value
    assert agreed > 1300
    # What is left differs in the documents themselves.
    assert differed < 0.05 * agreed
