"""The same job in Python: a stopwatch beside Waywarden, not a product (see README.md)."""
