"""Terminal output and input: lines, a status line, the report, Ctrl-C."""
