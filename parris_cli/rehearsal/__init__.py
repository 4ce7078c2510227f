"""`parris rehearse`: how a job would run, on a virtual clock, before anything is paid."""
