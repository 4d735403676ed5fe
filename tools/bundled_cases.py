"""Write the cases of the bundled operations anew, as `conformance scaffold` makes them of their contracts.

The contracts are those in `openapi/`; no document is needed. Files that people wrote are never touched: an operation whose
`base.yaml` is by hand (CreateFlowLog) is left as it is, and beside the files of the others `causes.yaml` stays.

    uv run python tools/bundled_cases.py [OPERATION...]

Look at the change before it is committed: the id of a case is never given to another one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.cases.meanings.values import targets_in
from conformance.cases.scaffold.skeletons import scaffold
from conformance.cases.suite import load_defaults
from conformance.cli.support.scaffolding.building import cases_place, check_cases
from conformance.cli.support.scaffolding.sequences import sequences_of_all
from conformance.cli.support.scaffolding.target_defaults import defaults_text
from conformance.contract.catalogue import contract_files, contracts_in

ROOT = Path(__file__).parents[1]
MARK = "# Written by `conformance scaffold` "
"""How a file begins, after the line for editors, that this program may write anew."""


def main(wanted: list[str]) -> None:
    """Write the files of some operations, of all where none is named."""
    texts: dict[Path, str] = {}
    valid = []
    for operation, files in contract_files().items():
        contracts = contracts_in(files)
        folder = ROOT / cases_place(next(iter(contracts.values())))
        if not is_made(folder / "base.yaml"):
            print(f"{folder.relative_to(ROOT)}: by hand, left as it is")
            continue
        made = scaffold(contracts, load_defaults(ROOT / "cases"))
        check_cases(contracts, made)
        valid.append((contracts, made["base.yaml"]))
        if not wanted or operation.name in wanted:
            texts |= {folder / name: text for name, text in made.items()}
    for place, text in sequences_of_all(valid).items():
        if not wanted or place.parent.name in wanted:
            texts[ROOT / place] = text
    for folder in {path.parent for path in texts}:
        for path in folder.glob("*.yaml"):
            if path not in texts and is_made(path):
                path.unlink()
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    more = defaults_text(ROOT / "cases", targets_in(texts.values()))
    if more:
        (ROOT / "cases" / "defaults.yaml").write_text(more, encoding="utf-8")
    print(f"{len(texts)} files of {len({path.parent for path in texts})} operations")


def is_made(path: Path) -> bool:
    """Whether a file is there no more, or not yet, or was written by the scaffold."""
    return not path.exists() or MARK in path.read_text(encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
