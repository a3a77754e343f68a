"""The report: one self-contained page and one JSON document."""
