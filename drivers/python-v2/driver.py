"""The driver of Alibaba Cloud's Python SDK V2: `python_v2.py` is all of it."""

from __future__ import annotations

import sys

from python_v2 import drive

if __name__ == "__main__":
    sys.exit(drive("python-v2"))
