"""The tree of areas, the rules that hold in each, and what goes on in them."""
