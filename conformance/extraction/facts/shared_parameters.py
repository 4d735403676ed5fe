"""Parameters that the whole platform shares, for captures whose nesting is gone; the JSON beside this has the names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

_DATA: Final = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))

MEMBERS: Final[dict[str, frozenset[str]]] = {name: frozenset(members) for name, members in _DATA["members"].items()}
"""The members of objects that many operations have."""
TOP: Final[frozenset[str]] = frozenset(_DATA["top"])
"""Parameters at the top of a request: where one follows an object's members, the object has ended."""
