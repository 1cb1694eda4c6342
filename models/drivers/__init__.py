"""The databases' drivers as we use them, and their connections as the pool lends them."""
