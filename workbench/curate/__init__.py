"""Intake: what every file of a folder is and discloses, what people say about it, and the subset that is used."""
