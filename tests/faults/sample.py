"""The cells that `make test` tries: every column, and the moments at which most can go wrong."""

SAMPLE = (
    # CreateStack took effect and nobody heard: the claim of the name, then the stack itself.
    "completed/CreateStack/dynamodb:UpdateItem/1/timeouts-after",
    "completed/CreateStack/cloudformation:CreateStack/1/timeout-after",
    "completed/CreateStack/cloudformation:CreateStack/1/function-killed-after",
    # The token was stored, and the engine was not told so.
    "completed/TrainingStateMachine/dynamodb:UpdateItem/1/timeouts-after",
    # The wake was noted, and its sleeper never told.
    "completed/Wake/dynamodb:UpdateItem/1/function-killed-after",
    "completed/PollTerminationCondition/ec2:DescribeInstances/1/throttled-once",
    "completed/PollTerminationCondition/ec2:DescribeInstances/1/unknown-status-once",
    "completed/TrainingStateMachine/lambda:Invoke:ConfirmEnded/1/unavailable-once",
    "completed/ConfirmEnded/cloudformation:DescribeStacks/1/unknown-status-once",
    # The name was given back, and nobody heard.
    "completed/RecordOutcome/dynamodb:DeleteItem/2/timeouts-after",
    "time-limit/StopOrDeleteStack/ec2:StopInstances/1/timeout-before",
    "stopped/FindRun/stepfunctions:DescribeExecution/1/timeout-before",
    # What lasts: refused, not launched, not watched, not seen to have ended.
    "completed/ValidateConfig/pricing:GetProducts/1/throttled-for-ever",
    "completed/CreateStack/cloudformation:CreateStack/1/access-denied",
    "completed/PollTerminationCondition/ec2:DescribeInstances/1/unavailable-for-ever",
    "completed/WaitForRunning/cloudformation:DescribeStacks/2/unknown-status-for-ever",
    # A run that is cut short, or loses what it launched, at moments of its life.
    "completed/TrainingStateMachine/ValidateConfig/aborted",
    "completed/TrainingStateMachine/CreateStack/aborted",
    "completed/TrainingStateMachine/WaitBeforeRunningCheck/aborted",
    "completed/TrainingStateMachine/AwaitWakeOrNextCheck/timed-out",
    "completed/TrainingStateMachine/StopOrDeleteStack/aborted",
    "completed/TrainingStateMachine/RecordOutcome/timed-out",
    "completed/TrainingStateMachine/IsInstanceRunning/stack-deleted",
    "completed/TrainingStateMachine/AwaitWakeOrNextCheck/instance-terminated",
    "stopped/CleanupStateMachine/ConfirmEnded/function-killed",
)
