"""Who did what: the log that nobody can change unseen, and the way back from any link of the chain."""
