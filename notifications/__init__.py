"""What people are told by e-mail: words, letters, the outbox and the way to the mail server."""
