"""The private record of a case: what was seen, found and done, in one SQLite file."""
