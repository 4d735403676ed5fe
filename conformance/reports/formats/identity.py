"""What a report is about, for every format: what was tested, through what, by which documents, when and by whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.text import languages_text

if TYPE_CHECKING:
    from conformance.judging.report_entries import ReleaseEntry, Report

_LONGEST: Final = 200
_OF_THIS_MACHINE: Final = r"[a-z]+://(?:localhost|127\.[0-9.]+|\[::1\])(?::[0-9]+)?(?:/.*)?"


def tested_text(report: Report) -> str:
    """Return what was tested: the SDK and its core with their versions, or else the endpoint."""
    target = report["target"]
    parts = [_release(each) for each in (target.get("sdk"), target.get("core")) if each]
    return bounded_line(", ".join(parts) or target["endpoint"], _LONGEST)


def identity(report: Report) -> list[tuple[str, str]]:
    """Return what a report is about, as names and texts.

    A run through an SDK against a server of this machine does not name the server: its port is another each time.
    """
    target = report["target"]
    sdk = target.get("sdk")
    found: list[tuple[str, str | None]] = [
        ("SDK", _release(sdk) if sdk else None),
        ("core", _release(target["core"]) if target.get("core") else None),
        ("language", target.get("language")),
        ("runtime", target.get("runtime")),
        ("driver", target["driver"]),
        ("endpoint", target["endpoint"] if not sdk or not _is_local(target["endpoint"]) else None),
        ("signature", target["signature"]),
        ("documents", languages_text(report["coverage"]) or report["docs"]),
        ("date", report["started_at"]),
        ("tool", f"{report['tool']['name']} {report['tool']['version']}"),
    ]
    return [(name, bounded_line(str(text), _LONGEST)) for name, text in found if text]


def _is_local(endpoint: str) -> bool:
    return re.fullmatch(_OF_THIS_MACHINE, endpoint, re.IGNORECASE | re.DOTALL) is not None


def _release(release: ReleaseEntry) -> str:
    return f"{release['name']} {release['version']}"
