"""What several commands share: options, plans, input."""
