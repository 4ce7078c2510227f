"""ECS: what Batch runs its jobs on.

Source:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
"""

from embedded_aws.permissions.actions.shapes import on_everything
from embedded_aws.permissions.call import Call
from embedded_aws.permissions.documents import Demand


def _cluster_arn(call: Call) -> str:
    given = call.text("cluster") or "default"
    return given if given.startswith("arn:") else call.arn(f"cluster/{given}")


def _on_container_instances(call: Call) -> list[Demand]:
    cluster = _cluster_arn(call)
    name = cluster.rpartition("/")[2]
    given = [str(one) for one in call.params.get("containerInstances") or []]
    arns = [
        one if one.startswith("arn:") else call.arn(f"container-instance/{name}/{one}")
        for one in given
    ]
    context = (("ecs:cluster", cluster),)
    return [Demand("ecs:DescribeContainerInstances", arn, context) for arn in arns]


def _list_container_instances(call: Call) -> list[Demand]:
    cluster = _cluster_arn(call)
    return [Demand("ecs:ListContainerInstances", cluster)]


DEMANDS = {
    **on_everything("ListClusters"),
    "DescribeContainerInstances": _on_container_instances,
    "ListContainerInstances": _list_container_instances,
}
