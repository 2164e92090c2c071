"""Registers are changed behind their own back, in every column and every way, and verification has to notice."""
