"""What exists only for speed: without it everything behaves the same and takes longer.

`lean_moto` shortens the import of moto, `forking` the start of processes, `patches` what moto does
for a request; `xml_text` writes XML for one of them.
"""
