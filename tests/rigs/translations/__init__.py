"""Languages for tests: catalogues in a folder of their own, and the program using them."""
