"""The AWS Price List, from a table that is kept with its source and date in ../data."""
