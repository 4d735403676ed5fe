"""Every fault changes something that a client can see, and no two change the same."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import pytest
from each import about
from server_client import plan_of
from server_transcript import transcript

from conformance.contract.languages import DOCS
from conformance.core.errors import UsageError
from conformance.server.build import build_plan
from conformance.server.faults.catalogue import faults, find_fault

if TYPE_CHECKING:
    from conformance.contract.languages import Docs


FAULTS = faults()
SOME = tuple(FAULTS)[::13]
"""Faults with which a server is asked everything by default; the deep run takes all, which is 100,000 requests."""


def breaks_something(name: str, choice: Docs) -> bool:
    try:
        find_fault(name).applied(plan_of(choice), choice)
    except UsageError:
        return False
    return True


@cache
def follow_with(name: str) -> Docs:
    """Return a choice of documents that have what a fault breaks, both together if they do."""
    return next(choice for choice in reversed(DOCS) if breaks_something(name, choice))


@cache
def transcript_of(follow: str, *faults: str) -> tuple[str, ...]:
    return transcript(plan_of(follow, *faults))


def test_there_are_many() -> None:
    assert len(FAULTS) >= 80


def test_the_same_server_says_the_same() -> None:
    assert transcript(plan_of("both")) == transcript_of("both")


def test_a_fault_changes_what_the_server_is_made_of() -> None:
    for name in FAULTS:
        with about(name):
            follow = follow_with(name)
            assert plan_of(follow, name) != plan_of(follow)


def test_no_two_faults_are_one_mutation() -> None:
    mutations = [fault.mutation for fault in FAULTS.values()]
    assert [each for at, each in enumerate(mutations) if each in mutations[:at]] == []


@pytest.mark.parametrize(
    "name", [name if name in SOME else pytest.param(name, marks=pytest.mark.deep) for name in FAULTS]
)
def test_a_fault_shows(name: str) -> None:
    follow = follow_with(name)
    assert transcript_of(follow, name) != transcript_of(follow)


@pytest.mark.parametrize("names", [SOME, pytest.param(tuple(FAULTS), marks=pytest.mark.deep)], ids=["some", "all"])
def test_no_two_faults_are_the_same(names: tuple[str, ...]) -> None:
    same = defaultdict(list)
    for name in names:
        same[transcript_of(follow_with(name), name)].append(name)
    assert [alike for alike in same.values() if len(alike) > 1] == []


def test_an_unknown_fault_names_a_near_one() -> None:
    with pytest.raises(UsageError, match="name-at-most-129"):
        find_fault("name-at-most-192")


def test_a_fault_of_a_rule_that_the_document_lacks_cannot_be_had() -> None:
    with pytest.raises(UsageError, match="region-any cannot be had with --follow en"):
        build_plan(follow="en", faults=["region-any"])


def test_faults_can_be_put_together() -> None:
    plan = build_plan(follow="both", faults=["quota-ignored", "success-boolean"])
    assert transcript(plan) != transcript_of("both", "quota-ignored")


def test_a_fault_says_what_is_wrong_in_a_line() -> None:
    for name, fault in FAULTS.items():
        with about(name):
            assert name == name.lower()
            assert " " not in name
            assert 0 < len(fault.about) <= 100
            assert not fault.about.endswith(".")
            assert fault.mutation.place
