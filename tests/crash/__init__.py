"""The crash campaign: a short one of each kind, and what it finds when the product is broken on purpose."""
