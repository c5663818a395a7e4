"""What derivatives cost: `python -m benchmarks.run`."""
