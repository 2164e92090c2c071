"""Mail that comes in: what a mail server hands over, what it turns out to be, and where it is filed."""
