"""Processes that start warm: forks of one that has imported once what they all import.

`server` is that process, a script by itself; `client` asks it for one; `fork_server` is the side of
the embedded AWS, which starts and ends it. Linux only: on macOS a process that has imported the
system's libraries cannot safely go on after a fork, so that everybody starts afresh there.
"""
