"""What goes wrong on AWS now and then, and here when it is asked for."""
