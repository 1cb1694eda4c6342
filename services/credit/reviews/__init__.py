"""Neighbours' reviews (邻里互评): rounds by a fixed procedure, with reviewers drawn by lot and slips that nobody's name leads to."""
