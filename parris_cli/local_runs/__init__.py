"""Jobs of `parris run --embedded`: what is remembered of them, beside their results."""
