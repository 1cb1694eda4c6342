"""People, their households, their papers, and two that turn out to be one."""
