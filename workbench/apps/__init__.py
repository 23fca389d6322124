"""One file per screen: `build()` returns one widget tree. The work is done below; a screen only connects."""
