"""What the ledger is kept for: funds, lots and when they lapse, and the books as a whole."""
