"""`parris init`: writes a first config, from a few questions and what the account has."""
