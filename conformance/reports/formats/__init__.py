"""One module per format: `terminal`, `html`, `junit`, `ctrf` and `markdown`; `text` has what they share.

`cause_text` has what they say of a cause.
"""
