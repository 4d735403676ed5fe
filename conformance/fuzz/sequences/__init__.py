"""Requests that belong together: metamorphic relations, sequences of create, describe and delete."""
