"""Load each file that is named with connexion, call it once, and print what it says: [[file, message], ...]."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

import connexion


def main() -> int:
    """Load the files; a call without parameters must be refused, as `Action` is demanded."""
    resolver = connexion.resolver.Resolver(lambda _: lambda **_: ({"RequestId": "0"}, 200))
    faults = []
    for file in sys.argv[1:]:
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                app = connexion.FlaskApp("tools", specification_dir=str(Path(file).parent))
                app.add_api(file, resolver=resolver, strict_validation=True, validate_responses=True)
                answer = app.test_client().get("/")
            if answer.status_code != 400 or "Action" not in answer.text:
                faults.append([file, f"{answer.status_code} {answer.text}"])
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is what the tool says
            faults.append([file, f"{type(fault).__name__}: {fault}"])
    sys.stdout.write(json.dumps(faults))
    return 0


if __name__ == "__main__":
    sys.exit(main())
