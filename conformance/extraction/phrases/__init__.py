"""What documents promise in prose, as tables: one module per language, one entry per phrase."""
