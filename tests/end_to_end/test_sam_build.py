"""`sam build` works with this machine's Python only, and packs what the runtime does not have."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cli.job_files import CLONE
from tests.patience import PATIENCE_SECONDS

PARTS = ("template.yaml", "samconfig.toml", "config", "lambdas", "state_machine", "templates")


def test_sam_build_needs_no_other_python_and_packs_no_botocore(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    for part in PARTS:
        source = CLONE / part
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, clone / part)
    bin_folder = Path(sys.executable).parent
    done = subprocess.run(
        [bin_folder / "sam", "build"],
        cwd=clone,
        env={
            **{key: value for key, value in os.environ.items() if key.startswith("PIP_")},
            "PATH": f"{bin_folder}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(tmp_path),
            "SAM_CLI_TELEMETRY": "0",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    built = clone / ".aws-sam" / "build"
    assert not list(built.rglob("botocore"))
    assert (built / "ValidateConfigFunction" / "validate_config.py").is_file()
    assert list((built / "DependenciesLayer" / "python").glob("aws_lambda_powertools"))
    # Wheels for the runtime's Python, not for this machine's.
    assert list(built.rglob("rpds*cpython-313-aarch64*.so"))
