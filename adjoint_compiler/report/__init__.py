"""What people look at: generated code on a terminal and in notebooks."""
