"""Backup and restore: the whole installation in one file, except Prefect's view of it, which is made anew."""
