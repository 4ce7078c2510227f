"""Where moto differs from AWS IoT Core."""
