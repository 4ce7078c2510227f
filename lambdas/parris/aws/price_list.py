"""Where the AWS Price List can be queried."""

# Only a few Regions serve the Price List API. They have the prices of their whole partition.
# Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
_REGION, _REGION_OF_CHINA = "us-east-1", "cn-northwest-1"
_WITHOUT_PRICE_LIST = ("us-gov-", "us-iso", "eu-iso")


def price_list_region(region: str) -> str | None:
    """Return the Region of the Price List API for a Region, or None if there is none."""
    if region.startswith(_WITHOUT_PRICE_LIST):
        return None
    return _REGION_OF_CHINA if region.startswith("cn-") else _REGION
