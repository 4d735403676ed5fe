"""Running cases in several processes: `several_processes` shares them out in `case_parts`, each to a `worker_process`.

That is a `child_process`, which may be killed at any moment. `shared_when_busy` has several only once one process has
shown to be too few, while there are `idle_processors`, and as long as a `trial` shows that they do more.
"""
