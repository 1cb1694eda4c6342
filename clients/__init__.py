"""The outside world: the only outgoing connections. Nothing here knows our models, our rules or Flask."""
