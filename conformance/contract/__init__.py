"""What a document promises: facts, the contract that has them, its OpenAPI form, and the catalogue of contracts."""
