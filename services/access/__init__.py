"""Who gets in, and how far they reach."""
