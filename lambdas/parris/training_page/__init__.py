"""The page of the training API: its files, its settings, and the headers that it is served with."""
