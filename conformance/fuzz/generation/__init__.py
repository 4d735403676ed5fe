"""Requests at and around every limit of a contract."""
