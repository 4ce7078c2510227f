"""An EC2 instance as local processes: user data really runs, with its services and timers.

The instance's own side is a supervisor process (`__main__`), which stands for its operating system;
`instance` is EC2's side. Nothing is written outside the instance's folder.
"""
