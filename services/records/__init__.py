"""Activity records from what was seen or declared to the decision, and objections to it."""
