"""The tables and the picture of `peers.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from page import seconds, table
from peer_cases import IN_FLIGHT
from peer_list import EMPTY, LIMIT, PEERS, PYTEST, RUN

if TYPE_CHECKING:
    from timing import Series

    Found = dict[tuple[float, int], dict[str, Series]]
    Doubled = dict[str, tuple[int, Series | None]]

_OWN = {peer.name for peer in PEERS if peer.own}


def limit_s(latency_s: float, cases: int, series: dict[str, Series]) -> float | None:
    """Return the least that any client with 64 requests in flight could take; `None` if that was not measured.

    With a latency that is arithmetic; without one it is what the bare loop took.
    """
    if latency_s:
        return cases / IN_FLIGHT * latency_s
    return series[LIMIT].wall_s if LIMIT in series else None


def section(found: Found, doubled: Doubled, about: str, rounds: int) -> str:
    """Return what goes into the page."""
    parts = [f"{about} {rounds} rounds; medians, and in brackets the least and the most."]
    parts += ["![Seconds of each peer](images/performance-peers.png)"]
    for (latency_s, cases), series in found.items():
        parts += [f"### {_title(latency_s, cases)}", _table(latency_s, cases, series)]
    if doubled:
        parts += ["### Twice as many cases", _growth(found, doubled)]
    return "\n\n".join(parts)


def summary(found: Found, doubled: Doubled) -> str:
    """Return the same for a terminal."""
    parts = [f"{_title(*setting)}\n{_table(*setting, series)}" for setting, series in found.items()]
    if doubled:
        parts.append(f"Twice as many cases\n{_growth(found, doubled)}")
    return "\n\n".join(parts)


def picture(found: Found) -> dict[str, Any]:
    """Return the description of the picture: one panel a setting."""
    return {"panels": [_panel(latency_s, cases, series) for (latency_s, cases), series in found.items()]}


def _title(latency_s: float, cases: int) -> str:
    server = f"a server that answers after {latency_s * 1000:g} ms" if latency_s else "a server that answers at once"
    return f"{cases:,} cases, {server}"


def _table(latency_s: float, cases: int, series: dict[str, Series]) -> str:
    least = limit_s(latency_s, cases, series)
    ours = series[RUN].wall_s if RUN in series else None
    rows = []
    for name, each in sorted(series.items(), key=lambda pair: pair[1].wall_s):
        spread = " to ".join(map(seconds, each.spread_s))
        rows.append(
            [
                f"**{name}**" if name in _OWN else name,
                f"{seconds(each.wall_s)} ({spread})",
                f"{each.wall_s / ours:.2f}" if ours else "",
                f"{each.wall_s / least:.2f}" if least else "",
                seconds(each.processor_s),
                f"{each.memory_mb:.0f}",
            ]
        )
    heads = ["", "seconds", f"to `{RUN}`", "to the limit", "seconds of processor", "memory, MB"]
    lines = [table(heads, rows)]
    if latency_s and least:
        lines.append(f"The limit, {cases:,} / {IN_FLIGHT} × {latency_s * 1000:g} ms, is {seconds(least)} s.")
    if PYTEST in series and EMPTY in series:
        lines.append(f"{PYTEST} to {EMPTY}: {series[PYTEST].wall_s / series[EMPTY].wall_s:.2f}.")
    return "\n\n".join(lines)


def _growth(found: Found, doubled: Doubled) -> str:
    rows = []
    for name, (cases, series) in doubled.items():
        before = found.get((0.0, cases // 2), {}).get(name)
        if before is None:
            continue
        if series is None:
            rows.append([name, f"{cases:,}", "ended late", "", "", ""])
            continue
        own = f"**{name}**" if name in _OWN else name
        rows.append(
            [
                own,
                f"{cases:,}",
                seconds(series.wall_s),
                f"{series.wall_s / before.wall_s:.2f}",
                f"{series.memory_mb:.0f}",
                f"{series.memory_mb / before.memory_mb:.2f}",
            ]
        )
    return table(["", "cases", "seconds", "to half as many", "memory, MB", "to half as many"], rows)


def _panel(latency_s: float, cases: int, series: dict[str, Series]) -> dict[str, Any]:
    least = limit_s(latency_s, cases, series)
    shown = [
        {
            "label": name,
            "value": each.wall_s,
            "low": each.spread_s[0],
            "high": each.spread_s[1],
            "own": name in _OWN,
        }
        for name, each in series.items()
    ]
    return {
        "title": _title(latency_s, cases),
        "unit": "seconds, less is better (equal ratios are equal lengths)",
        "bars": shown,
        "limit": {"label": "limit", "value": least} if least else None,
    }
