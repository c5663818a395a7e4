"""Differentiation: one statement into one fragment; control flow puts fragments together."""
