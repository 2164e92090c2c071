"""The command line's commands: what `samsyn` can be told to do."""
