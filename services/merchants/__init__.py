"""Merchants, their shops, and what the community owes them."""
