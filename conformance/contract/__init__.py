"""What a document promises: facts, the contract that holds them, its OpenAPI form, and the comparison of two."""
