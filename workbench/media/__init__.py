"""Reading, describing, writing and checking picture files."""
