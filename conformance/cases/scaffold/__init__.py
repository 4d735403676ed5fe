"""Case skeletons for an operation that has no cases yet: `skeletons` writes them, with valid and invalid `values`."""
