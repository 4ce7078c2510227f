"""Which module may import which: each room imports rooms above it in this list, and no circles."""

import ast
from collections.abc import Iterator
from pathlib import Path

import embedded_aws

PACKAGE = Path(embedded_aws.__file__).parent
NAME = PACKAGE.name

ROOMS = (
    # No knowledge of a running embedded AWS.
    "access_key cache_folder dashboard_body descriptors event_inputs execution_failures",
    "held_signals http_api_path inherited_environment iot_sql json_or_yaml log_queries",
    "private_files",
    "checked_files",
    "speed.kept_methods",
    "speed.kept_modules speed.model_files",
    "own_session places public_images processes request_checks serving_thread tool_output work",
    "web_requests instance_launch instance_vcpus",
    "speed speed.forking speed.garbage speed.parsed_definitions speed.quick_botocore",
    "speed.lean_imports speed.quick_headers speed.xml_text",
    "owned_folder own_clients speed.lean_boto3 speed.lean_moto supervised_process training_hosts",
    # One that runs: settings, clock, threads.
    "container execution_stand_ins",
    "batch_container batch_delays clock_interface instance_driver training_container",
    "training_delays",
    "context",
    "clock patching executions http_server job_waits object_watch",
    # What AWS does, apart from moto's code.
    "metering packaging permissions prices",
    "api_destinations container_log in_process_calls role_credentials sender",
    "training_quotas",
    "emit_event http_apis pipes",
    "alarms execution_status functions schedules",
    "fault_injection local_container local_instance",
    "local_task",
    "instances stacks training_jobs batch_compute",
    "batch_jobs",
    "persistence",
    # Where moto is patched.
    "speed.patches",
    "gaps",
    "arm_faults resume_schedules shutdown",
    "snapshots",
    "server",
)
LEVELS = {room: level for level, names in enumerate(ROOMS) for room in names.split()}
FILES = {
    ".".join((NAME, *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def imports_of(module: str) -> set[str]:
    """The modules of this package that a module imports, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(FILES[module].read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & set(FILES)
            found |= inner or {node.module}
    return (found & set(FILES)) - {module}


def room_of(module: str) -> str:
    """The first folder or file below the package; what is for speed is in several layers."""
    parts = module.split(".")[1:]
    return ".".join(parts[:2]) if parts[0] == "speed" else parts[0]


def roots_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_every_room_has_its_place() -> None:
    assert {room_of(module) for module in FILES if module != NAME} == set(LEVELS)


def test_a_module_imports_its_own_room_and_lower_ones() -> None:
    upwards = {
        (module, one)
        for module in FILES
        if module != NAME
        for one in imports_of(module)
        if one == NAME
        or (room_of(one) != room_of(module) and LEVELS[room_of(one)] >= LEVELS[room_of(module)])
    }
    assert len(FILES) > 300
    assert upwards == set()


def test_no_module_imports_itself_by_way_of_others() -> None:
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module not in done:
            for other in sorted(imports_of(module)):
                visit(other, (*way, module))
            done.add(module)

    for module in FILES:
        visit(module, ())


def test_tests_need_nothing_of_the_repository_around_this_package() -> None:
    around = {"tests", "parris", "parris_cli"}
    found = [path for path in Path(__file__).parent.rglob("*.py") if around & {*roots_of(path)}]
    assert found == []
