"""The steps of a formal meeting: call the body, record the minutes, attest them, announce that they are attested."""
