"""The register: what is true of every cycle, and the journal of how it became so."""
