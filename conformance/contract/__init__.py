"""What a document promises: facts, the contract that has them, its OpenAPI form, and the catalogue of contracts.

`model` has the facts and the contract as frozen data, `when` on what a fact may depend, `condition_text` the same for
a person, `in_force` which facts hold for a request, `constraints` what each constraint means for a request, `wire` the
names and texts of parameters on the wire, `encodings` how their values become texts. `catalogue` finds the contracts
that come with the project, `files` writes and reads contract files, in the form of `openapi` and as the text of
`contract_text`. `message_templates` says which texts fit a message with placeholders. `languages` is the registry of
languages, `products` that of products, `common_codes` the table of the error codes that documents leave out.
`answer_trees` finds in an answer what a path of a page means. `example_names` names the rows of a table of errors.
`once_each` keeps with a contract what is worked out of it. `export` writes contracts for other people's tools,
`xmlwriter` an answer as XML.
"""
