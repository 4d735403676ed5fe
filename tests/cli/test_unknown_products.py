"""The product of an operation that has no such operation: one message with those that have it, in every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from commands import Command


@pytest.mark.parametrize("command", [["coverage"], ["run", "--list"], ["fuzz", "--list"]])
@pytest.mark.parametrize("word", ["farm:CreateFlowLog", "farm/2020-01-02/CreateFlowLog"])
def test_a_product_without_the_operation_is_told_with_those_that_have_it(
    conformance: Command, command: list[str], word: str
) -> None:
    done = conformance(command[0], word, *command[1:])
    assert (done.status, done.out) == (2, "")
    product = word.rpartition("/")[0] or "farm"
    expected = f"{product} has no CreateFlowLog with cases (say one of: vpc/2016-04-28/CreateFlowLog)"
    assert done.err == f"conformance: {expected}\n"


def test_coverage_is_about_operations_that_are_there(conformance: Command) -> None:
    done = conformance("coverage", "CreateFlowLogs")
    assert (done.status, done.out) == (2, "")
    assert done.err == "conformance: no operation 'CreateFlowLogs' has cases (did you mean CreateFlowLog?)\n"


def test_a_product_that_is_none_is_refused_by_derive(conformance: Command) -> None:
    done = conformance("derive", "x.md", "--product", "no such")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("conformance: --product 'no such' is no product (")
