"""Keeps deployed accounts on disk, so that the same template is not deployed from nothing again."""
