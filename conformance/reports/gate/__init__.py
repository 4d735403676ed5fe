"""Two reports compared, to gate a release."""
