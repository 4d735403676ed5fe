"""How well published pages are read: `uv run python benchmarks/extraction.py --pages ../shared/docs/pages`.

Reads each page of a folder as `conformance derive` does and prints how many are read, read in part and refused, by
message; ROA pages refused by that name; names that cannot be those of a parameter; products and versions that the page
does not say; the seconds. Then it compares with what a person read in rows of these pages (`benchmarks/labels/`):
precision and recall by fact and language. `--show` lists each false positive and each miss with its file and line.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelled import CELLS, Score, load_labels, measure
from reading import Figures, figures_of, most_frequent, read_pages

from conformance.contract.model import FACT_NAMES
from conformance.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).resolve().parent.parent
LANGUAGES: Final = ("en", "zh")
_SHOWN_KINDS: Final = 12
_SHOWN_PLACES: Final = 3
_PROSE: Final = tuple(name for name in FACT_NAMES if name not in CELLS)


def main() -> int:
    """Print the figures; exit 2 when there are no pages to measure on, or the labels are none."""
    options = argparse.ArgumentParser(description="How well published pages are read.")
    options.add_argument("--pages", type=Path, default=ROOT.parent / "shared" / "docs" / "pages", metavar="DIR")
    options.add_argument("--labels", type=Path, default=ROOT / "benchmarks" / "labels", metavar="DIR")
    options.add_argument("--show", action="store_true", help="list each mistake, and each place of a refusal")
    chosen = options.parse_args()
    if not chosen.pages.is_dir():
        print(f"extraction: {chosen.pages} is not there; --pages names a folder of pages", file=sys.stderr)
        return 2
    try:
        groups = load_labels(chosen.labels)
        outcomes, seconds = read_pages(chosen.pages)
    except (InputError, ValueError) as fault:
        print(f"extraction: {fault}", file=sys.stderr)
        return 2
    _print_figures(figures_of(outcomes, seconds), show=chosen.show)
    for group, (digests, labels) in groups.items():
        _print_score(group, measure(digests, labels, outcomes), show=chosen.show)
    return 0


def _print_figures(figures: Figures, *, show: bool) -> None:
    print(f"pages            {figures.rpc + figures.roa}, in {figures.seconds:.1f} s")
    print(f"ROA, by name     {figures.roa}")
    print(f"RPC read         {figures.read} of {figures.rpc} ({_share(figures.read, figures.rpc)})")
    print(f"read in part     {figures.partial}")
    print(f"invalid names    {len(figures.invalid)}{_places(figures.invalid, show=show)}")
    print(f"guessed products {len(figures.guessed)}{_places(figures.guessed, show=show)}")
    named = ", ".join(f"{name} {count}" for name, count in figures.products.most_common())
    print(f"products         {named}")
    print(f"product not said {len(figures.unsaid)}{_places(figures.unsaid, show=show)}")
    print("\nrefused, by message")
    _print_kinds(most_frequent(figures.refused), show=show)
    print("\nnot understood, by message")
    _print_kinds(most_frequent(figures.notes), show=show)


def _print_kinds(kinds: Iterable[tuple[str, list[str]]], *, show: bool) -> None:
    for number, (kind, places) in enumerate(kinds):
        if number < _SHOWN_KINDS or show:
            print(f"  {len(places):>5}  {kind}{_places(places, show=show)}")


def _places(places: list[str], *, show: bool) -> str:
    shown = places if show else places[:_SHOWN_PLACES]
    return f"  {', '.join(shown)}{' ...' if len(shown) < len(places) else ''}" if shown else ""


def _print_score(group: str, score: Score, *, show: bool) -> None:
    print(f"\nlabels {group}: {score.rows} rows")
    if score.changed:
        print(f"  {len(score.changed)} pages are not there, or changed since: {_places(score.changed, show=show)}")
    heads = "".join(f"{f'{language} {what}':>20}" for language in LANGUAGES for what in ("recall", "precision"))
    print(f"  {'fact':<14}{heads}")
    for name in FACT_NAMES:
        _print_row(name, score, (name,))
    _print_row("cells", score, CELLS)
    _print_row("prose", score, _PROSE)
    _print_row("all", score, ())
    if score.unlike:
        named = ", ".join(f"{name} {count}" for name, count in sorted(score.unlike.items()))
        print(f"  labelled, and no fact of the project yet: {named}")
    for language in LANGUAGES:
        found = {kind: count for (kind, of), count in sorted(score.conditions.items()) if of == language}
        print(
            f"  on a condition, {language}: {', '.join(f'{kind} {count}' for kind, count in found.items()) or 'none'}"
        )
    print("\n  mistakes, by kind, fact and language")
    kinds = Counter((each.kind, each.fact.rsplit(".", 1)[-1].split(" ")[0], each.language) for each in score.mistakes)
    for (kind, fact, language), count in kinds.most_common(None if show else 2 * _SHOWN_KINDS):
        print(f"  {count:>5}  {kind}: {fact} ({language})")
    if show:
        print("\n  each mistake")
        for each in score.mistakes:
            print(f"  {each.place}: {each.kind}: {each.fact}: labelled {each.labelled!r}, found {each.found!r}")


def _print_row(title: str, score: Score, facts: tuple[str, ...]) -> None:
    cells = ""
    for language in LANGUAGES:
        right, missed, wrong = score.counts(language=language, facts=facts)
        for of in (right + missed, right + wrong):
            cells += f"{f'{right}/{of} {_share(right, of)}' if of else '-':>20}"
    if "/" in cells:
        print(f"  {title:<14}{cells}")


def _share(part: int, of: int) -> str:
    return f"{part / of:.3f}" if of else "-"


if __name__ == "__main__":
    sys.exit(main())
