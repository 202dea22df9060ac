"""The chain of the journal as plain Python, usable without a database."""
