"""The cells that `make test` and `make long` try of the matrix.

`make test` tries one of each column and blow. `make long` tries the sample: the moments that matter
most, in three parts, so that three processes can share them. Together they enter every state; of
two parts it is said which states are theirs alone, and the third enters all others.
"""

from tests.faults.calls import MACHINES
from tests.faults.states import StateKey

_TRAINING, _CLEANUP = MACHINES

PASSING = (
    # CreateStack took effect but the response was lost: the claim of the name, then the stack
    # itself.
    "completed/CreateStack/dynamodb:UpdateItem/1/timeouts-after",
    "completed/CreateStack/cloudformation:CreateStack/1/timeout-after",
    "completed/CreateStack/cloudformation:CreateStack/1/function-killed-after",
    # The token was stored, but the engine did not receive the response.
    "completed/TrainingStateMachine/dynamodb:UpdateItem/1/timeouts-after",
    # The wake was noted, but the sleeping run was not woken.
    "completed/Wake/dynamodb:UpdateItem/1/function-killed-after",
    "completed/PollTerminationCondition/ec2:DescribeInstances/1/throttled-once",
    "completed/PollTerminationCondition/ec2:DescribeInstances/1/unknown-status-once",
    "completed/TrainingStateMachine/lambda:Invoke:ConfirmEnded/1/unavailable-once",
    # The name was released, but the response was lost.
    "completed/RecordOutcome/dynamodb:DeleteItem/2/timeouts-after",
    "time-limit/StopOrDeleteStack/ec2:StopInstances/1/timeout-before",
    # The training job, or its role, was made, and nobody has written that down.
    "sagemaker-completed/CreateTrainingJob/sagemaker:CreateTrainingJob/1/timeout-after",
    "sagemaker-completed/CreateTrainingJob/sagemaker:CreateTrainingJob/1/function-killed-after",
    "sagemaker-completed/CreateTrainingJob/iam:CreateRole/1/function-killed-after",
    "sagemaker-stopped/StopTrainingJob/sagemaker:StopTrainingJob/1/timeout-before",
    "sagemaker-stopped/StopTrainingJob/iam:DeleteRolePolicy/1/function-killed-after",
    # The job was submitted, and nobody has written that down: a second one is terminated.
    "batch-completed/SubmitBatchJob/batch:SubmitJob/1/timeouts-after",
    "batch-completed/SubmitBatchJob/batch:SubmitJob/1/function-killed-after",
    "batch-stopped/TerminateBatchJob/batch:TerminateJob/1/timeout-before",
    # The server was started, and nobody has written that down; its end was requested, or not.
    "server-completed/StartServer/ec2:StartInstances/1/timeout-after",
    "server-completed/StartServer/ec2:StartInstances/1/function-killed-after",
    "server-stopped/ReleaseServer/ec2:StopInstances/1/function-killed-after",
    "server-completed/ReleaseServer/ec2:StopInstances/1/timeout-before",
)
STATES_OF_PASSING = {StateKey(_TRAINING, "TimeLimit")}

LASTING = (
    # Refused, not launched, not watched, not seen to have ended, not recorded.
    "completed/ValidateConfig/pricing:GetProducts/1/throttled-for-ever",
    "completed/CreateStack/cloudformation:CreateStack/1/access-denied",
    "completed/WaitForRunning/cloudformation:DescribeStacks/1/unknown-status-for-ever",
    "completed/WaitForRunning/cloudformation:DescribeStacks/1/throttled-for-ever",
    "completed/PollTerminationCondition/ec2:DescribeInstances/1/unavailable-for-ever",
    "completed/ConfirmEnded/cloudformation:DescribeStacks/1/access-denied",
    "stopped/ConfirmEnded/cloudformation:DescribeStacks/1/access-denied",
    # It cannot begin a check in the jobs table, so that the run cannot sleep, and ends as it would.
    "completed/ConfirmEnded/dynamodb:UpdateItem/1/access-denied",
    "completed/RecordOutcome/s3:PutObject/1/access-denied",
    "stopped/FindRun/stepfunctions:DescribeExecution/1/access-denied",
    # Its console may not be read, and it ends as it would have.
    "never-started/PollTerminationCondition/ec2:GetConsoleOutput/1/access-denied",
    # No notification can be sent, and the job ends as it would have.
    "completed/TrainingStateMachine/sns:Publish/1/access-denied",
    # Not watched, and its role not deleted.
    "sagemaker-completed/PollTerminationCondition/sagemaker:DescribeTrainingJob/1/unavailable-for-ever",
    "sagemaker-completed/StopTrainingJob/iam:DeleteRole/1/access-denied",
    # Not watched, and its definition not removed.
    "batch-completed/PollTerminationCondition/batch:DescribeJobs/2/access-denied",
    "batch-stopped/TerminateBatchJob/batch:DeregisterJobDefinition/1/unavailable-for-ever",
    # Not started, and not stopped: then its own timer switches it off.
    "server-completed/StartServer/ec2:StartInstances/1/access-denied",
    "server-completed/ReleaseServer/ec2:StopInstances/1/access-denied",
)
STATES_OF_LASTING = {
    *(
        StateKey(_TRAINING, name)
        for name in (
            "CannotConfirm",
            "CleanupFailed",
            "CountFailedCheck",
            "IsOutageTooLong",
            "IsOutageNew",
            "IsErrorFromFunction",
            "IsLaunchOutageTooLong",
            "IsRecordingErrorFromFunction",
            "NameError",
            "NameRecordingError",
            "NoteOutage",
            "OutcomeUnrecorded",
            "ReadError",
            "ReadRecordingError",
            "ShouldConfirmAgain",
            "NotifyValidationFailed",
            "ValidationFailed",
            "WaitBeforeConfirm",
            "WaitBeforeConfirmAgain",
            "WaitBeforeNextLaunchCheck",
            "WaitBeforeNextPoll",
        )
    ),
    *(
        StateKey(_CLEANUP, name)
        for name in (
            "CannotConfirm",
            "CleanupFailed",
            "CountFailedCheck",
            "OutcomeUnrecorded",
            "RunNotFound",
            "ShouldConfirmAgain",
            "NotifyOutcomeUnrecorded",
            "NotifyRunNotFound",
            "WaitBeforeConfirmAgain",
        )
    ),
}

