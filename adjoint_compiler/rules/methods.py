"""Placeholder until the table of methods is written."""
from typing import Any
METHODS: dict[str, Any] = {}
ATTRIBUTES: dict[str, str] = {}
