"""What a resource does beyond its contracts: the files of `behaviours/`, read and checked."""
