"""What `sam build`, `sam package` and `sam deploy` do, without sam."""
