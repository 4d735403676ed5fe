"""Running cases: the engine, the judge, the pytest plugin."""
