"""A run in parts: every case in exactly one of them, on every machine the same."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import NEW_EXAMPLES

from conformance.core.errors import UsageError
from conformance.engine.shard import Shard, read_shard

IDS = [f"CreateFlowLog/success/case-{number}" for number in range(1_000)]


@NEW_EXAMPLES
@given(st.text(), st.integers(1, 40))
def test_every_case_is_in_exactly_one_part(case_id: str, count: int) -> None:
    assert sum(Shard(index, count).has(case_id) for index in range(1, count + 1)) == 1


def test_the_parts_of_a_case_are_the_same_everywhere_and_for_ever() -> None:
    ids = ["CreateFlowLog/success/vpc", "CreateFlowLog/MissingParameter/region-omitted", "a/b/c"]
    assert [[index for index in range(1, 5) if Shard(index, 4).has(name)] for name in ids] == [[1], [2], [2]]


def test_the_parts_are_about_as_large() -> None:
    sizes = [sum(Shard(index, 4).has(name) for name in IDS) for index in range(1, 5)]
    assert sum(sizes) == 1_000
    assert 200 < min(sizes) <= max(sizes) < 300


def test_one_part_of_one_is_all() -> None:
    assert all(Shard(1, 1).has(name) for name in IDS)


def test_the_event_names_the_part_and_what_the_whole_is() -> None:
    expected = {"index": 2, "count": 3, "suite": sha256(b"a\nb").hexdigest()}
    assert Shard(2, 3).as_dict(["a", "b"]) == expected
    assert Shard(2, 3).as_dict(["b", "a"]) != expected


def test_what_is_given_is_read() -> None:
    assert read_shard(None) is None
    assert read_shard("1/1") == Shard(1, 1)
    assert read_shard("03/12") == Shard(3, 12)


@pytest.mark.parametrize(
    "text", ["", "1", "0/4", "5/4", "1/0", "0/0", "-1/4", "1/4/5", "1 /4", "a/b", "１/４", "1/4\n"]
)
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no part of a whole"):
        read_shard(text)
