"""The contract file: OpenAPI 3.1 read and written, overlays applied."""
