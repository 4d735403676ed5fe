"""Call both operations of a client that openapi-generator made: `call.py FOLDER URL`, with the values as JSON in.

Prints [[operation, answer or fault], ...].
"""

from __future__ import annotations

import inspect
import json
import re
import sys


def plain(name: str) -> str:
    """Return a name as it is in the client and on the wire alike."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def main() -> int:
    """Call by GET and by POST."""
    folder, url = sys.argv[1:]
    sys.path.insert(0, folder)
    client = __import__("openapi_client")
    values = {plain(name): value for name, value in json.load(sys.stdin).items()}
    (kind,) = [getattr(client, name) for name in dir(client) if name.endswith("Api")]
    api = kind(client.ApiClient(client.Configuration(host=url)))
    said = []
    for name in dir(api):
        if re.search(r"^[a-z]\w*_by_(?:get|post)$", name):
            call = getattr(api, name)
            known = [each for each in inspect.signature(call).parameters if not each.startswith("_")]
            given = {each: values[plain(each)] for each in known if plain(each) in values}
            try:
                answer = call(**given)
                said.append([name, answer.to_dict() if hasattr(answer, "to_dict") else answer])
            except Exception as fault:  # noqa: BLE001 - the test reads it
                said.append([name, f"{type(fault).__name__}: {fault}"])
    sys.stdout.write(json.dumps(said, default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main())
