"""The pytest plugin: case files are collected as items.

pytest loads `plugin` in every run of the environment, with `activation`, `reporting`, `redacted_reports` and `session`;
it is at work in a workspace alone, and `uncollected` says why nothing of a folder is collected. Options bring
`run_plan`, those of the environment and of `conformance.yaml` `unnamed_options`. The first case file brings `items`,
`upcoming` and `fast_path`, and the first item `prefetch`; `--shard` brings `shards`, and workers of pytest-xdist bring
`hosts`, `lost_cases` and `turns`. `xdist_parts` has types alone.
"""
