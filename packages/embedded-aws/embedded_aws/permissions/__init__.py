"""Who may do what: policies, trust, and the denials that AWS would answer with."""
