"""Other engines at the same work, each in an environment of its own and used as its documentation says."""
