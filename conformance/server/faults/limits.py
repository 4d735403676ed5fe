"""Faults of limits and forms: off by one, measured in the wrong unit, one entry of a list too many or too few."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.server.checks import INVALID
from conformance.server.faults.mutations import also_refusing, seeing, stating, together

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.server.checks import Attempt
    from conformance.server.faults.mutations import Mutation
    from conformance.server.request import Call

_HTTP: Final = ("http://",)
_LOWER: Final = ("digit", "lower")


def _viewing(path: str, view: Callable[[str], str], call: Call) -> Call:
    """Return the call with every value of one parameter seen otherwise."""
    prefix, _, member = path.partition("[]")

    def change(name: str, text: str) -> str:
        listed = "[]" in path and name.startswith(f"{prefix}.") and name.endswith(member)
        return view(text) if listed or name == path else text

    return call.mapped(change)


def _as_bytes(text: str) -> str:
    """Return a text with one character for every byte that UTF-8 needs."""
    return text.encode().decode("latin-1")


def _as_utf16(text: str) -> str:
    """Return a text with one character for every unit that UTF-16 needs."""
    return "".join(character if ord(character) < 1 << 16 else character * 2 for character in text)


def _through(path: str, fact: str, view: Callable[[str], str]) -> Mutation:
    return seeing(f"constraint.{path}.{fact}", partial(_viewing, path, view))


def _prefix_in_any_case(path: str, prefixes: tuple[str, ...], attempt: Attempt) -> bool:
    return any(value is not None and value.lower().startswith(prefixes) for value in attempt.call.values(path))


def _more_tags_than(most: int, attempt: Attempt) -> bool:
    return len(attempt.call.values("Tag[].Key")) > most


def _tags_at_most(most: int | None) -> Mutation:
    return together(stating("Tag[].Key", "maxItems", most), stating("Tag[].Value", "maxItems", most))


def _not_ascii(path: str, attempt: Attempt) -> bool:
    return any(value is not None and not value.isascii() for value in attempt.call.values(path))


LIMIT_FAULTS: Final[Mapping[str, tuple[str, Mutation]]] = {
    # Lengths.
    "name-at-most-127": ("FlowLogName may have 127 characters", stating("FlowLogName", "maxLength", 127)),
    "name-at-most-129": ("FlowLogName may have 129 characters", stating("FlowLogName", "maxLength", 129)),
    "name-at-least-2": ("FlowLogName must have 2 characters", stating("FlowLogName", "minLength", 2)),
    "name-empty": ("FlowLogName may be empty", stating("FlowLogName", "minLength", 0)),
    "name-in-bytes": ("the length of FlowLogName is in bytes", _through("FlowLogName", "maxLength", _as_bytes)),
    "name-in-utf16": (
        "the length of FlowLogName is in units of UTF-16",
        _through("FlowLogName", "maxLength", _as_utf16),
    ),
    "name-trimmed-first": (
        "spaces around FlowLogName do not count",
        _through("FlowLogName", "maxLength", str.strip),
    ),
    "description-at-most-255": ("Description may have 255 characters", stating("Description", "maxLength", 255)),
    "description-at-most-257": ("Description may have 257 characters", stating("Description", "maxLength", 257)),
    "description-as-name": ("Description may be as long as a name", stating("Description", "maxLength", 128)),
    "description-empty": ("Description may be empty", stating("Description", "minLength", 0)),
    "description-in-bytes": ("the length of Description is in bytes", _through("Description", "maxLength", _as_bytes)),
    "project-at-least-2": ("ProjectName may have 2 characters", stating("ProjectName", "minLength", 2)),
    "project-at-least-4": ("ProjectName must have 4 characters", stating("ProjectName", "minLength", 4)),
    "project-at-most-62": ("ProjectName may have 62 characters", stating("ProjectName", "maxLength", 62)),
    "project-at-most-64": ("ProjectName may have 64 characters", stating("ProjectName", "maxLength", 64)),
    "logstore-at-least-2": ("LogStoreName may have 2 characters", stating("LogStoreName", "minLength", 2)),
    "logstore-at-least-4": ("LogStoreName must have 4 characters", stating("LogStoreName", "minLength", 4)),
    "logstore-at-most-62": ("LogStoreName may have 62 characters", stating("LogStoreName", "maxLength", 62)),
    "logstore-at-most-64": ("LogStoreName may have 64 characters", stating("LogStoreName", "maxLength", 64)),
    "tag-key-at-most-127": ("a tag's key may have 127 characters", stating("Tag[].Key", "maxLength", 127)),
    "tag-key-at-most-129": ("a tag's key may have 129 characters", stating("Tag[].Key", "maxLength", 129)),
    "tag-key-in-bytes": ("the length of a tag's key is in bytes", _through("Tag[].Key", "maxLength", _as_bytes)),
    "tag-value-at-most-127": ("a tag's value may have 127 characters", stating("Tag[].Value", "maxLength", 127)),
    "tag-value-at-most-129": ("a tag's value may have 129 characters", stating("Tag[].Value", "maxLength", 129)),
    "tag-value-in-bytes": ("the length of a tag's value is in bytes", _through("Tag[].Value", "maxLength", _as_bytes)),
    # Counts. The documents count keys and values, which come together.
    "tags-at-most-19": (
        "a flow log may have 19 tags",
        also_refusing("Tag[].Key.maxItems", INVALID, partial(_more_tags_than, 19)),
    ),
    "tags-at-most-10": (
        "a flow log may have 10 tags",
        also_refusing("Tag[].Key.maxItems", INVALID, partial(_more_tags_than, 10)),
    ),
    "tags-at-most-21": ("a flow log may have 21 tags", _tags_at_most(21)),
    "tags-uncounted": ("a flow log may have any number of tags", _tags_at_most(None)),
    # Characters.
    "project-underscore": (
        "ProjectName may have an underscore, as LogStoreName",
        stating("ProjectName", "charset", ("-", "_", *_LOWER)),
    ),
    "project-upper-case": (
        "ProjectName may have capitals",
        stating("ProjectName", "charset", ("-", "digit", "letter")),
    ),
    "project-dot": ("ProjectName may have a dot", stating("ProjectName", "charset", ("-", ".", *_LOWER))),
    "project-no-hyphen": ("ProjectName may not have a hyphen", stating("ProjectName", "charset", _LOWER)),
    "project-hyphen-first": ("ProjectName may begin with a hyphen", stating("ProjectName", "startsWith", None)),
    "project-hyphen-last": ("ProjectName may end with a hyphen", stating("ProjectName", "endsWith", None)),
    "project-letter-first": ("ProjectName must begin with a letter", stating("ProjectName", "startsWith", ("lower",))),
    "project-letter-last": ("ProjectName must end with a letter", stating("ProjectName", "endsWith", ("lower",))),
    "logstore-no-underscore": (
        "LogStoreName may not have an underscore, as ProjectName",
        stating("LogStoreName", "charset", ("-", *_LOWER)),
    ),
    "logstore-upper-case": (
        "LogStoreName may have capitals",
        stating("LogStoreName", "charset", ("-", "_", "digit", "letter")),
    ),
    "logstore-underscore-first": (
        "LogStoreName may begin with an underscore",
        stating("LogStoreName", "startsWith", ("_", *_LOWER)),
    ),
    "logstore-hyphen-last": ("LogStoreName may end with a hyphen", stating("LogStoreName", "endsWith", ("-", *_LOWER))),
    "logstore-letter-first": (
        "LogStoreName must begin with a letter",
        stating("LogStoreName", "startsWith", ("lower",)),
    ),
    "name-ascii-only": (
        "FlowLogName may have ASCII only",
        also_refusing("FlowLogName.charset", INVALID, partial(_not_ascii, "FlowLogName")),
    ),
    "description-ascii-only": (
        "Description may have ASCII only",
        also_refusing("Description.charset", INVALID, partial(_not_ascii, "Description")),
    ),
    "tag-ascii-only": (
        "a tag's key may have ASCII only",
        also_refusing("Tag[].Key.charset", INVALID, partial(_not_ascii, "Tag[].Key")),
    ),
    # Beginnings and parts.
    "name-https": ("FlowLogName may begin with https://", stating("FlowLogName", "notStartsWith", _HTTP)),
    "name-http": ("FlowLogName may begin with http://", stating("FlowLogName", "notStartsWith", ("https://",))),
    "name-http-word": (
        "FlowLogName may not begin with the letters http",
        stating("FlowLogName", "notStartsWith", ("http",)),
    ),
    "name-http-anywhere": (
        "FlowLogName may not have http:// anywhere",
        also_refusing("FlowLogName.notContains", INVALID, lambda attempt: "http://" in _name(attempt)),
    ),
    "description-https": ("Description may begin with https://", stating("Description", "notStartsWith", _HTTP)),
    "description-http": ("Description may begin with http://", stating("Description", "notStartsWith", ("https://",))),
    "tag-key-aliyun": ("a tag's key may begin with aliyun", stating("Tag[].Key", "notStartsWith", ("acs:",))),
    "tag-key-acs": ("a tag's key may begin with acs:", stating("Tag[].Key", "notStartsWith", ("aliyun",))),
    "tag-key-acs-word": (
        "a tag's key may not begin with acs, colon or not",
        stating("Tag[].Key", "notStartsWith", ("aliyun", "acs")),
    ),
    "tag-value-aliyun": ("a tag's value may begin with aliyun", stating("Tag[].Value", "notStartsWith", ("acs:",))),
    "tag-value-acs": ("a tag's value may begin with acs:", stating("Tag[].Value", "notStartsWith", ("aliyun",))),
    "tag-key-https": ("a tag's key may have https://", stating("Tag[].Key", "notContains", _HTTP)),
    "tag-key-http": ("a tag's key may have http://", stating("Tag[].Key", "notContains", ("https://",))),
    "tag-value-https": ("a tag's value may have https://", stating("Tag[].Value", "notContains", _HTTP)),
    "tag-value-http": ("a tag's value may have http://", stating("Tag[].Value", "notContains", ("https://",))),
    "tag-key-url-at-start-only": (
        "a tag's key may have http:// or https:// further in",
        seeing("constraint.Tag[].Key.notContains", partial(_viewing, "Tag[].Key", lambda text: text[:8])),
    ),
    "tag-key-empty": ("a tag's key may be empty", stating("Tag[].Key", "allowEmpty", None)),
    # Lists of values.
    "interval-no-1": ("AggregationInterval may not be 1", stating("AggregationInterval", "enum", (5, 10))),
    "interval-no-5": ("AggregationInterval may not be 5", stating("AggregationInterval", "enum", (1, 10))),
    "interval-range": (
        "AggregationInterval may be anything from 1 to 10",
        stating("AggregationInterval", "enum", tuple(range(1, 11))),
    ),
    "interval-seconds": (
        "AggregationInterval is in seconds",
        stating("AggregationInterval", "enum", (60, 300, 600)),
    ),
    "interval-zero": ("AggregationInterval may be 0", stating("AggregationInterval", "enum", (0, 1, 5, 10))),
    "resource-type-no-vswitch": (
        "VSwitch is no ResourceType",
        stating("ResourceType", "enum", ("NetworkInterface", "VPC")),
    ),
    "resource-type-no-eni": (
        "NetworkInterface is no ResourceType",
        stating("ResourceType", "enum", ("VSwitch", "VPC")),
    ),
    "resource-type-no-vpc": (
        "VPC is no ResourceType",
        stating("ResourceType", "enum", ("NetworkInterface", "VSwitch")),
    ),
    "traffic-type-no-drop": ("Drop is no TrafficType", stating("TrafficType", "enum", ("All", "Allow"))),
    "traffic-type-no-allow": ("Allow is no TrafficType", stating("TrafficType", "enum", ("All", "Drop"))),
    "traffic-type-reject": (
        "Reject is a TrafficType",
        stating("TrafficType", "enum", ("All", "Allow", "Drop", "Reject")),
    ),
    "path-all-only": ("all is the only TrafficPath, for Chinese", stating("TrafficPath[]", "enum", ("all",))),
    "path-no-all": ("all is no TrafficPath", stating("TrafficPath[]", "enum", ("internetGateway",))),
}


def _name(attempt: Attempt) -> str:
    return attempt.call.value("FlowLogName") or ""
