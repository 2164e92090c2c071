"""The campaign over several hosts: namespaces of this machine, each with an address, a name and a cable of its own."""
