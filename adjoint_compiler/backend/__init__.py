"""IR to Python: folding temporaries back into expressions, building the tree, printing, loading."""
