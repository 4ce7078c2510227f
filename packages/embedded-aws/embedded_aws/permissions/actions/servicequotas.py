"""Service Quotas. Reading quotas has no resource in IAM."""

from embedded_aws.permissions.actions.shapes import on_everything

DEMANDS = on_everything("GetServiceQuota", "ListServiceQuotas")
