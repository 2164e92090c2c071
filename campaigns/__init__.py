"""Campaigns: each promise tried many times; docs/promises.md says what came of it."""
