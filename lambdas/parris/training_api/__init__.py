"""The training API: kinds of task, their status, requests for training, and the HTTP responses."""
