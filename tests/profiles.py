"""How Hypothesis chooses examples in the project's own tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# No deadline: the machine may be busy. In CI every run tries the same examples, so that a failure is due to the change.
PROJECT = settings(deadline=None, derandomize=bool(os.environ.get("CI")), suppress_health_check=[HealthCheck.too_slow])

NEW_EXAMPLES = settings(PROJECT, derandomize=False, print_blob=True)
"""For some quick tests: other examples in each run, in CI too. A failure prints the line that reproduces it."""
