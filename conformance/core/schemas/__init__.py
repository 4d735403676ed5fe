"""What a JSON Schema finds wrong in a file that people write, in words for people: `fault_words`."""
