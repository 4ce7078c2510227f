"""`parris doctor`: whether everything that a job needs is as it should be."""
