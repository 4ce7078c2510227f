"""`parris offers`: instance types that fit, with their prices and zones."""
