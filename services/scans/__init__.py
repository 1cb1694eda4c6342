"""Codes that are shown, and what is seen of people where they are scanned."""
