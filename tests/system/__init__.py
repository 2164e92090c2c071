"""What needs Debian's packages: a browser, a mail server, a validator of pages."""
