"""What the words of a command line mean: `suite_folders` has the operations, `named_files` the case files."""
