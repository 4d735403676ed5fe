"""Running cases: a plan in, a result for each case out.

`plan` is what a run is, and `engine` runs it; `workers` runs it in several processes, `shard` cuts a part out of it.
An `executor` takes one case to its verdict, under one of the `accounts`: `steps` yields what must be done as
`effects` (and `calls`), `progress` and `sent` keep what is known so far, `step_judging` judges, `sending` sends again
what is refused for now, `cleanup` deletes what was created. The `loop` performs the effects of many cases at once,
with `caller_threads` for calls that block and `interrupts` for Ctrl-C. `preflight` asks a target before the first
case. `skip_reasons` says why a case cannot be run, `probes` finds out what a server follows; `case_results`, `notes`
and `events` are what a run yields.
"""
