from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hunting import Ground

from conformance.mock.faults import FAULTS
from conformance.mock.server import ReferenceServer
from conformance.properties.samples import samples
from conformance.runner.target import languages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.mock.options import Follow

# Faults of one server, none of which hides another, and the words by which the report names what is wrong.
GROUPS: list[tuple[Follow, Mapping[str, str]]] = [
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


def test_there_are_faults_enough_to_show_something() -> None:
    assert len({name for _, group in GROUPS for name in group} & set(FAULTS)) >= 30


@pytest.mark.parametrize(("follow", "group"), GROUPS)
def test_each_fault_is_found_and_the_report_names_the_parameter(follow: Follow, group: Mapping[str, str]) -> None:
    docs = languages(follow)
    with ReferenceServer(follow=follow, faults=tuple(group)) as server, Ground(server, docs) as ground:
        ground.all(ground.hunt.requests(samples(ground.subject, docs, seed=0, max_examples=None)))
    missed = {name for name, words in group.items() if not any(words in title for title in ground.titles)}
    assert not missed, ground.titles
