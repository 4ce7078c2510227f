"""The script config: unchanged, and where PARRIS_TRAINING_CONFIG says."""

import hashlib

from runner_check import take_files
from runner_job import TRAINING_CONFIG_FOLDER, Folders

from tests.runner.trainer import Trainer

BODY = b"epochs: 5\n"


def test_a_script_reads_it_from_the_path_in_the_variable(trainer: Trainer) -> None:
    place = trainer.state / TRAINING_CONFIG_FOLDER / "training.yaml"
    place.parent.mkdir(parents=True)
    place.write_bytes(BODY)
    trainer.job["training_config"] = {"filename": "training.yaml", "sha256": ""}

    end = trainer.run('cat "$PARRIS_TRAINING_CONFIG"\n')

    assert end["last_log_lines"] == ["epochs: 5"]


def test_the_bootstrap_takes_only_the_file_that_was_meant(trainer: Trainer) -> None:
    folders, machine = Folders(trainer.state), trainer.folder
    script = hashlib.sha256(b"exit 0\n").hexdigest()
    trainer.job["script"] = {"filename": "train.sh", "sha256": script}
    digest = hashlib.sha256(BODY).hexdigest()
    trainer.job["training_config"] = {"filename": "training.yaml", "sha256": digest}
    job, fetched = trainer.write_job(), machine / TRAINING_CONFIG_FOLDER / "training.yaml"

    (machine / "train.sh").write_bytes(b"exit 0\n")
    assert "the script config training.yaml is not in the job's folder" in take_files(job, folders)
    fetched.parent.mkdir()
    fetched.write_bytes(b"other")
    (machine / "train.sh").write_bytes(b"exit 0\n")
    assert "changed after the job was started" in take_files(job, folders)

    fetched.write_bytes(BODY)
    (machine / "train.sh").write_bytes(b"exit 0\n")
    assert take_files(job, folders) == ""
    assert (folders.training_config / "training.yaml").read_bytes() == BODY
