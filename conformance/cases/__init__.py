"""The case format: load, validate, expand, coverage."""
