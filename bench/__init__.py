"""What is measured, against what: nothing here is a test, and nothing here runs in `make test`."""
