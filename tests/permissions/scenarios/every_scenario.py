"""Every scenario of a training job. Together they use every permission that the template grants.

A new permission in the template needs a scenario that uses it.
"""

from tests.permissions.scenarios import (
    batch_jobs,
    ends,
    launches,
    reaper,
    starts,
    sweeps,
    training_api,
    training_jobs,
)
from tests.permissions.scenarios.scenario import Scenario

# The one that deletes the deployment comes last.
SCENARIOS: tuple[Scenario, ...] = (
    ends.everyday,
    ends.over_time,
    ends.kept_and_stopped,
    ends.replaced,
    ends.left_by_an_abandoned_run,
    ends.stopped_by_hand,
    reaper.reaped,
    launches.fallback_type,
    launches.own_resources,
    launches.spot,
    launches.second_attempt,
    launches.spot_that_could_not_save,
    launches.own_template,
    launches.never_started,
    reaper.silent,
    training_jobs.trained,
    training_jobs.trained_in_a_warm_pool,
    training_jobs.stopped_by_request,
    training_jobs.failed_in_training,
    training_jobs.trained_on_the_second_type,
    training_jobs.replaced_training,
    training_jobs.trained_in_a_second_attempt,
    training_jobs.stopped_with_a_warm_pool,
    batch_jobs.run_in_container,
    batch_jobs.failed_by_the_image,
    batch_jobs.stopped_in_container,
    batch_jobs.replaced_in_container,
    batch_jobs.second_attempt_in_container,
    batch_jobs.abandoned_in_container,
    sweeps.swept,
    sweeps.searched,
    sweeps.rejected_sweep,
    sweeps.stopped_sweep,
    sweeps.aborted_sweep,
    starts.scheduled,
    starts.clicked,
    training_api.trained_by_requests,
    training_api.trained_by_files,
    ends.deployment_ends,
)
