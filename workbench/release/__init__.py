"""The folder that may leave: what lies in it, proof that it is what was written, and a report to sign.

`manifest` lists every output with its checksums, `verify` proves a folder by that list alone, `report` writes the
pages for people, and `finish` does all three at the end of a run. Nothing here opens a picture: pixels are
checked through a callable that the caller brings.
"""
