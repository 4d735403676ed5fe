"""Pin every dependency: `uv run python tools/pin.py`.

Resolves the project once, for every supported Python, and writes the same versions to two places: hash-pinned
`requirements/*.txt` for pip and tox, and `constraint-dependencies` in `pyproject.toml` for `uv run`. Neither names a
registry's host.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
GROUPS = ("test", "coverage", "lint", "types")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+?))?(?: \\)?$", re.MULTILINE)
_BLOCK = re.compile(r"constraint-dependencies = \[.*?\n\]", re.DOTALL)


def compile_requirements(output: Path, *arguments: str) -> None:
    """Resolve to one hash-pinned file."""
    command = ["uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    command += ["--no-emit-index-url", "--python-version", "3.11", "--output-file", str(output), *arguments]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - the arguments are above


def pins(text: str) -> list[str]:
    """Return the pins of a requirements file as `name==version ; marker`, sorted."""
    found = (
        f"{name}=={version}" + (f" ; {marker.strip()}" if marker else "")
        for name, version, marker in _PIN.findall(text)
    )
    return sorted(found)


def main() -> int:
    """Write both places."""
    pyproject = ROOT / "pyproject.toml"
    text = pyproject.read_text()
    # Old constraints must not hold back the new resolution.
    pyproject.write_text(_BLOCK.sub("constraint-dependencies = [\n]", text))
    # All groups together first: it decides the versions of the others.
    dev = REQUIREMENTS / "dev.txt"
    compile_requirements(dev, "pyproject.toml", "--group", "dev")
    compile_requirements(REQUIREMENTS / "run.txt", "pyproject.toml", "--constraints", str(dev))
    for group in GROUPS:
        output = REQUIREMENTS / f"{group}.txt"
        compile_requirements(output, "pyproject.toml", "--group", group, "--constraints", str(dev))
    compile_requirements(REQUIREMENTS / "uv.txt", str(REQUIREMENTS / "uv.in"))
    compile_requirements(REQUIREMENTS / "tox.txt", str(REQUIREMENTS / "tox.in"))
    compile_requirements(REQUIREMENTS / "benchmarks.txt", str(REQUIREMENTS / "benchmarks.in"))
    compile_requirements(REQUIREMENTS / "tavern.txt", str(REQUIREMENTS / "tavern.in"))
    lines = "\n".join(f'    "{pin.replace(chr(34), chr(39))}",' for pin in pins(dev.read_text()))
    pyproject.write_text(_BLOCK.sub(lambda _: f"constraint-dependencies = [\n{lines}\n]", text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
