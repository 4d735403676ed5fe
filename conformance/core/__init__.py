"""What everything else rests on: errors, texts, YAML with positions, a cache, redaction, packaged data."""
