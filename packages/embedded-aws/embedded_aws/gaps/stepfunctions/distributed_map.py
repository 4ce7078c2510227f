"""The children of a Distributed Map are executions of their own, whose results a writer stores.

On AWS each child has its own ARN, context object and history, so the events of 10,000 children do
not count towards the 25,000 of their parent. moto puts the events of all children into one history
and shows it as that of the parent while the Map runs, evaluates one child inside the other, and its
ResultWriter lists no results and reads its parameters from them. Sources:
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

import json
import uuid
from typing import Any

from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import (
    distributed_iteration_component,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    distributed_item_processor_worker,
    map_run_record,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.result_writer import (
    result_writer_decl,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.result_writer.resource_eval import (  # noqa: E501
    resource_eval_s3,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.credentials import (
    StateCredentials,
)
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError
from moto.stepfunctions.parser.asl.utils import boto_client

from embedded_aws.context import current
from embedded_aws.metering.meter import MapChild, meter_of
from embedded_aws.metering.transitions import count_transitions
from embedded_aws.patching import wrap

_COMPONENT = distributed_iteration_component.DistributedIterationComponent
_WORKER = distributed_item_processor_worker.DistributedItemProcessorWorker


def install() -> None:
    """Patch how the children are evaluated, and what is written of them."""
    wrap(_COMPONENT, "_eval_body", _make_eval_body)
    wrap(_COMPONENT, "_map_run", _make_map_run)
    wrap(_WORKER, "_eval_pool", _make_eval_pool)
    wrap(_WORKER, "_eval_job", _make_eval_job)
    wrap(result_writer_decl.ResultWriter, "_eval_body", _make_eval_writer)
    wrap(resource_eval_s3.ResourceEvalS3, "_handle_put_object", _make_put_results)


def _make_eval_body(original: Any) -> Any:
    def eval_body(self: Any, env: Any) -> None:
        env._events_of_parent = env.event_manager
        original(self, env)

    return eval_body


def _make_map_run(original: Any) -> Any:
    def map_run(self: Any, env: Any, eval_input: Any) -> None:
        # The parent's history stays the parent's while the children run.
        env.event_manager = env._events_of_parent
        original(self, env, eval_input)

    return map_run


def _make_eval_pool(original: Any) -> Any:
    def eval_pool(self: Any, job: Any, worker_frame: Any) -> None:
        # In a loop: one worker may evaluate thousands of children.
        while job is not None:
            frame = worker_frame.open_inner_frame()
            self._eval_job(env=frame, job=job)
            worker_frame.delete_frame(frame)
            # The next one is taken first: with the last job closed, the Map ends.
            following = self._job_pool.next_job() if worker_frame.is_running() else None
            self._job_pool.close_job(job)
            job = following
        if not worker_frame.is_running():
            # Nobody takes the other jobs: the Map, which waits for them, ends now.
            self._job_pool._termination_event.set()

    return eval_pool


def _make_eval_job(original: Any) -> Any:
    def eval_job(self: Any, env: Any, job: Any) -> None:
        record = self._map_run_record
        context = env.states.context_object.context_object_data
        child = _child_of(record, context["Execution"], job.job_input)
        context["Execution"] = child
        context["StateMachine"] = {
            "Id": record.map_state_machine_arn,
            "Name": record.map_state_machine_arn.rpartition(":")[2],
        }
        env.event_manager = EventManager()
        original(self, env, job)
        _count(env.event_manager.get_event_history())
        _results_of(record).append(_result(child, env.program_state(), job))

    return eval_job


def _count(events: list[dict[str, Any]]) -> None:
    # moto's histories of children lack the events of their own start and end.
    child = MapChild(len(events) + 2, count_transitions(events) + 1)
    meter_of(current()).count_map_child(child)


def _child_of(
    record: map_run_record.MapRunRecord, parent: dict[str, Any], data: Any
) -> dict[str, Any]:
    name = str(uuid.uuid4())
    machine = record.map_state_machine_arn.replace(":stateMachine:", ":execution:")
    return {**parent, "Id": f"{machine}:{name}", "Name": name, "Input": data}


def _result(child: dict[str, Any], state: Any, job: Any) -> dict[str, Any]:
    result = {
        "ExecutionArn": child["Id"],
        "Name": child["Name"],
        "Input": json.dumps(job.job_input),
        "Status": "SUCCEEDED" if isinstance(state, ProgramEnded) else "FAILED",
    }
    if isinstance(state, ProgramEnded):
        return {**result, "Output": json.dumps(job.job_output)}
    error = (state.error if isinstance(state, ProgramError) else None) or {}
    return {**result, "Error": error.get("error"), "Cause": error.get("cause")}


def _results_of(record: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = record.__dict__.setdefault("_results", [])
    return results


def _make_eval_writer(original: Any) -> Any:
    def eval_body(self: Any, env: Any) -> None:
        # The paths of its parameters are those of the state's input; moto takes the results.
        results = env.stack.pop()
        env.stack.append(env.states.get_input())
        self.parargs.eval(env=env)
        parameters = env.stack.pop()
        env.stack += [results, parameters]
        self.resource_eval.eval_resource(env=env)

    return eval_body


def _make_put_results(original: Any) -> Any:
    def put_results(env: Any, resource_runtime_part: Any, state_credentials: Any) -> None:
        parameters = env.stack[-1]
        record = env.map_run_record_pool_manager.get_all()[-1]
        original(env, resource_runtime_part, state_credentials)
        details = env.stack[-1]["ResultWriterDetails"]
        s3: Any = boto_client.boto_client_for(
            service="s3",
            region=resource_runtime_part.region,
            state_credentials=StateCredentials(role_arn=env.aws_execution_details.role_arn),
        )
        folder = details["Key"].rpartition("/")[0]
        files: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
        for status in ("FAILED", "SUCCEEDED"):
            body = json.dumps([one for one in _results_of(record) if one["Status"] == status])
            if body == "[]":
                continue
            key = f"{folder}/{status}_0.json"
            s3.put_object(Bucket=parameters["Bucket"], Key=key, Body=body.encode())
            files[status].append({"Key": key, "Size": len(body.encode())})
        manifest = {
            "DestinationBucket": parameters["Bucket"],
            "MapRunArn": record.map_run_arn,
            "ResultFiles": files,
        }
        s3.put_object(
            Bucket=parameters["Bucket"],
            Key=details["Key"],
            Body=json.dumps(manifest, indent=2).encode(),
        )

    return put_results
