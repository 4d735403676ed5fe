"""The suite against the reference server with one fault at a time."""
