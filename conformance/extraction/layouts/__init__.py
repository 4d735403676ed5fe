"""The readers of layouts, one module each."""
