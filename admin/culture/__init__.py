"""Pages of credit as culture: honours, pages to learn from with their questions, the calendar."""
