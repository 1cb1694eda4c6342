"""Merchants, shops and settlements."""
