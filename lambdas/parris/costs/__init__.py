"""What a job costs, and what it can cost at most: pure functions in Decimal US dollars."""
