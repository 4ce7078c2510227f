"""The library that the Lambdas and the `parris` command share.

The modules of this folder are the domain: pure, with no boto3, no clock and no environment, except
`settings` and `entrypoint`, which are the door to Lambda. `aws/` alone talks to AWS and `targets/`
holds one file for each thing that a job can run on.
"""