STRUCK = (
    # A run that is cut short, or loses what it launched, at times of its life.
    "completed/TrainingStateMachine/CreateStack/aborted",
    "completed/TrainingStateMachine/AwaitLaunchEvent/aborted",
    "completed/TrainingStateMachine/AwaitWakeOrNextCheck/timed-out",
    "completed/TrainingStateMachine/StopOrDeleteStack/aborted",
    "completed/TrainingStateMachine/IsInstanceRunning/stack-deleted",
    "completed/TrainingStateMachine/AwaitWakeOrNextCheck/instance-terminated",
    "stopped/CleanupStateMachine/FindRun/aborted",
    "stopped/CleanupStateMachine/ConfirmEnded/function-killed",
    # Every other way to go, each struck once.
    "script-failed/TrainingStateMachine/RecordOutcome/function-killed",
    "cost-limit/TrainingStateMachine/StopOrDeleteStack/function-killed",
    "clock-time/TrainingStateMachine/ClockTime/aborted",
    "metric-reached/TrainingStateMachine/MetricReached/aborted",
    "no-improvement/TrainingStateMachine/NoImprovement/instance-terminated",
    "no-progress/TrainingStateMachine/NoProgress/timed-out",
    "stop-requested/TrainingStateMachine/Aborted/instance-terminated",
    "superseded/TrainingStateMachine/Superseded/stack-deleted",
    "visited/CleanupStateMachine/FindRun/function-killed",
    "near-limit/TrainingStateMachine/NotifyNearLimit/aborted",
    "silent/TrainingStateMachine/InstanceLost/timed-out",
    "refused/TrainingStateMachine/ConfigRejected/timed-out",
    "no-capacity/TrainingStateMachine/NoCapacity/timed-out",
    "no-capacity-twice/TrainingStateMachine/StartNextAttempt/aborted",
    "undeleted/TrainingStateMachine/WaitBeforeEndAgain/aborted",
    "second-choice/TrainingStateMachine/WaitBeforeCreate/aborted",
    "sagemaker-completed/TrainingStateMachine/CreateTrainingJob/aborted",
    "sagemaker-completed/TrainingStateMachine/AwaitLaunchEvent/instance-terminated",
    "sagemaker-completed/TrainingStateMachine/StopTrainingJob/function-killed",
    "sagemaker-stopped/CleanupStateMachine/StopTrainingJob/aborted",
    "batch-completed/TrainingStateMachine/SubmitBatchJob/aborted",
    "batch-completed/TrainingStateMachine/AwaitWakeOrNextCheck/instance-terminated",
    "batch-stopped/CleanupStateMachine/TerminateBatchJob/aborted",
    "server-completed/TrainingStateMachine/StartServer/aborted",
    "server-completed/TrainingStateMachine/AwaitWakeOrNextCheck/instance-terminated",
    "server-completed/TrainingStateMachine/ReleaseServer/function-killed",
    "server-stopped/CleanupStateMachine/ReleaseServer/aborted",
)
SAMPLE = (*PASSING, *LASTING, *STRUCK)

ONE_OF_EACH = (
    "completed/PollTerminationCondition/ec2:DescribeInstances/1/throttled-once",
    "completed/ValidateConfig/pricing:GetProducts/1/throttled-for-ever",
    "completed/TrainingStateMachine/lambda:Invoke:ConfirmEnded/1/unavailable-once",
    "sagemaker-completed/PollTerminationCondition/sagemaker:DescribeTrainingJob/1/unavailable-for-ever",
    "completed/ConfirmEnded/cloudformation:DescribeStacks/1/access-denied",
    "sagemaker-stopped/StopTrainingJob/sagemaker:StopTrainingJob/1/timeout-before",
    "server-completed/StartServer/ec2:StartInstances/1/timeout-after",
    "completed/TrainingStateMachine/dynamodb:UpdateItem/1/timeouts-after",
    "completed/PollTerminationCondition/ec2:DescribeInstances/1/unknown-status-once",
    "completed/WaitForRunning/cloudformation:DescribeStacks/1/unknown-status-for-ever",
    "server-stopped/ReleaseServer/ec2:StopInstances/1/function-killed-after",
    "server-completed/TrainingStateMachine/StartServer/aborted",
    "completed/TrainingStateMachine/AwaitWakeOrNextCheck/timed-out",
    "server-completed/TrainingStateMachine/AwaitWakeOrNextCheck/instance-terminated",
    "superseded/TrainingStateMachine/Superseded/stack-deleted",
    "stopped/CleanupStateMachine/ConfirmEnded/function-killed",
)
