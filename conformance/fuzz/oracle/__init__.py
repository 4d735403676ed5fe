"""Which answers the documents allow for a request, and what their refusals mean."""
