"""Shows the experiments of a team: `parris experiments`."""
