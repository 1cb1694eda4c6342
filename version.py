"""Which Linli this is: the one place that says so. CHANGELOG.md says what each version brought."""

VERSION = "0.3.0"
