"""What people read, in their language.

`sentence` has the sentences, and `catalogues/` their translations. `recognition` finds the sentence that a finished
text was made of. `widths` wraps and aligns text of wide characters.
"""
