"""Bad input, made from good: every reader of what comes from outside gives a clean value or its own error, in time."""
