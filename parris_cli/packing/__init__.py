"""Packs and uploads the local files that a job needs beside its script."""
