"""The readers of layouts, one module each: tried in the `order` of that module.

`metadata`, `metadata_schema`, `html` and `markdown` have marks of their own; `section_tables` puts the tables of types
of `markdown` below the rows that name them. Captured text has tables with bars (`broken_pipes` and `one_line_pipes`,
which share `pipes`) or without (`glued`, `flat` and `cell_per_line`, which share `stacked`). `metadata_shapes` says
what JSON is metadata, `schema_words` what a schema in it says, and `located_json` on which lines.
"""
