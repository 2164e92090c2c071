"""The campaign of many at once: workers, portals and a coordinator act on the same cycles at the same time."""
