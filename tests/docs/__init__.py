"""What the documents say is run; what in them is generated is up to date (`python -m tests.docs.rewrite`)."""
