"""JSON schemas → GBNF grammars."""
