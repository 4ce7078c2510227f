"""The Price List."""

from embedded_aws.permissions.actions.shapes import on_everything

DEMANDS = on_everything("GetProducts", "DescribeServices", "GetAttributeValues")
