"""The help window: topics beside a page, and a field that searches them all."""
