"""A little cycle driven by every command in any order, beside a second account of it that shares no code with it."""
