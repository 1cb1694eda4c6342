"""A draft is tried before anybody votes on it: `runs` makes a trial run, `comparing` works it out, a batch of files at a time."""
