"""A container of a SageMaker training job on this machine: its entry as a local process.

Each host of a job is a supervisor process (`__main__`), which runs the entry in the environment
that SageMaker gives a container; `container` is the service's side. With an engine, the entry is
the engine's command instead, which runs the job's image.
"""
