"""Write the cases of the bundled operations anew, as `conformance scaffold` makes them of their contracts.

The contracts are those in `openapi/`; no document is needed. Files that people wrote are never touched: an operation
whose `base.yaml` is by hand is left as it is, and beside the files of the others `causes.yaml` stays.

    uv run python tools/bundled_cases.py [OPERATION...]

Look at the change before it is committed: the id of a case is never given to another one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from conformance.cases.meanings.values import targets_in
from conformance.cases.scaffold.skeletons import scaffold
from conformance.cases.suite import DEFAULTS, load_defaults
from conformance.cli.support.scaffolding.building import cases_place, check_cases
from conformance.cli.support.scaffolding.sequences import sequences_of_all
from conformance.cli.support.scaffolding.target_defaults import defaults_text
from conformance.contract.catalogue import contract_files, contracts_in

ROOT: Final = Path(__file__).resolve().parents[1]
CASES: Final = ROOT / "cases"
MADE: Final = "# Written by `conformance scaffold` "
"""What a file has in its head that this program may write anew."""


def texts_of_all() -> dict[Path, str]:
    """Return the files of all operations whose valid request is not by hand."""
    texts: dict[Path, str] = {}
    valid = []
    for files in contract_files().values():
        contracts = contracts_in(files)
        folder = ROOT / cases_place(next(iter(contracts.values())))
        if is_made(folder / "base.yaml"):
            made = scaffold(contracts, load_defaults(CASES))
            check_cases(contracts, made)
            valid.append((contracts, made["base.yaml"]))
            texts |= {folder / name: text for name, text in made.items()}
    return texts | {ROOT / place: text for place, text in sequences_of_all(valid).items()}


def is_made(path: Path) -> bool:
    """Whether a file is not there, or was written by the scaffold."""
    return not path.exists() or MADE in path.read_text(encoding="utf-8")


def main(wanted: list[str]) -> None:
    """Write the files of some operations, of all where none is named."""
    texts = {path: text for path, text in texts_of_all().items() if not wanted or path.parent.name in wanted}
    for folder in {path.parent for path in texts}:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.yaml"):
            if path not in texts and is_made(path):
                path.unlink()
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    defaults = defaults_text(CASES, targets_in(texts.values()))
    if defaults:
        (CASES / DEFAULTS).write_text(defaults, encoding="utf-8")
    sys.stdout.write(f"{len(texts)} files of {len({path.parent for path in texts})} operations\n")


if __name__ == "__main__":
    main(sys.argv[1:])
