"""`parris rehearse`: a job as it would go, on a clock that jumps, before anything is paid."""
