"""Activity records, their evidence, and objections."""
