"""What a document says of answers beside its table.

`answer_formats`, `answer_levels`, `answer_places` and `answer_samples`.
"""
