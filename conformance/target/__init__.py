"""Speaking to a target: HTTP, signing, provider states."""
