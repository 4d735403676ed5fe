"""Runs that begin again at each change: `watching`, told of changes by `file_changes`; `loaded_runs` begin at once."""
