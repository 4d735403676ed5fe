"""Case skeletons for an operation that has no cases yet."""
