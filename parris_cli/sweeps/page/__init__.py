"""The report page of a sweep: one HTML file that needs no network."""
