"""The static site, which opens from disk."""
