"""From an answer to a verdict: mismatches, expected failures, divergence. Pure."""
