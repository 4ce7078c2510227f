"""Sweeps: many runs of one training config with different hyperparameters, within one budget."""
