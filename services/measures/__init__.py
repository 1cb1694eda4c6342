"""Measures: what credit opens, what law alone may limit, who is inspected, who is supported."""
