"""What Samsyn is told: settings, places and their calendars, and the definitions of cycles."""
