"""Offers, coupons and redemptions."""
