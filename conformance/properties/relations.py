"""placeholder"""
def relations(hunt, prober, docs, limits):
    yield from ()
