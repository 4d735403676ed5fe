"""Single faults of the reference server, which the suite must catch, and conforming variants, which it must not."""
