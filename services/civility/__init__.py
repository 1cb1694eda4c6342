"""The civility index: how an area does, measured by a method that everybody can read. docs/civility.md says it in plain words."""
