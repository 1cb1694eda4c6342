"""The signed-in person, residents and households."""
