"""Honours, knowledge pages with quizzes, the culture calendar."""
