"""What documents call the characters of a text and their classes, one module per language, `en` and `zh`."""
