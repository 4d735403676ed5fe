"""Reports: one writer per format."""
