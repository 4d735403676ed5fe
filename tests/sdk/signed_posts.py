"""What Hypothesis makes for tests of signed requests."""

from __future__ import annotations

from built import built
from hypothesis import strategies as st

from conformance.cases.model import Transport

SIGNED_POSTS = built(
    Transport,
    method=st.just("POST"),
    place=st.sampled_from(["query", "form"]),
    spaces=st.sampled_from(["percent", "plus"]),
    signature=st.sampled_from(["v1", "acs3"]),
)
"""The ways in which a signed POST request can travel."""
