"""Rewrites of the IR, one per file; each keeps every number bit for bit."""
