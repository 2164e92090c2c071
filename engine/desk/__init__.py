"""What the desk shows, as plain values read from the register. Nothing here writes, and nothing knows a web page."""
