"""The help window: a list of topics, a page, and a search over all pages."""
