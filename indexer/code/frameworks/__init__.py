"""Frameworks, a file each: routes, access control, and the wiring that they do.

To add one, add a file with a class that derives from `indexer.code.readers.Reader`, and its test.
Its `assemble` gives `Route` for what is served, `Edge` of grade `framework` for what it connects
(signals, listeners, injected classes), and `Unresolved` for what it saw and could not tell. An
answer about access is `yes` or `no` only with evidence; `unknown` is the default.
"""
