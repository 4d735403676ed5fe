from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fuzzing import Ground, create_flow_log

from conformance.contract.languages import languages_of
from conformance.fuzz.operation_data import load_operation_data
from conformance.server.faults.catalogue import faults
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _pytest.mark.structures import ParameterSet

    from conformance.contract.languages import Docs

SUITE = create_flow_log()

# Faults of one server, none of which hides another, and the words by which the report names what is wrong.
GROUPS: list[tuple[Docs, Mapping[str, str]]] = [
    (
        "en",
        {
            "name-at-most-127": "FlowLogName as the documents allow, answered ParameterInvalid",
            "description-at-most-257": "Description.maxLength is broken, answered success",
            "project-at-least-4": "ProjectName as the documents allow",
            "logstore-at-most-62": "LogStoreName as the documents allow",
            "tag-key-at-most-129": "Tag[].Key.maxLength is broken",
            "tag-value-at-most-127": "Tag.1.Value as the documents allow",
            "interval-no-5": "AggregationInterval as the documents allow",
            "resource-type-no-eni": "ResourceType as the documents allow",
            "traffic-type-no-drop": "TrafficType as the documents allow",
            "path-twice": "TrafficPath[].duplicate is broken",
            "resource-id-optional": "ResourceId.required is broken",
        },
    ),
    (
        "en",
        {
            "name-http": "FlowLogName.notStartsWith is broken",
            "description-https": "Description.notStartsWith is broken",
            "tag-key-aliyun": "Tag[].Key.notStartsWith is broken",
            "project-underscore": "ProjectName.charset is broken",
            "logstore-no-underscore": "LogStoreName as the documents allow",
            "interval-range": "AggregationInterval.enum is broken",
            "traffic-type-any": "TrafficType.enum is broken",
            "path-any": "TrafficPath[].enum is broken",
            "tag-value-https": "Tag[].Value.notContains is broken",
            "tags-at-most-19": "Tag with 20 items as the documents allow",
            "region-optional": "RegionId.required is broken",
        },
    ),
    (
        "zh",
        {
            "name-ascii-only": "FlowLogName as the documents allow",
            "description-in-bytes": "Description as the documents allow",
            "project-hyphen-last": "ProjectName.endsWith is broken",
            "logstore-hyphen-last": "LogStoreName.endsWith is broken",
            "interval-as-invalid": "AggregationInterval.enum is broken, answered ParameterInvalid",
            "path-as-invalid": "TrafficPath[].enum is broken, answered ParameterInvalid",
            "tag-key-empty": "Tag[].Key.allowEmpty is broken",
            "empty-tag-value-refused": "Value as the documents allow",
            "traffic-type-optional": "TrafficType.required is broken",
            "resource-type-optional": "ResourceType.required is broken",
            "destination-missing-as-parameter": "TrafficAnalyzerId|ProjectName|LogStoreName.alternatives is broken",
        },
    ),
]

# Faults in what a server says, or does not say, when something stands in the way of a request.
IN_THE_WAY: list[Mapping[str, str]] = [
    {
        "source-missing-as-logs": "what feeds ProjectName and LogStoreName is missing",
        "analyzer-inactive-as-missing": "TrafficAnalyzerId names one that is not active",
        "region-code-shortened": "RegionId names nothing",
        "business-code-shortened": "wrong business status",
        "eni-code-spelling": "ResourceId is of a network interface without flow logs",
        "group-code-word": "ResourceGroupId names nothing",
        "logs-code-letter-case": "ProjectName and LogStoreName name nothing",
        "quota-is-429": "as many flow logs as it may have",
        "taken-as-missing": "ResourceId has a flow log",
        "ip-version-code-word": "IpVersion names nothing",
        "path-with-ipv6": "TrafficPath does not go with IpVersion",
    },
    {
        "resource-missing-as-taken": "ResourceId names nothing",
        "analyzer-missing-as-inactive": "TrafficAnalyzerId names nothing",
        "analyzer-interval-ignored": "AggregationInterval is longer than that of TrafficAnalyzerId",
        "features-as-some-features": "a VPC without advanced features",
        "some-features-as-features": "a VPC without some advanced features",
        "shared-allowed": "ResourceId is of a shared resource",
        "ipv6-unsupported-ignored": "ResourceId does not support IpVersion",
        "path-always-enabled": "TrafficPath is not enabled",
        "ram-user-as-not-activated": "the caller is a RAM user",
        "not-activated-allowed": "the account has no subscription",
    },
]


def test_there_are_faults_enough_to_show_something() -> None:
    assert len({name for _, group in GROUPS for name in group} & set(faults())) >= 30


def _halves() -> list[ParameterSet]:
    """Return the groups, each in two parts, since to make a finding small takes half a second; most are deep."""
    found = []
    for number, (follow, group) in enumerate(GROUPS):
        names, middle = list(group), (len(group) + 1) // 2
        for half in (names[:middle], names[middle:]):
            marks = () if number % 2 else (pytest.mark.deep,)
            part = {name: group[name] for name in half}
            found.append(pytest.param(follow, part, marks=marks, id=f"{follow}-{half[0]}"))
    return found


@pytest.mark.parametrize(("follow", "group"), _halves())
def test_each_fault_is_found_and_the_report_names_the_parameter(follow: Docs, group: Mapping[str, str]) -> None:
    docs = languages_of(follow)
    with ReferenceServer(follow=follow, faults=tuple(group)) as server, Ground(server, docs) as ground:
        ground.until(lambda: not _missed(group, ground), ground.session.generated(seed=0, max_examples=None))
    assert not _missed(group, ground)


@pytest.mark.parametrize("group", IN_THE_WAY)
def test_what_stands_in_the_way_of_a_request_is_told_by_its_code(group: Mapping[str, str]) -> None:
    docs = languages_of("zh")
    with ReferenceServer(follow="zh", faults=tuple(group)) as server, Ground(server, docs) as ground:
        ground.until(lambda: not _missed(group, ground), ground.session.refusals())
    assert not _missed(group, ground)


@pytest.mark.parametrize(
    ("follow", "faults", "verdicts"), [("en", (), {"divergent"}), ("both", ("shared-allowed",), {"mismatch"})]
)
def test_a_server_is_held_to_a_document_alone_only_when_it_shows_that_it_knows_it(
    follow: Docs, faults: tuple[str, ...], verdicts: set[str]
) -> None:
    # In the second run the shared resource is asked about before most of what only the Chinese document speaks of.
    with ReferenceServer(follow=follow, faults=faults) as server, Ground(server) as ground:
        ground.all(ground.session.refusals())
    assert set(ground.verdicts.values()) == verdicts


def test_every_code_of_what_stands_in_the_way_is_documented() -> None:
    table = load_operation_data(SUITE).refusals
    assert len(table) > 20
    assert {code for refusal in table for code in refusal.codes} <= SUITE.codes
    assert {name for refusal in table for name in (*refusal.given, *refusal.lacks)} <= set(SUITE.states)


def _missed(group: Mapping[str, str], ground: Ground) -> dict[str, list[str]]:
    """Return the faults that no finding names, each with all that was found."""
    return {name: ground.titles for name, words in group.items() if not any(words in title for title in ground.titles)}
