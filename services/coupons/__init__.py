"""Offers, the coupons they become, and their use at a till."""
