"""How Hypothesis chooses examples in the project's own tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
"""How many examples a property has that says no number of its own; RELEASING.md says when there are more."""

# No deadline: the machine may be busy. In CI every run tries the same examples, so that a failure is due to the change.
PROJECT = settings(
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow],
)

NEW_EXAMPLES = settings(PROJECT, derandomize=False, print_blob=True)
"""For some quick tests: other examples in each run, in CI too. A failure prints the line that reproduces it."""
