"""Pin every dependency: `uv run python tools/pin.py`.

Resolves the project once, for every supported Python, and writes the same versions, each with its hashes, to
`requirements/*.txt`, for tools/install.sh, pip and tox. None names a registry's host.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
GROUPS = ("test", "coverage", "lint", "types")


def compile_requirements(output: Path, *arguments: str, project: Path = ROOT) -> None:
    """Resolve to one hash-pinned file; `project` is the folder that relative names are in."""
    command = ["uv", "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    command += ["--no-emit-index-url", "--python-version", "3.11", "--output-file", str(output), *arguments]
    subprocess.run(command, cwd=project, check=True)  # noqa: S603 - the arguments are above


def main() -> int:
    """Write every file."""
    dev = REQUIREMENTS / "dev.txt"
    with TemporaryDirectory() as name:
        # uv reads the groups of projects alone that it may manage; this one must not, or `uv run` would resolve it.
        project = Path(name)
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        (project / "pyproject.toml").write_text(text.replace("managed = false", ""), encoding="utf-8")
        # All groups together first: it decides the versions of the others.
        # A package that is built on installation would bring build tools that no file pins.
        wheels = ("pyproject.toml", "--only-binary", ":all:")
        compile_requirements(dev, *wheels, "--group", "dev", project=project)
        held = (*wheels, "--constraints", str(dev))
        compile_requirements(REQUIREMENTS / "run.txt", *held, project=project)
        for group in GROUPS:
            compile_requirements(REQUIREMENTS / f"{group}.txt", *held, "--group", group, project=project)
    compile_requirements(
        REQUIREMENTS / "build.txt", *wheels[1:], "--constraints", str(dev), str(REQUIREMENTS / "build.in")
    )
    compile_requirements(REQUIREMENTS / "uv.txt", str(REQUIREMENTS / "uv.in"))
    compile_requirements(REQUIREMENTS / "tox.txt", str(REQUIREMENTS / "tox.in"))
    compile_requirements(REQUIREMENTS / "benchmarks.txt", str(REQUIREMENTS / "benchmarks.in"))
    compile_requirements(REQUIREMENTS / "tavern.txt", str(REQUIREMENTS / "tavern.in"))
    # Beside the versions that the project itself has; only what it lacks is installed.
    beside = ("--constraints", str(dev), str(REQUIREMENTS / "pytest-plugins.in"))
    compile_requirements(REQUIREMENTS / "pytest-plugins.txt", *beside)
    compile_requirements(REQUIREMENTS / "openapi-tools.txt", *wheels[1:], str(REQUIREMENTS / "openapi-tools.in"))
    compile_requirements(
        REQUIREMENTS / "site.txt", *wheels[1:], "--constraints", str(dev), str(REQUIREMENTS / "site.in")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
