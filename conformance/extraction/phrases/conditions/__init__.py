"""How documents speak of what holds on a condition only: one module per language, `en` and `zh`.

`words` is what they are made of: names and values in prose, and lists of values.
"""
