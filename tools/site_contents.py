"""The order of the pages in the site of the documents (`tools/docs_site.py`): captions, and the pages below each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMES: Final = {"README.md": "index", "README.zh-CN.md": "index.zh-CN"}
"""Pages that have another name in the site."""
CHINESE: Final = "zh-CN"
CONTENTS: Final[Mapping[str, Sequence[str]]] = {
    "Tutorials": ("docs/tutorials/mock-author", "docs/tutorials/two-documents", "docs/tutorials/sdk-release"),
    "中文": (f"概览 <index.{CHINESE}>", f"docs/tutorials/mock-author.{CHINESE}", f"commands.{CHINESE}"),
    "Guides": (
        *("docs/mock-authors", "docs/workspaces", "docs/targets", "docs/provider-states", "docs/property-tests"),
        *("docs/reference-server", "docs/recipes", "docs/drivers", "docs/release-pipeline", "docs/ci"),
        *("docs/sharding", "docs/distributed", "docs/extending"),
    ),
    "Reference": (
        *("commands", "docs/case-format", "docs/contract", "docs/report-schema", "docs/report-formats"),
        *("docs/sdk-driver-protocol", "docs/verdicts"),
    ),
    "Background": (
        *("docs/architecture", "docs/reading-documents", "docs/comparison", "docs/performance"),
        *("docs/other-tools", "docs/decisions/index"),
    ),
    "Project": ("CHANGELOG", "CONTRIBUTING", "RELEASING", "SECURITY"),
}
"""The order of the pages. One that is in no list, or not there, is an error of the build."""
