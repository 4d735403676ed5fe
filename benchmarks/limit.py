"""The limit of the benchmarks: a loop that only sends and reads, 64 in flight: `python benchmarks/limit.py URL FILE`.

Sends a POST for each path in the JSON file through libcurl's multi interface. It reads each answer and judges none.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

import pycurl

IN_FLIGHT = 64


def main() -> None:
    """Send everything, or fail with an exception."""
    endpoint, targets = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    multi = pycurl.CurlMulti()
    waiting = iter(targets)
    under_way = 0
    for target in islice(waiting, IN_FLIGHT):
        curl = pycurl.Curl()
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.POSTFIELDSIZE, 0)
        curl.setopt(pycurl.PROXY, "")
        curl.setopt(pycurl.WRITEFUNCTION, len)
        curl.setopt(pycurl.URL, endpoint + target)
        multi.add_handle(curl)
        under_way += 1
    while under_way:
        multi.perform()
        _, done, failed = multi.info_read()
        if failed:
            raise OSError(failed[0][2])
        for curl in done:
            multi.remove_handle(curl)
            target = next(waiting, None)
            if target is None:
                under_way -= 1
            else:
                curl.setopt(pycurl.URL, endpoint + target)
                multi.add_handle(curl)
        if not done:
            multi.select(1.0)


if __name__ == "__main__":
    main()
