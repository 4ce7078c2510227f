"""The library that the Lambdas and the `parris` command share.

The modules of this folder are the domain: pure code without boto3, clock or environment. The
exceptions are `settings` and the two entry points, which connect it to Lambda. Only `aws` folders
call AWS. `targets/` has one package for each kind of compute that a job can run on.
"""
