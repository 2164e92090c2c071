"""What makes cycles go: clocks, the commands of people, the dispatcher, the worker, rehearsals."""
