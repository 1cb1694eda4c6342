"""The civility index over HTTP."""
