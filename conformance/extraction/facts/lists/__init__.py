"""Lists below the words of a row: `value_lists` reads values, `range_lists` numbers and ranges."""
