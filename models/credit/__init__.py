"""Credit: files, what stands in them, and the rulebooks by which it is counted."""
