"""Running instances: their states, events and ends. A driver runs what is inside them."""
