"""What the targets that run jobs on EC2 instances share: types, what is billed, spot prices."""
