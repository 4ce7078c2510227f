"""An EC2 instance as a local process: user data really runs, services and timers with it.

The instance's own side is a supervisor process (`__main__`), which stands for its operating system;
`machine` is the side that EC2 holds. Nothing is written outside the instance's folder.
"""
