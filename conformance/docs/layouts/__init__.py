"""The readers of layouts, one module each, named as in layouts.md."""
