"""What names and error rows mean, as far as their words tell.

`words` is the table of what names mean, `behaviours/words.yaml`. `rows` tells what an error row is about: a kind of
refusal, and the parameter that it names; `alternatives`, of which parameters one is enough. `values` is the table of
what to send for a parameter, by its name, `cases/named-values.yaml`. The skeletons of cases and the reference server
both go by it.
"""
