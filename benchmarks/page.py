"""What a benchmark writes: a table between two markers of a page, and a picture beside the page."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from peer_install import ROOT, make_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE: Final = ROOT / "docs" / "performance.md"
_PLOT: Final = Path(__file__).with_name("plot.py")


class PageError(Exception):
    """A page that cannot be written; the text says why."""


def markers(name: str) -> tuple[str, str]:
    """Return the lines between which a benchmark writes."""
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def with_section(text: str, name: str, section: str) -> str:
    """Return a page with the text between the markers of a benchmark replaced; raises `PageError` without them."""
    begin, end = markers(name)
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise PageError(f"the page has no lines {begin} and {end}")
    return f"{before}{begin}\n\n{section.strip()}\n\n{end}{after}"


def check(page: Path, name: str) -> None:
    """Refuse a page that could not be written, before anything is measured; raises `PageError`."""
    try:
        with_section(page.read_text(encoding="utf-8"), name, "")
    except OSError as fault:
        raise PageError(f"{page}: {fault.strerror}") from None


def write(page: Path, name: str, section: str, plot: dict[str, Any]) -> None:
    """Write a section, and its picture `images/performance-<name>.png`; raises `PageError`, `InstallError`."""
    check(page, name)
    python = make_environment("benchmarks")
    picture = page.parent / "images" / f"performance-{name}.png"
    picture.parent.mkdir(exist_ok=True)
    subprocess.run([str(python), str(_PLOT), str(picture)], input=json.dumps(plot).encode(), check=True)  # noqa: S603
    temporary = page.with_suffix(".new")
    temporary.write_text(with_section(page.read_text(encoding="utf-8"), name, section), encoding="utf-8")
    temporary.replace(page)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns but the first are numbers."""
    lines = [list(heads), ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """Return where and when figures are taken, in one sentence."""
    now = datetime.now(UTC).strftime("%Y-%m-%d")
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"Taken on {now}: {os.cpu_count()} cores ({_processor()}), {memory_gb:.0f} GB, {platform.system()} "
        f"{platform.release().partition('-')[0]}, {platform.python_implementation()} {platform.python_version()}."
    )


def load() -> str:
    """Return what else the machine did at the start, or nothing."""
    others = os.getloadavg()[0]
    return f"The machine was not idle: load {others:.1f} at the start." if others > _IDLE else ""


_IDLE: Final = 0.7


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def seconds(value: float) -> str:
    """Return a duration with three significant digits."""
    return f"{value:.3g}" if value < _WHOLE else f"{value:.0f}"


_WHOLE: Final = 100
