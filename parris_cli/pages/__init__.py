"""Pages that are one HTML file each and need no network: their frame, style and charts."""
