"""Credit: files and their entries, rulebooks, trial runs."""
