"""What people are told of a job: pure functions from the state to a mail that says what to do."""
