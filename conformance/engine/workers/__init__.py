"""Running cases in several processes: `several_processes` shares them out, each to a `worker_process`."""
