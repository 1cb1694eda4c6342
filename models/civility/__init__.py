"""Rows of the civility index: what is measured, when, by what means, and what residents say of it. About areas, never about a person."""
