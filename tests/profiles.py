"""How Hypothesis chooses examples in the project's own tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("EXAMPLES", "12"))
"""How many examples a property has that says no number of its own; RELEASING.md says when there are more."""
_AT_LENGTH = 30


def scaled(number: int) -> int:
    """Return the examples of a property that has `number` of them where others have 30."""
    return max(1, number * EXAMPLES // _AT_LENGTH)


# No deadline: the machine may be busy. In CI every run tries the same examples, so that a failure is due to the change.
PROJECT = settings(
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow],
)

NEW_EXAMPLES = settings(PROJECT, derandomize=False, print_blob=True)
"""For some quick tests: other examples in each run, in CI too. A failure prints the line that reproduces it."""
