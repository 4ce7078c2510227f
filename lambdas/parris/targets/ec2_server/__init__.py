"""The target `ec2-server`: jobs on servers that outlive them."""
