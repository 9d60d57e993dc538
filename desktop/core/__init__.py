"""What things are: values, events, errors and ports. Standard library only; no I/O, clock, thread or Qt."""
