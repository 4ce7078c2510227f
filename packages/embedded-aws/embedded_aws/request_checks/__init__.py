"""Whether a request is what AWS's own model of the service allows, before anything acts on it."""
