"""What is the same for every route: who asks, bodies, problems, pages of lists, limits, languages, the document."""
