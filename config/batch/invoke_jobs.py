"""Starts one training for each choice of hyperparameters, from a laptop or an EC2 instance.

python3 invoke_jobs.py [DEPLOYMENT]    needs boto3, and the rights of docs/policies/job-starter.json

Each is an execution of Parris's workflow, with its own limits. docs/sweeps.md has more: one budget
for all of them, and searches that choose the next hyperparameters themselves.
"""

import io
import itertools
import json
import sys
import tarfile
import time
from pathlib import Path

import boto3

CHOICES = {"learning-rate": [0.03, 0.1, 0.3], "max-depth": [2, 4]}
HERE = Path(__file__).parent
UPLOADS = "uploads/batch-example"


def main(deployment):
    """Upload the files of the training, and start all executions."""
    (stack,) = boto3.client("cloudformation").describe_stacks(StackName=deployment)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    bucket, s3 = outputs["TrainingBucketName"], boto3.client("s3")
    config = json.loads((HERE / "job.json").read_text())
    files = config.pop("files")  # `parris run` packs them; here this script does

    script = config["training-script-filename"]
    s3.upload_file(str(HERE / script), bucket, f"{UPLOADS}/{script}")
    code = io.BytesIO()
    with tarfile.open(fileobj=code, mode="w:gz") as archive:
        for name in files:
            archive.add(HERE / name, name)
    s3.put_object(Bucket=bucket, Key=f"{UPLOADS}/code.tar.gz", Body=code.getvalue())
    config["training-script-filename"] = f"{UPLOADS}/{script}"
    config["code-archive"] = f"{UPLOADS}/code.tar.gz"

    workflow, stamp = boto3.client("stepfunctions"), time.strftime("%Y%m%dt%H%M%S")
    for number, values in enumerate(itertools.product(*CHOICES.values())):
        choice = dict(zip(CHOICES, values, strict=True))
        # Jobs with one name would wait for each other.
        named = {"training-job-name": f"{config['training-job-name']}-{number}"}
        started = workflow.start_execution(
            stateMachineArn=outputs["StateMachineArn"],
            name=f"{named['training-job-name']}-{stamp}",
            input=json.dumps(config | named | {"hyperparameters": choice}),
        )
        print(started["executionArn"].rpartition(":")[2], choice)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["parris"]))
