"""Who may sign in to the desk, and what they may do there."""
