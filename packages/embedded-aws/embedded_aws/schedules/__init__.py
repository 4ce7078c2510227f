"""When schedules are due, and what happens then; the gap files say which of AWS's they are."""
