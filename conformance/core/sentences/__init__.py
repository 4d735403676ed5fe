"""What people read, in their language: `sentence` has the sentences, and `catalogues/` their translations."""
