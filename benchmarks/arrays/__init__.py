"""Array programs of machine learning at batches from small to large, against autograd, PyTorch and JAX."""
