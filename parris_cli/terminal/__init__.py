"""What a person sees and presses: lines, a status line, the report, Ctrl-C."""
