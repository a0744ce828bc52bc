"""Real surroundings for tests: README.md says what each folder stands up, what it needs, and how to try it by hand."""
