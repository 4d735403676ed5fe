"""The pytest plugin: case files are collected as items.

pytest loads `plugin` in every run of the environment, with `reporting`, `redacted_reports`, `session` and
`unnamed_options`. Options bring
`run_plan`. The first case file brings `items`, `upcoming` and `fast_path`, and the first item `prefetch`; `--shard`
brings `shards`, and workers of pytest-xdist bring `hosts`, `lost_cases` and `turns`. `xdist_parts` has types alone.
"""
