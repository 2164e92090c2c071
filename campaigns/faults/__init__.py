"""What surrounds an installation fails: mail server, disk, database lock, Prefect, clock, a worker among several."""
