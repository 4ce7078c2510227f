"""Optimizations: without them everything behaves the same and takes longer.

`lean_boto3`, `lean_moto`, `kept_modules` and `kept_methods` shorten imports, `quick_botocore` and
`quick_headers` calls, `forking` the start of processes, `garbage` the search for garbage,
`model_files` the reading of models, `patches` moto's handling of requests. `xml_text` and
`parsed_definitions` are for some of these.
"""
