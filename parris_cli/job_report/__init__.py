"""`parris report`: one job as an HTML page that needs no network."""
