"""Which resources a product has, and what each operation does with them: as files of `behaviours/` say, or inferred.

`kinds` is one kind of resource. `kind_files` reads and writes the short form of a behaviour, `kind_catalogue` finds all
that there are, and `written` are those of a new workspace. Where no file says it, it is inferred from names
(`inference`): `outline` is what of a contract shows what an operation is about, `nouns` compares names, `status_words`
is the table of what operations set, `creation` finds what is created, `placing` what else is done with it, and
`neighbours` which operations must be read for that.
"""
