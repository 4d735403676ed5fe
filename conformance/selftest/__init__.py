"""The suite tested on the reference server: `matrix` says which cases catch which of its faults."""
