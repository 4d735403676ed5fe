"""Readers of documents: one module per layout, one table of phrases per language."""
