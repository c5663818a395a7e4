"""Tools for testing derivatives: random programs (``programs``), and checks of functions and of rules."""
