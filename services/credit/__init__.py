"""Credit: what stands in files, how rulebooks are made, what entries count, and what that opens."""
