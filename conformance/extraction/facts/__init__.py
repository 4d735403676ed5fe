"""From the description of a parameter, a table of errors or a page's notes to facts."""
