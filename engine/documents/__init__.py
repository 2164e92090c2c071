"""Files that people hand in: what is taken, and why something is not."""
