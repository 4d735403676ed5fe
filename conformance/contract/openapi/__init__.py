"""The contract file: OpenAPI 3.1 written (`writer`) and read (`reader`), overlays applied (`overlay`).

`schema` builds the JSON Schema of one parameter from its facts; `patterns` gives facts about characters as patterns.
"""
