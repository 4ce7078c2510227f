"""The notifications of a job: functions from its state to a message that says what to do."""
