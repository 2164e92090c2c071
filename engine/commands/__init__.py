"""What people do to a cycle: one file a command, each one transaction with its author and reason."""
