"""Credit as culture: honours, pages to learn from, a calendar."""
