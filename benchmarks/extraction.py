"""How much of what the documents say the readers find: `uv run python benchmarks/extraction.py`.

Measures recall and precision on the bilingual pages below `CONFORMANCE_DOCUMENTS/corpus` (default
`../shared/docs/corpus`), against facts that a person read in them (`tests/extraction/truth/`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "docs"))

from measure import measure  # noqa: E402 - found on the path of the line before


def main() -> int:
    """Print the figures; exit 2 when there are no pages to measure on."""
    corpus = Path(os.environ.get("CONFORMANCE_DOCUMENTS", ROOT.parent / "shared" / "docs")) / "corpus"
    if not corpus.is_dir():
        print(f"extraction: {corpus} is not there; set CONFORMANCE_DOCUMENTS to a folder with it", file=sys.stderr)
        return 2
    print(f"{'facts of':<10}{'found':>8}{'missed':>8}{'invented':>10}{'recall':>9}{'precision':>11}")
    for kind, score in measure(corpus).items():
        counts = f"{score.found:>8}{len(score.missed):>8}{len(score.invented):>10}"
        print(f"{kind:<10}{counts}{score.recall:>9.3f}{score.precision:>11.3f}")
        for label, keys in (("missed", score.missed), ("invented", score.invented)):
            for key in keys:
                print(f"  {label} {' '.join(key)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
