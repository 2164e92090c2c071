"""The crash campaign: processes die without warning, at seeded instants and at every named boundary of their work."""
