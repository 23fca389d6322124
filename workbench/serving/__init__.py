"""The dashboards as pages on this machine: Voilà, closed where it is open by default.

`launch` starts a server in a process of its own and stops it; `settings` decides how it is
configured; `server` is that process; `hooks` are the small classes that Voilà lets us replace;
`dashboards` finds the notebooks; `context` tells an app in its kernel what it was started for;
``template`` holds the pages. What bare Voilà leaves open and how each hole is closed is written
beside the setting that closes it.
"""
