"""The AWS Price List, from a table in ../data that states its source and date."""
