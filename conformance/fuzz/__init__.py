"""Property tests: requests made from the contracts, by the thousand, and what the answers must have in common."""
