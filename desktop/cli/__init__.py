"""The command line: one contract, no Qt."""
