"""Processes that start warm: forks of a process that has already imported what they need.

`server` is that process, a script by itself; `client` requests a fork; `fork_server` starts and
ends the server on behalf of the embedded AWS. Linux only: on macOS a process that has imported the
system's libraries cannot safely continue after a fork, so all processes start as new ones there.
"""
