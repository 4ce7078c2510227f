"""What a job costs, and what it can cost at most, in Decimal US dollars."""
