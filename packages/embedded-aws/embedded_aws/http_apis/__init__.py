"""HTTP APIs of API Gateway: their routes, authorizers, CORS, throttling and functions."""
