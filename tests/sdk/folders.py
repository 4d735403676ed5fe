"""Folders of drivers, made for a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: Final = """\
name: mine
title: My driver
language: Python
toolchain:
  - {program: sh, hint: it is everywhere}
sdk: {name: my-sdk, version: 1.2.3}
core: {name: my-core, version: 0.4.6}
run: [./driver, with, arguments]
"""
INSTALL: Final = """\
echo "$SDK_VERSION+$CORE_VERSION" >> versions
printf '#!/bin/sh\\n' > driver
chmod +x driver
"""


def make_driver(folder: Path, manifest: str = MANIFEST, install: str = INSTALL) -> Path:
    """Write the driver `mine` into a folder of drivers; return its `driver.yaml`."""
    own = folder / "mine"
    own.mkdir(parents=True, exist_ok=True)
    (own / "install.sh").write_text(install, encoding="utf-8")
    path = own / "driver.yaml"
    path.write_text(manifest, encoding="utf-8")
    return path
