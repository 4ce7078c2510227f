"""What sam 1.170 prints, recorded with wide tables and shortened."""


def row(*cells: str) -> str:
    return "".join(f"{cell:<60}" for cell in cells)


RULE = "-" * 400
BUILDS = ["Starting Build use cache", "Build Succeeded", ""]
UPLOADS = [
    "\tUploading to 121cc0b69bb83927  262144 / 1640843  (15.98%)",
    "\tUploading to 121cc0b69bb83927  1640843 / 1640843  (100.00%)",
    "\tUploading to bbe827dd248a0b78  359157 / 359157  (100.00%)",
    "",
    "\tFile with same data already exists at b2772c0f11da008a, skipping upload",
    "\tDeploying with following values",
    "\t===============================",
    "\tStack name                   : parris",
    "Waiting for changeset to be created..",
]


def change_set(*changes: str) -> list[str]:
    """Lines of the table: each change is a sign, a name and a type."""
    words = {"+": "+ Add", "*": "* Modify", "-": "- Delete"}
    split = [one.split() for one in changes]
    rows = [row(words[sign], name, kind, "N/A") for sign, name, kind in split]
    return [
        *("CloudFormation stack changeset", RULE, row("Operation", "LogicalResourceId"), RULE),
        *(*rows, RULE, ""),
        "Changeset created successfully. arn:aws:cloudformation:eu-west-1:1:changeSet/sam/1",
        "2031-05-01 08:00:00 - Waiting for stack create/update to complete",
    ]


def events(*found: str) -> list[str]:
    """Lines of the table: each event is a status, a type, a name and a reason."""
    rows = [row(*one.split(maxsplit=3)) for one in found]
    title = "CloudFormation events from stack operations (refresh every 5.0 seconds)"
    return [title, RULE, row("ResourceStatus", "ResourceType"), RULE, *rows, RULE]


BUCKET, ROLE, TABLE = (
    "+ TrainingBucket AWS::S3::Bucket",
    "+ StackRole AWS::IAM::Role",
    "+ JobsTable AWS::DynamoDB::Table",
)
STARTS = "CREATE_IN_PROGRESS AWS::CloudFormation::Stack parris User Initiated"
TAKEN = 'Resource handler returned message: "parris-x already exists (Status Code: 409)"'
CREATES = [
    *UPLOADS,
    *change_set(BUCKET, ROLE, TABLE),
    *events(
        STARTS,
        "CREATE_IN_PROGRESS AWS::S3::Bucket TrainingBucket -",
        "CREATE_COMPLETE AWS::S3::Bucket TrainingBucket -",
        "CREATE_COMPLETE AWS::IAM::Role StackRole -",
        "CREATE_COMPLETE AWS::DynamoDB::Table JobsTable -",
        "CREATE_COMPLETE AWS::CloudFormation::Stack parris -",
    ),
    "Successfully created/updated stack - parris in eu-west-1",
]
FAILS = [
    *UPLOADS,
    *change_set(BUCKET, ROLE, TABLE),
    *events(
        STARTS,
        "CREATE_COMPLETE AWS::IAM::Role StackRole -",
        "CREATE_FAILED AWS::DynamoDB::Table JobsTable Resource creation cancelled",
        f"CREATE_FAILED AWS::S3::Bucket TrainingBucket {TAKEN}",
        "ROLLBACK_IN_PROGRESS AWS::CloudFormation::Stack parris The following failed",
        "DELETE_COMPLETE AWS::IAM::Role StackRole -",
        "ROLLBACK_COMPLETE AWS::CloudFormation::Stack parris -",
    ),
    "Error: Failed to create/update the stack: parris, Waiter StackCreateComplete failed",
]
UNCHANGED = [*UPLOADS, "No changes to deploy. Stack parris is up to date"]
