"""Draw the picture of a benchmark: `python benchmarks/plot.py PICTURE.png`, with its description on standard input.

Runs in an environment of its own (`requirements/benchmarks.txt`), the only one with matplotlib. The description is
JSON, `{"panels": [...]}`: each `{"title", "unit", "bars": [{"label", "value", "low", "high", "own"}], "limit":
{"label", "value"}}`, or `{"title", "x", "y", "lines": [{"label", "points": [[x, y]]}]}`. A limit may be null.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

OWN, OTHER, LIMIT, INK, GRID = "#b4541a", "#8296a8", "#2f6f4f", "#222222", "#dddddd"
LINES = ("#b4541a", "#2b5c8a", "#2f6f4f", "#7a4f9a")


def bars(axes: Any, panel: dict[str, Any]) -> None:
    """Draw one bar a peer, the fastest on top, on a scale where equal ratios are equal lengths."""
    shown = sorted(panel["bars"], key=lambda bar: -bar["value"])
    values = [bar["value"] for bar in shown]
    errors = [[bar["value"] - bar["low"] for bar in shown], [bar["high"] - bar["value"] for bar in shown]]
    colours = [OWN if bar["own"] else OTHER for bar in shown]
    axes.barh([bar["label"] for bar in shown], values, xerr=errors, color=colours, ecolor=INK, capsize=2, height=0.7)
    axes.set_xscale("log")
    limit = panel["limit"]
    axes.set_xlim(min([*values, limit["value"] if limit else values[0]]) / 2, max(bar["high"] for bar in shown) * 2.2)
    if limit:
        axes.axvline(limit["value"], color=LIMIT, linestyle="--", linewidth=1)
        axes.text(limit["value"], len(shown) - 0.35, limit["label"], color=LIMIT, ha="center", fontsize=8)
    for row, bar in enumerate(shown):
        axes.text(bar["high"] * 1.08, row, f"{bar['value']:.3g}", va="center", fontsize=8, color=INK)
    axes.set_xlabel(panel["unit"])
    axes.set_title(panel["title"], fontsize=10, pad=14)
    ticker: Any = importlib.import_module("matplotlib.ticker")
    axes.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_formatter(ticker.LogFormatter(minor_thresholds=(1, 0.5)))
    axes.grid(visible=True, axis="x", color=GRID)


def lines(axes: Any, panel: dict[str, Any]) -> None:
    """Draw lines on scales where what grows linearly has the slope of the diagonal."""
    for line, colour in zip(panel["lines"], LINES, strict=False):
        points = line["points"]
        axes.plot([x for x, _ in points], [y for _, y in points], marker="o", color=colour, label=line["label"])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(panel["x"])
    axes.set_ylabel(panel["y"])
    axes.set_title(panel["title"], fontsize=10)
    ticker: Any = importlib.import_module("matplotlib.ticker")
    axes.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,.0f}"))
    axes.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(ticker.LogFormatter(minor_thresholds=(2, 0.5)))
    axes.grid(visible=True, color=GRID)
    axes.legend(frameon=False)


def main() -> None:
    """Draw all panels, two a row."""
    matplotlib: Any = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    plt: Any = importlib.import_module("matplotlib.pyplot")
    plt.rcParams.update({"font.size": 9, "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False})
    panels = json.load(sys.stdin)["panels"]
    rows = (len(panels) + 1) // 2
    tallest = max(len(panel.get("bars", range(9))) for panel in panels)
    figure, places = plt.subplots(rows, min(2, len(panels)), figsize=(12, rows * (1.3 + 0.27 * tallest)), squeeze=False)
    for axes in places.flat[len(panels) :]:
        axes.set_visible(False)
    for axes, panel in zip(places.flat, panels, strict=False):
        (bars if "bars" in panel else lines)(axes, panel)
    figure.tight_layout()
    figure.savefig(sys.argv[1], dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
