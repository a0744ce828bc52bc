"""Real surroundings for tests: README.md describes what each folder provides and needs, and how to try it by hand."""
