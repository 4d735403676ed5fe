"""Texts against each other: `near_texts` marks what two differ in, `varying_texts` takes out what differs each time."""
