"""Where moto differs from Amazon S3."""
