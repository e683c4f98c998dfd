"""Who answers: agents that turn what was heard into what is said."""
