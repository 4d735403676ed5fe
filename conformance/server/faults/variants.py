"""Choices that the documents leave open: a server with one of these differs from the reference server, and conforms.

They are built like the faults and tell the suite the other half: what it must not catch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

STYLES: Final[Mapping[str, str]] = {
    "resource-type-as-other-type": "two codes speak of a wrong type, and no document says which is for which",
    "other-type-is-missing": "a resource of another type may be looked for by type and id, and then is missing",
    "project-required": "the code for a missing destination names its parameters with `or` and with `and`",
    "empty-traffic-type-present": "no document says whether an empty value counts as missing",
    "empty-resource-id-present": "no document says whether an empty value counts as missing",
    "name-empty": "no document says whether an empty value counts as missing",
    "description-empty": "no document says whether an empty value counts as missing",
    "path-all-only": "the capture of the Chinese document lost the paths that there are",
    "dual-stack-refused": "no document states the values of IpVersion",
    "unknown-parameter-refused": "no document speaks of parameters that it does not have",
    "all-paths-as-taken": "two codes fit a resource whose every path is captured, and no document gives an order",
    "all-paths-by-name": "no document says whether a flow log that names no path counts as one that names all",
    "interval-as-number": "no document says how a number may be written",
    "name-in-utf16": "no document says what counts as one character outside the basic plane",
    "name-trimmed": "no document speaks of spaces around a value",
    "name-trimmed-first": "no document speaks of spaces around a value",
    "request-id-lower-case": "no document states how a request id is written",
    "request-id-no-hyphens": "no document states how a request id is written",
    "error-request-id-lower-case": "no document states how a request id is written",
    "describe-interval-text": "the document of DescribeFlowLogs is not among those tested",
    "describe-ignores-region": "the document of DescribeFlowLogs is not among those tested",
    "describe-total": "the document of DescribeFlowLogs is not among those tested",
    "delete-unknown-succeeds": "the document of DeleteFlowLog is not among those tested",
    "unknown-action-is-400": "no document of an operation speaks of operations that there are not",
    "version-unchecked": "no document of an operation speaks of other versions",
    "names-any-case": "no document speaks of parameter names in other letters",
    "headers-ignored": "no document of an operation speaks of signatures, so a server may take version 1 alone",
    "format-upper-case-only": "no document says in which letters a format is named",
    "json-bom": "RFC 8259 lets a reader ignore a byte order mark",
    "xml-root": "the captures lost the examples in XML, and with them the name of the root element",
    "xml-error-root": "the captures lost the examples in XML, and with them the name of the root element",
    "xml-root-lower-case": "the captures lost the examples in XML, and with them the name of the root element",
    "xml-type": "RFC 7303 registers application/xml and text/xml for the same",
}
"""Name to the reason why it is no fault."""
