"""The contract file: OpenAPI 3.1 written (`writer`) and read (`reader`), overlays applied (`overlay`).

`schema` builds the JSON Schema of one parameter from its facts, `encoded` that of one whose value carries others;
`patterns` gives facts about characters as patterns.
"""
