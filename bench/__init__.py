"""Measurements. Absolute times drift with the machine: read the ratios, which are taken within one run."""
