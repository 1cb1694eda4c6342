"""Pages of credit: rulebooks, files, entries, objections and repairs, and what credit opens or law limits."""
